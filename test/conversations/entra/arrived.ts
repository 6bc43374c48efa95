import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { waitFor } from '../../harness/index.js';
import { type Json, urns } from '../scim-client.js';
import type { Conversation } from './conversation.js';

interface App {
  accounts: Record<string, Json>;
  groups: Record<string, Json>;
}

/** Compares the app with what was said, as a whole: no account more or less, no attribute, no member. */
export function arrived(talk: Conversation): void {
  it('the app holds exactly the accounts, attributes and memberships that were sent', async () => {
    const expected = shouldHold(talk);
    await waitFor(() => isDeepStrictEqual(holds(talk), expected), {
      what: 'the app to hold what was sent',
      timeoutMs: 45_000,
      intervalMs: 100,
    }).catch(() => undefined);
    expect(holds(talk)).toEqual(expected);
  });

  it('no account was made twice, and no operation was refused', async () => {
    const names = talk.sandbox.accounts().map(({ userName }) => String(userName).toLowerCase());
    expect(names.length).toBe(new Set(names).size);
    const failed = await talk.hub.admin<{ items: unknown[] }>('GET', 'reports/provisioning?status=failed');
    expect(failed.items).toEqual([]);
  });
}

function shouldHold({ users, groups, unborn }: Conversation): App {
  const held = new Map([...users].filter(([id]) => !unborn.has(id)));
  const nameOf = (id: string) => String(users.get(id)?.userName ?? groups.get(id)?.attributes.displayName);
  return {
    accounts: Object.fromEntries([...held.values()].map((user) => [user.userName, account(user, held)])),
    groups: Object.fromEntries(
      [...groups.values()].map(({ attributes, memberIds }) => [
        attributes.displayName,
        { ...attributes, members: [...memberIds].map(nameOf).toSorted() },
      ]),
    ),
  };
}

/** What the default mapping of the SCIM connector sends of a user. */
function account(user: Json, users: Map<string, Json>): Json {
  const enterprise = (user[urns.enterprise] ?? {}) as Json;
  const managerId = (enterprise.manager as Json | undefined)?.value as string;
  return compact({
    ...pick(user, 'userName', 'active', 'displayName', 'externalId', 'title', 'userType'),
    ...pick(user, 'preferredLanguage', 'timezone'),
    name: pick((user.name ?? {}) as Json, 'givenName', 'familyName', 'formatted'),
    emails: typed(user.emails, ['work'], ['value']),
    phoneNumbers: typed(user.phoneNumbers, ['mobile', 'work'], ['value']),
    addresses: typed(
      user.addresses,
      ['work'],
      ['streetAddress', 'locality', 'region', 'postalCode', 'country'],
    ),
    [urns.enterprise]: compact({
      ...pick(enterprise, 'employeeNumber', 'department'),
      manager: users.get(managerId)?.userName,
    }),
  });
}

function holds({ sandbox }: Conversation): App {
  const accounts = sandbox.accounts();
  const groups = sandbox.groups();
  const names = new Map([
    ...accounts.map(({ id, userName }) => [id, String(userName)] as const),
    ...groups.map(({ id, displayName }) => [id, String(displayName)] as const),
  ]);
  return {
    accounts: Object.fromEntries(
      accounts.map((stored) => {
        const { id: _id, meta: _meta, schemas: _schemas, ...user } = stored as Json;
        const { manager, ...enterprise } = (user[urns.enterprise] ?? {}) as Json;
        const managerId = (manager as Json | undefined)?.value as string;
        return [
          user.userName,
          compact({
            ...user,
            emails: elements(user.emails),
            phoneNumbers: elements(user.phoneNumbers),
            [urns.enterprise]: compact({ ...enterprise, manager: names.get(managerId) }),
          }),
        ];
      }),
    ),
    groups: Object.fromEntries(
      groups.map(({ displayName, externalId, members }) => [
        displayName,
        compact({
          displayName,
          externalId,
          members: members.map(({ value }) => names.get(value)).toSorted(),
        }),
      ]),
    ),
  };
}

function pick(from: Json, ...names: string[]): Json {
  return Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]]));
}

function typed(list: unknown, types: string[], subs: string[]): Json[] {
  return types.flatMap((type) => {
    const element = ((list ?? []) as Json[]).find((candidate) => candidate.type === type);
    const parts = element ? pick(element, ...subs) : {};
    return Object.keys(parts).length > 0 ? [{ type, ...parts }] : [];
  });
}

/** By type. The only e-mail of a new account is made its primary one by the connector. */
function elements(list: unknown): Json[] {
  return ((list ?? []) as Json[])
    .map(({ primary: _primary, ...element }) => element)
    .toSorted((a, b) => String(a.type).localeCompare(String(b.type)));
}

/** Without what says nothing. */
function compact(object: Json): Json {
  const says = (value: unknown) =>
    value !== undefined && (typeof value !== 'object' || value === null || Object.keys(value).length > 0);
  return Object.fromEntries(
    Object.entries(object).filter(([name, value]) => name === 'members' || says(value)),
  );
}
