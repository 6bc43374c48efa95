import { isDeepStrictEqual } from 'node:util';
import {
  type Answer,
  groupBody,
  type Json,
  ScimClient,
  type Sent,
  urns,
} from '../../conversations/scim-client.js';
import type { Draw } from './draw.js';
import { hostileRequest, spoil } from './hostile.js';
import { patch, someUser, someUserPatch } from './valid-bodies.js';

type Kind = 'Users' | 'Groups';

/** What is read of a resource and must not differ from what was answered to its last write. */
interface Known {
  kind: Kind;
  body: Json;
}

/**
 * One client with users and groups of its own, which knows what the server must hold of them: after each
 * write it reads again, and what was refused must have changed nothing.
 */
export class Lane {
  readonly known = new Map<string, Known>();
  requests = 0;
  readonly statuses = new Map<number, number>();
  private number = 0;

  constructor(
    private readonly name: string,
    private readonly client: ScimClient,
    private readonly draw: Draw,
  ) {}

  async step(): Promise<void> {
    const kind = this.draw.weighted([
      [60, () => this.valid()],
      [25, () => this.nearValid()],
      [15, () => this.hostile()],
    ] as const);
    await kind();
  }

  /** Everything this lane has, read one by one. */
  async readAll(): Promise<void> {
    for (const id of this.known.keys()) await this.readsAsKnown(id, 'at the end');
  }

  private async valid(): Promise<void> {
    const user = this.one('Users');
    const group = this.one('Groups');
    const step = this.draw.weighted<() => Promise<void>>([
      [this.count('Users') < 60 ? 20 : 4, () => this.create('Users', someUser(this.draw, this.newName()))],
      [3, () => this.create('Groups', groupBody({ displayName: this.newName(), members: this.members() }))],
      [user ? 8 : 0, () => this.change(user!, 'PUT', someUser(this.draw, this.nameOf(user!)))],
      [user ? 18 : 0, () => this.change(user!, 'PATCH', someUserPatch(this.draw))],
      [user ? 4 : 0, () => this.delete(user!)],
      [group ? 1 : 0, () => this.delete(group!)],
      [group ? 10 : 0, () => this.change(group!, 'PATCH', patch([this.memberChange(group!)]))],
      [user ? 8 : 0, () => this.find(user!)],
      [user ? 8 : 0, () => this.readsAsKnown(user!, 'read')],
      [3, () => this.bulk()],
      [3, () => this.search()],
    ]);
    await step();
  }

  private async nearValid(): Promise<void> {
    const kind = this.draw.of<Kind>(['Users', 'Users', 'Groups']);
    const id = this.one(kind);
    const created = () =>
      kind === 'Users'
        ? someUser(this.draw, this.newName())
        : groupBody({ displayName: this.newName(), members: this.members() });
    const changed = () => (kind === 'Users' ? someUserPatch(this.draw) : patch([this.memberChange(id!)]));
    const step = this.draw.weighted<() => Promise<void>>([
      [4, () => this.attempt('POST', kind, undefined, spoil(this.draw, created()))],
      [id ? 3 : 0, () => this.attempt('PATCH', kind, id, spoil(this.draw, changed()))],
      [id ? 2 : 0, () => this.attempt('PUT', kind, id, spoil(this.draw, created()))],
      [id ? 1 : 0, () => this.attempt('PATCH', kind, id, changed(), { 'if-match': 'W/"999999"' })],
    ]);
    await step();
  }

  private async hostile(): Promise<void> {
    const id = this.one('Users');
    const answer = await this.send(hostileRequest(this.draw, id ?? 'none'));
    // Among them are some that only look hostile, such as a body that names userName twice.
    if (answer.status === 201) await this.learn('Users', answer.body);
    else if (id && answer.status === 200 && answer.body?.id === id) await this.changed('Users', id, answer);
    else if (id && this.draw.chance(0.3)) await this.readsAsKnown(id, 'after a hostile request');
  }

  private async create(kind: Kind, body: Json): Promise<void> {
    const answer = await this.send({ method: 'POST', target: `/scim/v2/${kind}`, body });
    this.expect(answer, 201, body);
    await this.learn(kind, answer.body);
  }

  private async change(id: string, method: 'PUT' | 'PATCH', body: Json): Promise<void> {
    const { kind } = this.known.get(id)!;
    const answer = await this.send({ method, target: `/scim/v2/${kind}/${id}`, body });
    if (answer.status !== 204) this.expect(answer, 200, body);
    await this.changed(kind, id, answer);
  }

  private async delete(id: string): Promise<void> {
    const { kind } = this.known.get(id)!;
    const target = `/scim/v2/${kind}/${id}`;
    this.expect(await this.send({ method: 'DELETE', target }), 204, target);
    this.known.delete(id);
    this.expect(await this.send({ method: 'GET', target }), 404, target);
    for (const known of this.known.values()) {
      if (known.kind !== 'Groups' || !known.body.members) continue;
      known.body.members = (known.body.members as Json[]).filter(({ value }) => value !== id);
    }
  }

  /** Whatever the server makes of it: refused means unchanged, taken means read back as it was answered. */
  private async attempt(
    method: string,
    kind: Kind,
    id: string | undefined,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<void> {
    const target = `/scim/v2/${kind}${id ? `/${id}` : ''}`;
    const answer = await this.send({ method, target, body, headers });
    if (answer.status >= 400)
      return id ? this.readsAsKnown(id, `refused ${JSON.stringify(body)}`) : undefined;
    if (id) await this.changed(kind, id, answer);
    else await this.learn(kind, answer.body);
  }

  private async find(id: string): Promise<void> {
    const { body } = this.known.get(id)!;
    const answer = await this.client.find(
      'Users',
      `userName eq "${String(body.userName).replace(/["\\]/g, '\\$&')}"`,
    );
    this.tell(answer);
    const [found] = (answer.body.Resources ?? []) as Json[];
    if (!found || !isDeepStrictEqual(comparable('Users', found), body)) {
      throw new Error(
        `${this.name}: a filter by userName found ${JSON.stringify(found)}, not ${JSON.stringify(body)}`,
      );
    }
  }

  private async search(): Promise<void> {
    const body = { filter: `userName sw "${this.name}-"`, startIndex: 1, count: 5, sortBy: 'userName' };
    const answer = await this.send({ method: 'POST', target: '/scim/v2/Users/.search', body });
    this.expect(answer, 200, body);
    const there = this.ids('Users').filter((id) => this.nameOf(id).startsWith(`${this.name}-`)).length;
    if (answer.body.totalResults !== there) {
      throw new Error(`${this.name}: ${there} users, a search counts ${String(answer.body.totalResults)}`);
    }
  }

  private async bulk(): Promise<void> {
    const names = [this.newName(), this.newName()];
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [
        {
          method: 'POST',
          path: '/Groups',
          bulkId: 'g',
          data: groupBody({ displayName: `${names[0]}-g`, members: [{ value: 'bulkId:u' }] }),
        },
        { method: 'POST', path: '/Users', bulkId: 'u', data: someUser(this.draw, names[1]!) },
      ],
    };
    const answer = await this.send({ method: 'POST', target: '/scim/v2/Bulk', body });
    this.expect(answer, 200, body);
    for (const { status, location } of answer.body.Operations as Json[]) {
      if (String(status) !== '201') throw new Error(`${this.name}: ${answer.text}`);
      const [kind, id] = String(location).split('/').slice(-2) as [Kind, string];
      await this.learn(kind, { id });
    }
  }

  private async changed(kind: Kind, id: string, answer: Answer): Promise<void> {
    const read = await this.read(kind, id);
    const answered = answer.status === 200 ? comparable(kind, answer.body) : undefined;
    if (answered && !isDeepStrictEqual(answered, read)) {
      throw new Error(
        `${this.name}: answered ${JSON.stringify(answered)}, then read ${JSON.stringify(read)}`,
      );
    }
    this.known.set(id, { kind, body: read });
  }

  private async learn(kind: Kind, { id, ...rest }: Json): Promise<void> {
    const read = await this.read(kind, id as string);
    if (rest.meta && !isDeepStrictEqual(comparable(kind, { id, ...rest }), read)) {
      throw new Error(`${this.name}: answered ${JSON.stringify(rest)}, then read ${JSON.stringify(read)}`);
    }
    this.known.set(id as string, { kind, body: read });
  }

  private async readsAsKnown(id: string, when: string): Promise<void> {
    const { kind, body } = this.known.get(id)!;
    const read = await this.read(kind, id);
    if (!isDeepStrictEqual(read, body)) {
      throw new Error(`${this.name}, ${when}: read ${JSON.stringify(read)}, not ${JSON.stringify(body)}`);
    }
  }

  private async read(kind: Kind, id: string): Promise<Json> {
    const answer = await this.send({ method: 'GET', target: `/scim/v2/${kind}/${id}` });
    this.expect(answer, 200, id);
    return comparable(kind, answer.body);
  }

  private async send(sent: Sent): Promise<Answer> {
    const answer = await this.client.send(sent);
    this.tell(answer);
    if (answer.status >= 500 && answer.status !== 501) {
      throw new Error(
        `${this.name}: ${JSON.stringify(sent).slice(0, 2000)} answered ${answer.status}: ${answer.text}`,
      );
    }
    return answer;
  }

  private tell({ status }: Answer): void {
    this.requests++;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }

  private expect(answer: Answer, status: number, sent: unknown): void {
    if (answer.status === status) return;
    throw new Error(
      `${this.name}: ${JSON.stringify(sent)} answered ${answer.status}, not ${status}: ${answer.text}`,
    );
  }

  private memberChange(id: string): Json {
    const present = ((this.known.get(id)!.body.members ?? []) as Json[]).map(({ value }) => value);
    if (present.length > 0 && this.draw.chance(0.4)) {
      const value = this.draw.of(present);
      return this.draw.chance(0.5)
        ? { op: 'Remove', path: 'members', value: [{ value }] }
        : { op: 'remove', path: `members[value eq "${String(value)}"]` };
    }
    return { op: this.draw.of(['Add', 'replace']), path: 'members', value: this.members() };
  }

  private members(): Json[] {
    return this.draw.some(this.ids('Users'), 4).map((value) => ({ value }));
  }

  private ids(kind: Kind): string[] {
    return [...this.known].filter(([, known]) => known.kind === kind).map(([id]) => id);
  }

  private count(kind: Kind): number {
    return this.ids(kind).length;
  }

  private one(kind: Kind): string | undefined {
    const all = this.ids(kind);
    return all.length > 0 ? this.draw.of(all) : undefined;
  }

  private nameOf(id: string): string {
    return String(this.known.get(id)!.body.userName);
  }

  private newName(): string {
    return `${this.name}-${this.number++}@fuzz.example`;
  }
}

/** A resource without what others' changes move: a user's groups, and the order of a group's members. */
export function comparable(kind: Kind, { groups: _groups, ...resource }: Json): Json {
  if (kind === 'Users' || !Array.isArray(resource.members)) return resource;
  const members = (resource.members as Json[]).toSorted((a, b) =>
    String(a.value) < String(b.value) ? -1 : 1,
  );
  return { ...resource, members, schemas: resource.schemas ?? [urns.group] };
}
