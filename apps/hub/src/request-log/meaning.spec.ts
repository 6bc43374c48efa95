import type { GroupEvent, UserEvent } from '@rollcall/directory';
import { ScimError } from '@rollcall/scim';
import { describe, expect, it } from 'vitest';
import type { AnsweredRequest } from './answered-request.js';
import { tell } from './meaning.js';
import { RequestTrace, type TracedChange } from './request-trace.js';

const id = '0190a0c2-7b1c-7000-8000-0000000000aa';
const other = '0190a0c2-7b1c-7000-8000-0000000000bb';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

interface Given {
  query?: Record<string, unknown>;
  body?: unknown;
  status?: number;
  found?: number;
  display?: string;
  changes?: TracedChange[];
}

function told(line: string, { query = {}, body, status = 200, found, display, changes = [] }: Given = {}) {
  const [method = '', path = ''] = line.split(' ');
  const trace = new RequestTrace();
  trace.changes.push(...changes);
  if (found !== undefined) trace.found = found;
  if (display !== undefined)
    trace.subject = { type: path.startsWith('/Users') ? 'User' : 'Group', id, display };
  const request: AnsweredRequest = { method, path, query, body, status, trace };
  return tell(request);
}

const at = { id, version: 2, deleted: false, createdAt: new Date(), lastModified: new Date() };

function user(
  before: Record<string, unknown> | undefined,
  after: Record<string, unknown>,
  ...events: UserEvent[]
) {
  const change: TracedChange = {
    type: 'User',
    ...(before && { before: { ...at, attributes: { userName: 'b.simon@contoso.com', ...before } } }),
    user: { ...at, attributes: { userName: 'b.simon@contoso.com', ...after } },
    changed: events.length > 0,
    events: events.map((event, index) => ({ ...event, position: index + 1 })),
    warnings: [],
  };
  return { changes: [change] };
}

function group(
  before: Record<string, unknown> | undefined,
  after: Record<string, unknown>,
  ...events: GroupEvent[]
) {
  const change: TracedChange = {
    type: 'Group',
    ...(before && { before: { ...at, attributes: { displayName: 'Sales', ...before } } }),
    group: { ...at, attributes: { displayName: 'Sales', ...after } },
    changed: events.length > 0,
    events: events.map((event, index) => ({ ...event, position: index + 1 })),
    warnings: [],
  };
  return { changes: [change] };
}

const members = (...ids: string[]) => ({ members: ids.map((one) => ({ id: one, type: 'User' as const })) });
const patch = (...Operations: unknown[]) => ({ body: { schemas: [patchOp], Operations } });

describe('a read', () => {
  it.each<[string, Given, string]>([
    [
      'GET /Users',
      { query: { filter: `userName eq "${other}"` }, found: 0 },
      `test the connection (a look-up that finds nobody): userName eq "${other}"`,
    ],
    [
      'GET /Groups',
      { query: { excludedAttributes: 'members', filter: `displayName eq "${other}"` }, found: 0 },
      `test the connection (a look-up that finds nobody): displayName eq "${other}"`,
    ],
    [
      'GET /Users',
      { query: { filter: `emails[type eq "work"].value eq "${other}"` }, found: 0 },
      `test the connection (a look-up that finds nobody): emails[type eq "work"].value eq "${other}"`,
    ],
    [
      'GET /Users',
      { query: { filter: `externalId eq "${other}"` }, found: 0 },
      `look for a user with externalId eq "${other}": nobody found`,
    ],
    [
      'GET /Users',
      { query: { filter: 'userName eq "b.simon@contoso.com"' }, found: 1 },
      'look for a user with userName eq "b.simon@contoso.com": 1 found',
    ],
    [
      'GET /Groups',
      { query: { filter: 'displayName eq "Sales"' }, found: 0 },
      'look for a group with displayName eq "Sales": none found',
    ],
    [
      'GET /Users',
      { query: { filter: 'title co "engineer"' }, found: 12 },
      'look for users with title co "engineer": 12 found',
    ],
    ['GET /Users', { query: { filter: 'title xx' }, status: 400 }, 'look for users with title xx'],
    [
      'GET /Groups',
      { query: { filter: `id eq "${id}" and members eq "${other}"` }, found: 1 },
      `ask whether "${other}" is a member of group ${id}: yes`,
    ],
    [
      'GET /Users',
      { query: { filter: `id eq "${id}" and manager eq "${other}"`, attributes: 'id' }, found: 0 },
      `ask whether user ${id} has the manager "${other}": no`,
    ],
    [
      'GET /Users',
      { query: { startIndex: '1', count: '2' }, found: 40 },
      'list users, 2 at most, as clients test a connection: 40 in all',
    ],
    [
      'GET /Users',
      { query: { startIndex: '101', count: '100' }, found: 340 },
      'list users from number 101 on: 340 in all',
    ],
    ['GET /Groups', { found: 3 }, 'list groups: 3 in all'],
    ['GET /Groups', { query: { cursor: 'abc' }, found: 3 }, 'list groups, a further page: 3 in all'],
    [`GET /Users/${id}`, { display: 'b.simon@contoso.com' }, 'read user "b.simon@contoso.com"'],
    [`GET /Users/${id}`, { status: 404 }, `read user ${id}`],
    [
      `GET /Users/${id}`,
      { display: 'b.simon@contoso.com', status: 304 },
      'read user "b.simon@contoso.com" (not changed since it was last read)',
    ],
    [
      `GET /Groups/${id}`,
      { display: 'Sales', query: { excludedAttributes: 'members' } },
      'read group "Sales" without its members',
    ],
    [
      'POST /Users/.search',
      { body: { filter: 'userName eq "a"' }, found: 0 },
      'look for a user with userName eq "a": nobody found',
    ],
    [
      'POST /.search',
      { body: { filter: 'displayName eq "a"' }, found: 2 },
      'look for a user or group with displayName eq "a": 2 found',
    ],
    ['GET /ServiceProviderConfig', {}, 'read what this server can do (ServiceProviderConfig)'],
    ['GET /Schemas', {}, 'read the schemas'],
    [`GET /Schemas/${enterprise}`, {}, `read the schemas: ${enterprise}`],
    ['GET /ResourceTypes', {}, 'read the resource types'],
    ['GET /Me', { status: 501 }, 'ask for /Me, which stands for a person and not for a source'],
    ['GET /Userz', { status: 404 }, 'call GET /Userz, which does not exist'],
    ['DELETE /Users', { status: 404 }, 'call DELETE /Users, which does not exist'],
  ])('%s %j', (line, given, meaning) => {
    expect(told(line, given).meaning).toBe(meaning);
  });
});

describe('a change of a user', () => {
  it.each<[string, Given, string]>([
    [
      'POST /Users',
      user(undefined, {}, { type: 'user.created', payload: { attributes: { active: true } } }),
      'create user "b.simon@contoso.com"',
    ],
    [
      'POST /Users',
      user(undefined, {}, { type: 'user.created', payload: { attributes: { active: false } } }),
      'create user "b.simon@contoso.com" as inactive',
    ],
    [
      'POST /Users',
      { body: { UserName: 'taken@contoso.com' }, status: 409 },
      'create user "taken@contoso.com"',
    ],
    ['POST /Users', { body: undefined, status: 400 }, 'create a user'],
    [
      `PATCH /Users/${id}`,
      user({}, {}, { type: 'user.deactivated', payload: {} }),
      'deactivate user "b.simon@contoso.com"',
    ],
    [
      `PATCH /Users/${id}`,
      user({}, {}, { type: 'user.reactivated', payload: {} }),
      'reactivate user "b.simon@contoso.com"',
    ],
    [
      `PATCH /Users/${id}`,
      user(
        { userName: 'old@contoso.com' },
        {},
        {
          type: 'user.updated',
          payload: { set: { userName: 'b.simon@contoso.com', title: 'x' }, removed: [] },
        },
      ),
      'rename user "old@contoso.com" to "b.simon@contoso.com" and change title of user "b.simon@contoso.com"',
    ],
    [
      `PATCH /Users/${id}`,
      user(
        { [enterprise]: { department: 'A', division: 'B' } },
        {},
        {
          type: 'user.updated',
          payload: { set: { [enterprise]: { department: 'R&D', division: 'B' } }, removed: ['title'] },
        },
      ),
      'change department and title of user "b.simon@contoso.com"',
    ],
    [
      `PATCH /Users/${id}`,
      user(
        {},
        {},
        {
          type: 'user.updated',
          payload: { set: { [enterprise]: { manager: { value: other } } }, removed: [] },
        },
      ),
      'set the manager of user "b.simon@contoso.com"',
    ],
    [
      `PATCH /Users/${id}`,
      user(
        { [enterprise]: { manager: { value: other } } },
        {},
        { type: 'user.updated', payload: { set: {}, removed: [enterprise] } },
      ),
      'remove the manager of user "b.simon@contoso.com"',
    ],
    [
      `PATCH /Users/${id}`,
      { ...user({}, {}), ...patch({ op: 'Replace', path: 'active', value: 'False' }) },
      'deactivate user "b.simon@contoso.com" (nothing to change)',
    ],
    [
      `PATCH /Users/${id}`,
      {
        ...patch({ op: 'replace', value: { active: false, title: 'x', [enterprise]: { department: 'y' } } }),
        status: 404,
      },
      `deactivate user ${id} and change title and department of user ${id}`,
    ],
    [
      `PATCH /Users/${id}`,
      { ...patch({ op: 'Replace', path: 'userName', value: 'taken' }), status: 409 },
      `rename user ${id} to "taken"`,
    ],
    [
      `PATCH /Users/${id}`,
      { ...patch({ op: 'Add', path: 'emails[type eq "work"].value', value: 'x' }), status: 404 },
      `change emails.value of user ${id}`,
    ],
    [`PATCH /Users/${id}`, { body: 'nonsense', status: 400 }, `change user ${id}`],
    [`PUT /Users/${id}`, { body: { userName: 'b' }, status: 404 }, 'replace user "b"'],
    [
      `DELETE /Users/${id}`,
      user({}, {}, { type: 'user.deleted', payload: {} }),
      'delete user "b.simon@contoso.com"',
    ],
    [`DELETE /Users/${id}`, { status: 404 }, `delete user ${id}`],
  ])('%s', (line, given, meaning) => {
    expect(told(line, given).meaning).toBe(meaning);
  });

  it('names five attributes at most', () => {
    const set = { title: 'a', locale: 'b', timezone: 'c', nickName: 'd', displayName: 'e', userType: 'f' };
    const given = user({}, {}, { type: 'user.updated', payload: { set, removed: [] } });
    expect(told(`PUT /Users/${id}`, given).meaning).toBe(
      'change title, locale, timezone, nickName and 2 more of user "b.simon@contoso.com"',
    );
  });

  it('is about the user, also one that was not made', () => {
    expect(told('POST /Users', { body: { userName: 'taken@contoso.com' }, status: 409 }).subject).toEqual({
      type: 'User',
      display: 'taken@contoso.com',
    });
  });
});

describe('a change of a group', () => {
  const created: GroupEvent = { type: 'group.created', payload: { attributes: {} } };
  it.each<[string, Given, string]>([
    ['POST /Groups', group(undefined, {}, created), 'create group "Sales"'],
    [
      'POST /Groups',
      group(undefined, {}, created, { type: 'group.members-added', payload: members(id, other) }),
      'create group "Sales" and add 2 members to group "Sales"',
    ],
    [
      `PATCH /Groups/${id}`,
      group({}, {}, { type: 'group.members-added', payload: members(other) }),
      'add 1 member to group "Sales"',
    ],
    [
      `PATCH /Groups/${id}`,
      group(
        {},
        {},
        { type: 'group.members-removed', payload: members(other) },
        { type: 'group.members-added', payload: members(id, other, id) },
      ),
      'add 3 members to group "Sales" and remove 1 member from group "Sales"',
    ],
    [
      `PATCH /Groups/${id}`,
      group(
        { displayName: 'Vertrieb' },
        {},
        { type: 'group.updated', payload: { set: { displayName: 'Sales' }, removed: [] } },
      ),
      'rename group "Vertrieb" to "Sales"',
    ],
    [
      `PATCH /Groups/${id}`,
      { ...patch({ op: 'Add', path: 'members', value: [{ value: id }, { value: other }] }), status: 400 },
      `add 2 members to group ${id}`,
    ],
    [
      `PATCH /Groups/${id}`,
      { ...group({}, {}), ...patch({ op: 'remove', path: `members[value eq "${id}"]` }) },
      'remove 1 member from group "Sales" (nothing to change)',
    ],
    [
      `PATCH /Groups/${id}`,
      { ...patch({ op: 'remove', path: 'members' }), status: 404 },
      `remove all members from group ${id}`,
    ],
    [
      `PATCH /Groups/${id}`,
      { ...patch({ op: 'replace', value: { displayName: 'x', members: [{ value: id }] } }), status: 404 },
      `rename group ${id} to "x" and replace the members of group ${id} by 1`,
    ],
    [`DELETE /Groups/${id}`, group({}, {}, { type: 'group.deleted', payload: {} }), 'delete group "Sales"'],
  ])('%s', (line, given, meaning) => {
    expect(told(line, given).meaning).toBe(meaning);
  });

  it('is also about the members', () => {
    const given = group({}, {}, { type: 'group.members-added', payload: members(other) });
    expect(told(`PATCH /Groups/${id}`, given)).toMatchObject({
      subject: { type: 'Group', id },
      others: [other],
    });
  });
});

describe('a bulk', () => {
  const bulk = (failures: number) => {
    const trace = new RequestTrace();
    trace.bulk = {
      operations: 12,
      failures: Array.from({ length: failures }, (_, n) => ({ at: n + 1, error: new ScimError(400, 'x') })),
    };
    return tell({ method: 'POST', path: '/Bulk', query: {}, body: {}, status: 200, trace }).meaning;
  };

  it('says how many of its operations failed', () => {
    expect(bulk(0)).toBe('bulk of 12 operations, all done');
    expect(bulk(2)).toBe('bulk of 12 operations: 2 failed');
  });

  it('that was refused says how many it had', () => {
    expect(told('POST /Bulk', { body: { Operations: [{}] }, status: 413 }).meaning).toBe(
      'bulk of 1 operation',
    );
    expect(told('POST /Bulk', { body: {}, status: 400 }).meaning).toBe('bulk');
  });
});
