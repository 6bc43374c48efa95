import { expect, it } from 'vitest';
import type { StateAt } from './state-at.js';
import { differencesBetween } from './state-differences.js';

const group = (id: string) => ({ id, displayName: id, direct: true, since: null });
const app = { id: 'c1', name: 'App' };
const state = (at: number, rest: Partial<StateAt>): StateAt => ({
  at: new Date(at),
  status: 'active',
  attributes: {},
  groups: [],
  accounts: [],
  ...rest,
});

it('tells what became of a person between two moments', () => {
  const before = state(0, {
    attributes: { title: 'Clerk', nickName: 'Ada' },
    groups: [group('a'), group('b')],
    accounts: [
      { connection: app, state: 'active', remoteId: '1', since: new Date(0), attributes: { title: 'Clerk' } },
    ],
  });
  const after = state(1, {
    status: 'inactive',
    attributes: { title: 'Head', department: 'HR' },
    groups: [group('b'), group('c')],
    accounts: [
      {
        connection: app,
        state: 'inactive',
        remoteId: '1',
        since: new Date(1),
        attributes: { title: 'Clerk' },
      },
    ],
  });
  expect(differencesBetween(before, after)).toMatchObject({
    status: { from: 'active', to: 'inactive' },
    attributes: [
      { attribute: 'department', to: 'HR' },
      { attribute: 'nickName', from: 'Ada' },
      { attribute: 'title', from: 'Clerk', to: 'Head' },
    ],
    groups: { joined: [group('c')], left: [group('a')] },
    accounts: [{ connection: app, state: { from: 'active', to: 'inactive' }, attributes: [] }],
  });
});

it('says nothing where nothing differs', () => {
  const same = state(0, { attributes: { emails: [{ value: 'a@b.example' }] } });
  expect(differencesBetween(same, { ...same, at: new Date(1) })).toMatchObject({
    status: null,
    attributes: [],
    groups: { joined: [], left: [] },
    accounts: [],
  });
});
