import { afterAll, beforeAll, expect } from 'vitest';
import { type Sandbox, startSandbox } from '../../../apps/sandbox/src/start-sandbox.js';
import {
  createTestDatabase,
  type QueueServer,
  startHub,
  type StartedHub,
  waitFor,
} from '../../harness/index.js';
import { type Answer, groupBody, type Json, ScimClient, urns, userBody, written } from '../scim-client.js';

export interface ExpectedGroup {
  attributes: Json;
  memberIds: Set<string>;
}

/**
 * A hub with an Entra source, a SCIM app connected to it from the start, and what both must hold by what was
 * said so far: the client's words are written down here beside sending them.
 */
export class Conversation {
  hub!: StartedHub;
  sandbox!: Sandbox;
  client!: ScimClient;
  connectionId!: string;
  /** By the id the hub gave them. */
  readonly users = new Map<string, Json>();
  readonly groups = new Map<string, ExpectedGroup>();
  /** Users who were never active: no app is told of them. */
  readonly unborn = new Set<string>();

  static of(startQueueServer: () => Promise<QueueServer>): Conversation {
    const talk = new Conversation();
    const open: { end(): Promise<unknown> }[] = [];
    beforeAll(async () => {
      const { url: databaseUrl, drop } = await createTestDatabase();
      open.push({ end: drop });
      const queues = await startQueueServer();
      open.push({ end: () => queues.stop() });
      talk.sandbox = await startSandbox({ port: 0, token: 'token-of-the-app' });
      open.push({ end: () => talk.sandbox.stop() });
      talk.hub = await startHub({ databaseUrl, redisUrl: queues.redisUrl });
      open.push({ end: () => talk.hub.stop() });
      talk.client = await talk.newClient('entra');
      open.push({ end: async () => talk.client.close() });
      await talk.connect();
    });
    afterAll(async () => {
      for (const { end } of open.reverse()) await end();
    });
    return talk;
  }

  async newClient(client: string): Promise<ScimClient> {
    const { token } = await this.hub.admin<{ token: string }>('POST', 'sources', {
      name: `From ${client}`,
      client,
    });
    return new ScimClient(this.hub.url, token);
  }

  /** Leavers are deleted at once, so that the app shows at the end whether they were. */
  private async connect(): Promise<void> {
    const { baseUrl, token } = this.sandbox;
    const { id } = await this.hub.admin<{ id: string }>('POST', 'connections', {
      name: 'App',
      connector: 'scim2',
      settings: { baseUrl },
      credentials: { type: 'bearer', token },
      policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 0 } },
    });
    this.connectionId = id;
    await this.hub.admin('POST', `connections/${id}/enable`);
  }

  /** Creates a user, who shall be what was sent; `active` where nothing is said. */
  async newUser(attributes: Json, expected: Json = attributes): Promise<string> {
    const created = await this.client.post('/Users', userBody(attributes));
    expect(created, created.text).toMatchObject({ status: 201 });
    const id = created.body.id as string;
    if (expected.active === false) this.unborn.add(id);
    await this.userIs(id, { active: true, ...expected });
    expect((await this.client.get(`/Users/${id}`)).body).toEqual(created.body);
    return id;
  }

  /** Reads the user back and compares everything. */
  async userIs(id: string, attributes: Json): Promise<Answer> {
    const read = await this.client.get(`/Users/${id}`);
    expect(read, read.text).toMatchObject({ status: 200 });
    expect(written(read.body)).toEqual(attributes);
    expect(read.body).toMatchObject({ id, meta: { resourceType: 'User' } });
    expect((read.body.meta as Json).location).toBe(`${this.hub.url}/scim/v2/Users/${id}`);
    this.users.set(id, attributes);
    if (attributes.active === true) this.unborn.delete(id);
    return read;
  }

  async newGroup(attributes: Json, memberIds: string[] = []): Promise<string> {
    const created = await this.client.post('/Groups', groupBody(attributes));
    expect(created, created.text).toMatchObject({ status: 201 });
    const id = created.body.id as string;
    if (memberIds.length > 0) {
      const value = memberIds.map((memberId) => ({ $ref: null, value: memberId }));
      await this.patchGroup(id, { op: 'Add', path: 'members', value });
    }
    await this.groupIs(id, attributes, memberIds);
    return id;
  }

  async patchGroup(id: string, ...operations: unknown[]): Promise<void> {
    const patched = await this.client.patch(`/Groups/${id}`, ...operations);
    expect(patched, patched.text).toMatchObject({ status: 204, text: '' });
  }

  async groupIs(id: string, attributes: Json, memberIds: string[]): Promise<void> {
    const read = await this.client.get(`/Groups/${id}`);
    expect(read, read.text).toMatchObject({ status: 200 });
    const { members = [], ...rest } = written(read.body);
    expect(rest).toEqual(attributes);
    const found = (members as Json[]).map(({ value }) => value as string);
    expect(found.toSorted()).toEqual(memberIds.toSorted());
    this.groups.set(id, { attributes, memberIds: new Set(memberIds) });
  }

  /** Waits until the app has this account in this state, as between two cycles of Entra. */
  async appHas(userName: string, active = true): Promise<void> {
    await waitFor(
      () => this.sandbox.accounts().some((each) => each.userName === userName && each.active === active),
      { what: `the app to have ${userName}, ${active ? 'active' : 'inactive'}` },
    );
  }

  /** The userNames of a group's members in the app. */
  appMembers(displayName: string): string[] {
    const group = this.sandbox.groups().find((each) => each.displayName === displayName);
    const members = new Set(group?.members.map(({ value }) => value));
    return this.sandbox
      .accounts()
      .filter(({ id }) => members.has(id))
      .map(({ userName }) => String(userName));
  }

  /** The user is gone: for the client at once, for the app when it has been told. */
  userIsGone(id: string): void {
    this.users.delete(id);
    for (const { memberIds } of this.groups.values()) memberIds.delete(id);
  }
}

/** Fails unless this is a SCIM error an admin can act on (RFC 7644 section 3.12). */
export function expectScimError(answer: Answer, status: number, scimType?: string, detail?: RegExp): void {
  expect(answer, answer.text).toMatchObject({ status });
  expect(answer.headers['content-type']).toMatch(/^application\/scim\+json/);
  expect(answer.body).toMatchObject({ schemas: [urns.error], status: String(status) });
  expect(answer.body.scimType).toBe(scimType);
  expect(String(answer.body.detail).length).toBeGreaterThan(15);
  if (detail) expect(answer.body.detail).toMatch(detail);
}

export function expectList(answer: Answer, foundIds: string[]): void {
  expect(answer, answer.text).toMatchObject({
    status: 200,
    body: { schemas: [urns.list], totalResults: foundIds.length, Resources: expect.anything() },
  });
  expect(answer.headers['content-type']).toMatch(/^application\/scim\+json/);
  expect((answer.body.Resources as Json[]).map(({ id }) => id)).toEqual(foundIds);
}
