import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { applyPatch } from '../scim-target/apply-patch.mjs';
import { Refused } from '../scim-target/resources.mjs';
import type { Json, VendorProfile } from './vendor-profile.js';

export interface VendorCall {
  method: string;
  /** Below the base path, decoded. */
  path: string;
  body?: Json;
  status: number;
  /** Epoch milliseconds at which it was answered. */
  at: number;
}

export interface VendorApp {
  /** Of the server. The SCIM base URL is this and the profile's base path. */
  origin: string;
  token: string;
  users: Map<string, Json>;
  groups: Map<string, Json>;
  calls: VendorCall[];
  stop(): Promise<void>;
}

/** A SCIM app that is as particular as the profile says. */
export async function startVendorApp(profile: VendorProfile, token = 'vendor-token'): Promise<VendorApp> {
  const app = new App(profile, token);
  const server = createServer((request, response) => void app.serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    token,
    users: app.users,
    groups: app.groups,
    calls: app.calls,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Answer {
  status: number;
  body?: Json;
  headers?: Record<string, string>;
}

class App {
  readonly users = new Map<string, Json>();
  readonly groups = new Map<string, Json>();
  readonly calls: VendorCall[] = [];
  /** Deleted, and linked again when they are made anew. */
  private readonly hidden = new Map<string, Json>();

  constructor(
    private readonly profile: VendorProfile,
    private readonly token: string,
  ) {}

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await text(request);
    const url = new URL(request.url ?? '/', 'http://vendor');
    const path = decodeURIComponent(url.pathname).replace(this.profile.basePath, '');
    const method = request.method ?? 'GET';
    const answer = this.answer(request, url, path, sent);
    const body = sent === '' ? {} : { body: JSON.parse(sent) as Json };
    const query = decodeURIComponent(url.search.replaceAll('+', ' '));
    this.calls.push({ method, path: path + query, ...body, status: answer.status, at: Date.now() });
    response.writeHead(answer.status, { 'content-type': 'application/scim+json', ...answer.headers });
    response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
  }

  private answer(request: IncomingMessage, url: URL, path: string, sent: string): Answer {
    const { profile } = this;
    if (request.headers.authorization !== `Bearer ${this.token}`) return this.error(401, 'invalid_auth');
    if (!url.pathname.startsWith(`${profile.basePath}/`)) return this.error(404, 'No such page');
    if (profile.throttleEvery && (this.calls.length + 1) % profile.throttleEvery === 0)
      return { ...this.error(429, 'Too many requests'), headers: { 'retry-after': '0.01' } };
    const type = request.headers['content-type'];
    if (sent !== '' && profile.contentTypes && !profile.contentTypes.includes(String(type)))
      return this.error(415, `Content type ${type} is not supported`);
    try {
      const body = sent === '' ? undefined : (JSON.parse(sent) as Json);
      return this.route(request.method ?? 'GET', path, url.searchParams, body);
    } catch (refused) {
      if (refused instanceof Duplicate) {
        const { status, body } = profile.duplicate ?? { status: 409 };
        return body ? { status, body } : this.error(status, 'It exists already', 'uniqueness');
      }
      if (refused instanceof Refused) return this.error(refused.status, refused.message, refused.scimType);
      throw refused;
    }
  }

  private route(method: string, path: string, query: URLSearchParams, body: Json | undefined): Answer {
    const { profile } = this;
    const [, place = '', id] = path.split('/');
    if (profile.described?.includes(place)) return { status: 200, body: { ...descriptions[place] } };
    if (place !== 'Users' && (place !== 'Groups' || profile.groups === false))
      return this.error(404, 'Endpoint not found');
    const kind = place === 'Users' ? 'users' : 'groups';
    if (id === undefined) {
      if (method === 'GET') return this.list(kind, query);
      if (method === 'POST') return { status: 201, body: this.shown(kind, this.create(kind, body ?? {})) };
      return this.error(405, 'Method not allowed');
    }
    const found = this[kind].get(id);
    if (!found) return this.error(404, `${id} not found`);
    if (method === 'GET') return { status: 200, body: this.shown(kind, found, query) };
    if (method === 'DELETE') return this.remove(kind, id, found);
    if (method === 'PUT') {
      const next = profile.putKeeps ? withoutEmpty({ ...found, ...body, id }) : { ...body, id };
      return { status: 200, body: this.shown(kind, this.save(kind, id, found, next)) };
    }
    if (method !== 'PATCH' || profile.patch === 'none') return this.error(405, 'Method not allowed');
    this.save(kind, id, found, this.patched(kind, found, body ?? {}));
    return profile.protocol === '1.1' ? { status: 200, body: this[kind].get(id)! } : { status: 204 };
  }

  private create(kind: 'users' | 'groups', body: Json): Json {
    const name = kind === 'users' ? 'userName' : 'displayName';
    this.check(kind, body);
    if ([...this[kind].values()].some((each) => same(each[name], body[name]))) throw new Duplicate();
    const known = [...this.hidden.values()].find((each) => same(each[name], body[name]));
    const id = known?.id ?? (this.profile.idIsExternalId ? body.externalId : randomUUID());
    this.hidden.delete(id);
    const made: Json = { ...body, id };
    if (kind === 'users') made.active ??= true;
    this[kind].set(id, made);
    return made;
  }

  private remove(kind: 'users' | 'groups', id: string, found: Json): Answer {
    if (kind === 'users' && this.profile.deleteUser === 'deactivates') {
      found.active = false;
      return { status: 204 };
    }
    this[kind].delete(id);
    if (kind === 'users' && this.profile.deleteUser === 'hides') this.hidden.set(id, found);
    for (const group of this.groups.values())
      group.members = (group.members ?? []).filter(({ value }: Json) => value !== id);
    return { status: 204 };
  }

  private list(kind: 'users' | 'groups', query: URLSearchParams): Answer {
    const filter = query.get('filter');
    let found = [...this[kind].values()];
    if (filter !== null) {
      const match = /^(.+) eq ("(?:[^"\\]|\\.)*")$/.exec(filter);
      const allowed = this.profile.searchable?.[kind];
      const name = match?.[1] ?? '';
      if (!match || (allowed && !allowed.includes(name)))
        return this.error(400, `${name} cannot be searched by`, 'invalidFilter');
      const wanted = String(JSON.parse(match[2]!));
      found = found.filter((each) => valuesAt(each, name).some((value) => same(value, wanted)));
    }
    const count = Math.min(Number(query.get('count') ?? 100), this.profile.pageSize ?? 200);
    const start = Math.max(1, Number(query.get('startIndex') ?? 1));
    const page = found.slice(start - 1, start - 1 + count).map((each) => this.shown(kind, each, query));
    return {
      status: 200,
      body: { totalResults: found.length, startIndex: start, itemsPerPage: page.length, Resources: page },
    };
  }

  private save(kind: 'users' | 'groups', id: string, before: Json, next: Json): Json {
    this.check(kind, next);
    for (const name of this.profile.immutable ?? [])
      if (kind === 'users' && String(valuesAt(before, name)) !== String(valuesAt(next, name)))
        throw new Refused(400, `${name} cannot be changed`, 'mutability');
    if (kind === 'groups' && this.profile.groupRename === false && before.displayName !== next.displayName)
      throw new Refused(400, 'displayName of a group cannot be changed', 'mutability');
    this[kind].set(id, next);
    return next;
  }

  private patched(kind: 'users' | 'groups', found: Json, body: Json): Json {
    const { profile } = this;
    if (profile.protocol === '1.1') return merged(found, body, (id) => this.users.has(id));
    const operations = (body.Operations ?? []) as Json[];
    if (operations.length === 0) throw new Refused(400, 'Operations is missing', 'invalidSyntax');
    for (const { op, path } of operations) {
      if (profile.capitalOps && !/^[A-Z]/.test(String(op)))
        throw new Refused(400, `Operation ${op} is not known`);
      if (profile.patch === 'active-only' && path !== 'active')
        throw new Refused(400, 'Only active can be patched');
    }
    if (kind === 'users') return applyPatch(found, body);
    const members = operations.filter((each) => touchesMembers(each));
    const others = operations.filter((each) => !touchesMembers(each));
    const named = members.flatMap(({ path, value }) =>
      path === undefined ? value.members : (value ?? [path]),
    );
    if (named.length > (profile.mostMembersPerPatch ?? 1000))
      throw new Refused(400, `More than ${profile.mostMembersPerPatch} members`, 'tooMany');
    const next: Json = others.length > 0 ? applyPatch(found, { Operations: others }) : structuredClone(found);
    for (const operation of members) next.members = this.membersAfter(next.members ?? [], operation);
    return next;
  }

  private membersAfter(before: Json[], { op, path, value }: Json): Json[] {
    const kind = String(op).toLowerCase();
    const byFilter = /^members\[value eq "(.*)"\]$/.exec(String(path))?.[1];
    if (kind === 'remove') {
      const form = byFilter === undefined ? 'values' : 'filter';
      if (form !== (this.profile.memberRemoval ?? 'filter') || (form === 'values' && !value))
        throw new Refused(400, 'Members cannot be removed in this way', 'invalidPath');
      const gone = byFilter === undefined ? value.map((each: Json) => each.value) : [byFilter];
      return before.filter((each) => !gone.includes(each.value));
    }
    if (kind !== 'add') throw new Refused(400, `${op} of members is not supported`);
    if ((path === undefined) !== (this.profile.pathlessAdds ?? false))
      throw new Refused(400, 'Members cannot be added in this way', 'invalidPath');
    const added = (path === undefined ? value.members : value) as Json[];
    for (const each of added)
      if (!this.users.has(each.value) && !this.groups.has(each.value))
        throw new Refused(400, `Member ${each.value} does not exist`, 'invalidValue');
    return [...before.filter((each) => !added.some((one) => one.value === each.value)), ...added];
  }

  private check(kind: 'users' | 'groups', resource: Json): void {
    const { profile } = this;
    for (const name of profile.required?.[kind] ?? [])
      if (valuesAt(resource, name).every((value) => value === undefined || value === ''))
        throw new Refused(400, `${name} is required`, 'invalidValue');
    if (kind !== 'users') return;
    if ([...String(resource.userName)].length > (profile.userNameAtMost ?? Infinity))
      throw new Refused(400, 'userName is too long', 'invalidValue');
    const { schemas: _, ...values } = resource;
    if (profile.forbidden && textsIn(values).some((each) => profile.forbidden!.test(each)))
      throw new Refused(400, 'A value has characters that are not allowed', 'invalidValue');
    for (const name of profile.singleValued ?? [])
      if ((resource[name]?.length ?? 0) > 1)
        throw new Refused(400, `${name} takes one value`, 'invalidValue');
    for (const key of Object.keys(resource))
      if (key.startsWith('urn:') && profile.enterpriseUrn && key !== profile.enterpriseUrn)
        throw new Refused(400, `${key} is not known`, 'invalidSyntax');
  }

  private shown(kind: 'users' | 'groups', resource: Json, query?: URLSearchParams): Json {
    const { members, ...returned } = resource;
    const { unreturned = [] } = this.profile;
    const rest = Object.fromEntries(Object.entries(returned).filter(([name]) => !unreturned.includes(name)));
    const hidden = this.profile.hidesMembers || query?.get('excludedAttributes') === 'members';
    return kind === 'groups' && !hidden ? { ...rest, members: members ?? [] } : rest;
  }

  private error(status: number, detail: string, scimType?: string): Answer {
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
    const body = this.profile.error?.(status, detail, scimType) ?? {
      schemas,
      status: String(status),
      detail,
      ...(scimType && { scimType }),
    };
    return { status, body };
  }
}

class Duplicate extends Error {}

const descriptions: Record<string, Json> = {
  ServiceProviderConfig: { patch: { supported: true }, filter: { supported: true, maxResults: 200 } },
  Schemas: { totalResults: 0, Resources: [] },
  ResourceTypes: {
    totalResults: 2,
    Resources: [
      { name: 'User', schema: 'urn:ietf:params:scim:schemas:core:2.0:User' },
      { name: 'Group', schema: 'urn:ietf:params:scim:schemas:core:2.0:Group' },
    ],
  },
};

const touchesMembers = ({ path, value }: Json): boolean =>
  path === undefined ? value?.members !== undefined : /^members/i.test(path);

/** SCIM 1.1 section 3.3.2: what meta.attributes names goes first, the rest is merged in. */
function merged(found: Json, { meta, schemas, ...body }: Json, isUser: (id: string) => boolean): Json {
  const next: Json = { ...structuredClone(found), schemas };
  for (const path of (meta?.attributes ?? []) as string[]) {
    const urn = Object.keys(next).find((key) => key.startsWith('urn:') && path.startsWith(`${key}:`));
    const holder: Json = urn ? next[urn] : next;
    const [name = '', sub] = (urn ? path.slice(urn.length + 1) : path).split('.');
    if (sub === undefined) delete holder[name];
    else delete holder[name]?.[sub];
  }
  for (const [name, value] of Object.entries(body)) {
    if (!Array.isArray(value)) {
      next[name] = typeof value === 'object' && value !== null ? { ...next[name], ...value } : value;
      continue;
    }
    const kept = ((next[name] ?? []) as Json[]).filter(
      (each) => !value.some((one: Json) => one.value === each.value),
    );
    const added = value.filter((each: Json) => each.operation !== 'delete');
    if (name === 'members' && !added.every((each: Json) => isUser(each.value)))
      throw new Refused(404, 'user_not_found');
    next[name] = [...kept, ...added];
  }
  return next;
}

function valuesAt(resource: Json, name: string): unknown[] {
  const element = /^(\w+)\[type eq "(\w+)"\]\.(\w+)$/.exec(name);
  if (element) {
    const [, list = '', type, sub = ''] = element;
    return (resource[list] ?? []).filter((each: Json) => each.type === type).map((each: Json) => each[sub]);
  }
  const [first = '', sub] = name.split('.');
  const value: unknown = resource[first];
  if (sub === undefined) return [value];
  return Array.isArray(value) ? value.map((each: Json) => each[sub]) : [(value as Json | undefined)?.[sub]];
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function withoutEmpty(resource: Json): Json {
  return Object.fromEntries(
    Object.entries(resource).filter(
      ([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

const same = (one: unknown, other: unknown): boolean =>
  typeof one === 'string' && typeof other === 'string' && one.toLowerCase() === other.toLowerCase();
