import { expect, it } from 'vitest';
import { readObject } from './read-object.js';
import { changesOf, withoutPassword, writingOf } from './write-body.js';

const set = (attribute: string, value: any) => ({ op: 'set' as const, attribute, value });
const unset = (attribute: string) => ({ op: 'unset' as const, attribute });

it('clears texts by null and lists by an empty list', () => {
  const { body } = writingOf('user', [
    unset('jobTitle'),
    set('department', ''),
    unset('otherMails'),
    unset('businessPhones'),
    unset('employeeOrgData.division'),
  ]);
  expect(body).toEqual({
    jobTitle: null,
    department: null,
    otherMails: [],
    businessPhones: [],
    employeeOrgData: { division: null },
  });
});

it('gives values the kind Graph wants', () => {
  const { body } = writingOf('user', [
    set('accountEnabled', 'True'),
    set('employeeId', 4711),
    set('otherMails', 'ada@example.org'),
    set('businessPhones', ['1', '2']),
  ]);
  expect(body).toEqual({
    accountEnabled: true,
    employeeId: '4711',
    otherMails: ['ada@example.org'],
    businessPhones: ['1'],
  });
});

it('keeps apart what has calls of its own, of users only', () => {
  const writing = writingOf('user', [
    set('manager', 'm1'),
    set('assignedLicenses', ['s1']),
    set('city', 'London'),
  ]);
  expect(writing).toEqual({ body: { city: 'London' }, manager: 'm1', licenses: ['s1'] });
  expect(writingOf('user', [unset('manager'), unset('assignedLicenses')])).toEqual({
    body: {},
    manager: null,
    licenses: [],
  });
});

it('what is read can be written as it is', () => {
  const graph = {
    id: '1',
    displayName: 'Ada',
    accountEnabled: false,
    businessPhones: ['1'],
    otherMails: ['a@x', 'b@x'],
    employeeOrgData: { costCenter: '7', division: null },
    jobTitle: null,
    manager: { id: 'm1' },
    assignedLicenses: [{ skuId: 's1', disabledPlans: [] }],
    extension_00000000000000000000000000000000_badge: '0815',
  };
  const object = readObject('user', graph)!;
  expect(object).toMatchObject({ id: '1', active: false });
  const { body, manager, licenses } = writingOf('user', changesOf(object.attributes));
  expect({ manager, licenses }).toEqual({ manager: 'm1', licenses: ['s1'] });
  expect(body).toEqual({
    displayName: 'Ada',
    accountEnabled: false,
    businessPhones: ['1'],
    otherMails: ['a@x', 'b@x'],
    employeeOrgData: { costCenter: '7' },
    extension_00000000000000000000000000000000_badge: '0815',
  });
});

it('reads the manager as delta queries tell it', () => {
  const told = (entry: object) =>
    readObject('user', { id: '1', 'manager@delta': [entry] })!.attributes.manager;
  expect(told({ id: 'm1' })).toBe('m1');
  expect(told({ id: 'm1', '@removed': { reason: 'deleted' } })).toBeUndefined();
});

it('shows a body without its password', () => {
  expect(
    withoutPassword({
      city: 'x',
      passwordProfile: { password: 'secret', forceChangePasswordNextSignIn: true },
    }),
  ).toEqual({
    city: 'x',
    passwordProfile: { password: '(not shown)', forceChangePasswordNextSignIn: true },
  });
});
