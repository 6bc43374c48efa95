import { describe, expect, it } from 'vitest';
import type { Attributes } from '../json.js';
import { parseResource } from '../resource/parse-resource.js';
import { projectResource } from '../resource/project-resource.js';
import { readPath } from '../path/read-path.js';
import { resourceSchemas } from '../resource/resource-schemas.js';
import { userType } from '../schema/resource-type.js';
import { ScimError } from '../scim-error.js';
import { applyPatch } from './apply-patch.js';
import { parsePatch } from './parse-patch.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const ada: Attributes = { userName: 'ada@example.com', active: true };

function patch(before: Attributes, ...Operations: unknown[]): Attributes {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
  return applyPatch(before, parsePatch({ schemas, Operations }), userType).attributes;
}

function refusal(act: () => unknown): ScimError {
  try {
    act();
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('what Entra sends to change a user', () => {
  it.each(['Replace', 'replace', 'REPLACE'])('Q1 op in any case: %s', (op) => {
    expect(patch(ada, { op, path: 'title', value: 'Engineer' })).toEqual({ ...ada, title: 'Engineer' });
  });

  it.each([
    ['False', false],
    ['false', false],
    ['True', true],
    [false, false],
  ])('Q2 boolean as text: %s', (value, active) => {
    expect(patch(ada, { op: 'Replace', path: 'active', value })['active']).toBe(active);
  });

  it('Q2 text that looks like a boolean stays text where the attribute is text', () => {
    expect(patch(ada, { op: 'Replace', path: 'nickName', value: 'True' })['nickName']).toBe('True');
  });

  it('Q3 add on a value that is there replaces it', () => {
    expect(patch(ada, { op: 'Add', path: 'active', value: 'False' })['active']).toBe(false);
  });

  it.each(['Add', 'Replace'])('Q4 %s through a filter that selects nothing creates the element', (op) => {
    const path = 'addresses[type eq "work"].streetAddress';
    expect(patch(ada, { op, path, value: '1 Elm' })['addresses']).toEqual([
      { type: 'work', streetAddress: '1 Elm' },
    ]);
  });

  it('Q4 a filter that does not say what to create is noTarget', () => {
    const path = 'emails[value co "@old.example"].display';
    const error = refusal(() => patch(ada, { op: 'replace', path, value: 'x' }));
    expect(error).toMatchObject({ status: 400, scimType: 'noTarget' });
    expect(error.detail).toContain('emails');
  });

  it('Q5 several operations with the same filter land in one element', () => {
    const parts = {
      streetAddress: '1 Elm',
      locality: 'Oslo',
      region: 'Oslo',
      postalCode: '0150',
      country: 'NO',
    };
    const operations = Object.entries(parts).map(([sub, value]) => ({
      op: 'Add',
      path: `addresses[type eq "work"].${sub}`,
      value,
    }));
    expect(patch(ada, ...operations)['addresses']).toEqual([{ type: 'work', ...parts }]);
  });

  it('Q6 sub-attributes of the selecting element itself', () => {
    const before = { ...ada, emails: [{ type: 'work', value: 'ada@example.com' }] };
    const after = patch(
      before,
      { op: 'Add', path: 'emails[type eq "work"].primary', value: 'true' },
      { op: 'Add', path: 'emails[type eq "work"].type', value: 'work' },
    );
    expect(after['emails']).toEqual([{ type: 'work', value: 'ada@example.com', primary: true }]);
  });

  it('Q7 no path, dotted keys', () => {
    const before = { ...ada, name: { familyName: 'Lovelace' } };
    const after = patch(before, { op: 'replace', value: { 'name.givenName': 'Ada', displayName: 'B' } });
    expect(after).toEqual({
      ...before,
      name: { familyName: 'Lovelace', givenName: 'Ada' },
      displayName: 'B',
    });
  });

  it('Q8 no path, full URN keys', () => {
    const before = { ...ada, [enterprise]: { costCenter: '7' } };
    const after = patch(before, { op: 'replace', value: { [`${enterprise}:department`]: 'R&D' } });
    expect(after[enterprise]).toEqual({ costCenter: '7', department: 'R&D' });
  });

  it('Q9 no path, add', () => {
    const after = patch(ada, { op: 'add', value: { title: 'X', 'name.familyName': 'Y' } });
    expect(after).toEqual({ ...ada, title: 'X', name: { familyName: 'Y' } });
  });

  it('Q10 path into the extension creates it, and its URN is among the schemas', () => {
    const after = patch(ada, { op: 'Add', path: `${enterprise}:department`, value: 'Ops' });
    expect(after[enterprise]).toEqual({ department: 'Ops' });
    expect(resourceSchemas(after, userType)).toEqual([userType.schema.id, enterprise]);
  });

  it('Q11 a dot behind the extension URN', () => {
    const after = patch(ada, { op: 'Add', path: `${enterprise}.manager`, value: 'm1' });
    expect(after[enterprise]).toEqual({ manager: { value: 'm1' } });
  });

  it('Q12 Q16 manager as a bare string, whoever it is, becomes an object', () => {
    const after = patch(ada, { op: 'Add', path: `${enterprise}:manager`, value: 'nobody-we-know' });
    expect(after[enterprise]).toEqual({ manager: { value: 'nobody-we-know' } });
  });

  it('Q13 manager as an object; nothing of the manager before stays', () => {
    const before = { ...ada, [enterprise]: { manager: { value: 'm1', $ref: 'https://x/Users/m1' } } };
    const after = patch(before, { op: 'replace', path: `${enterprise}:manager`, value: { value: 'm2' } });
    expect(after[enterprise]).toEqual({ manager: { value: 'm2' } });
  });

  it('Q14 manager as an array, without the URN', () => {
    const value = [{ $ref: 'http://x/Users/1', value: '1' }];
    const after = patch(ada, { op: 'Add', path: 'manager', value });
    expect(after[enterprise]).toEqual({ manager: { value: '1', $ref: 'http://x/Users/1' } });
  });

  it.each([
    { op: 'replace', path: `${enterprise}:manager`, value: { value: '' } },
    { op: 'replace', path: `${enterprise}:manager`, value: '' },
    { op: 'replace', path: `${enterprise}:manager`, value: null },
    { op: 'Remove', path: `${enterprise}:manager` },
    { op: 'remove', path: `${enterprise}:manager[value eq "1"]` },
    { op: 'replace', path: `${enterprise}:manager.value`, value: '' },
    { op: 'replace', value: { [`${enterprise}:manager`]: { value: null } } },
  ])('Q15 manager removed by %j', (operation) => {
    const before = { ...ada, [enterprise]: { department: 'Ops', manager: { value: '1' } } };
    expect(patch(before, operation)[enterprise]).toEqual({ department: 'Ops' });
  });

  it('Q15 removing another manager than the one that is there changes nothing', () => {
    const before = { ...ada, [enterprise]: { manager: { value: '1' } } };
    expect(patch(before, { op: 'remove', path: `${enterprise}:manager[value eq "2"]` })).toBe(before);
  });

  it.each(['roles[primary eq "True"].value', 'roles[primary eq true].value'])('Q17 %s', (path) => {
    const created = patch(ada, { op: 'Replace', path, value: 'Admin' });
    expect(created['roles']).toEqual([{ primary: true, value: 'Admin' }]);
    expect(patch(created, { op: 'Replace', path, value: 'User' })['roles']).toEqual([
      { primary: true, value: 'User' },
    ]);
  });

  it('Q18 roles as JSON in a string stay byte for byte', () => {
    const value = '{"id":"18d14569","value":"Admin","displayName":"Admin"}';
    const role = { type: 'WindowsAzureActiveDirectoryRole', primary: false, value };
    expect(patch(ada, { op: 'Add', path: 'roles', value: [role] })['roles']).toEqual([role]);
  });

  it('Q19 replacing roles replaces all of them', () => {
    const before = { ...ada, roles: [{ value: 'A' }, { value: 'B' }] };
    expect(patch(before, { op: 'replace', path: 'roles', value: [{ value: 'C' }] })['roles']).toEqual([
      { value: 'C' },
    ]);
  });

  it('Q20 replacing a complex attribute merges', () => {
    const before = { ...ada, name: { givenName: 'Ada', familyName: 'Byron' } };
    const after = patch(before, { op: 'replace', path: 'name', value: { familyName: 'Lovelace' } });
    expect(after['name']).toEqual({ givenName: 'Ada', familyName: 'Lovelace' });
  });

  it('Q21 a value beside a remove through a filter is ignored', () => {
    const before = { ...ada, emails: [{ type: 'work', value: 'a@x', display: 'Ada' }] };
    const path = 'emails[type eq "work"].value';
    expect(patch(before, { op: 'Remove', path, value: 'other@x' })['emails']).toEqual([
      { type: 'work', display: 'Ada' },
    ]);
  });

  it('Q22 replacing with null removes', () => {
    const before = { ...ada, nickName: 'Countess' };
    expect(patch(before, { op: 'replace', path: 'nickName', value: null })).toEqual(ada);
  });

  it('Q23 an attribute that is not sent is not removed', () => {
    const before = { ...ada, title: 'Engineer', nickName: 'Countess' };
    expect(patch(before, { op: 'Replace', path: 'title', value: 'Lead' })['nickName']).toBe('Countess');
  });

  it('Q24 thirty-six operations in one message', () => {
    const operations = Array.from({ length: 36 }, (_, at) => ({
      op: 'Add',
      path: `custom${at}`,
      value: `v${at}`,
    }));
    const after = patch(ada, ...operations);
    expect(Object.keys(after)).toHaveLength(2 + 36);
    expect(after['custom35']).toBe('v35');
  });

  it.each([
    { op: 'Replace', path: 'userName', value: 'new@example.com' },
    { op: 'replace', value: { userName: 'new@example.com' } },
  ])('Q25 userName changed by %j', (operation) => {
    expect(patch(ada, operation)['userName']).toBe('new@example.com');
  });

  it('Q26 no path, dotted key into a multi-valued attribute', () => {
    const operation = { op: 'replace', value: { 'emails.value': 'new@x' } };
    expect(patch(ada, operation)['emails']).toEqual([{ value: 'new@x' }]);
    const emails = [
      { type: 'home', value: 'home@x' },
      { type: 'work', value: 'old@x', primary: true },
    ];
    expect(patch({ ...ada, emails }, operation)['emails']).toEqual([
      { type: 'home', value: 'home@x' },
      { type: 'work', value: 'new@x', primary: true },
    ]);
  });

  it.each([[['B']], [[{ value: 'B' }]]])('Q27 an array round a plain value: %j', (value) => {
    expect(patch(ada, { op: 'Add', path: 'displayName', value })['displayName']).toBe('B');
  });

  it('Q28 no operations change nothing', () => {
    expect(applyPatch(ada, parsePatch({ Operations: [] }), userType)).toEqual({
      attributes: ada,
      changed: false,
      warnings: [],
    });
  });

  it('Q29 attributes=manager without the URN', () => {
    const user = {
      id: '1',
      schemas: [enterprise],
      ...ada,
      [enterprise]: { manager: { value: 'm' }, department: 'Ops' },
    };
    expect(projectResource(user, userType, { attributes: 'manager' })).toEqual({
      id: '1',
      schemas: [enterprise],
      [enterprise]: { manager: { value: 'm' } },
    });
  });

  it('Q30 an added e-mail does not become the primary one', () => {
    const before = { ...ada, emails: [{ type: 'work', value: 'w@x', primary: true }] };
    const after = patch(before, { op: 'Add', path: 'emails[type eq "home"].value', value: 'h@x' });
    expect(after['emails']).toEqual([
      { type: 'work', value: 'w@x', primary: true },
      { type: 'home', value: 'h@x' },
    ]);
  });

  it('Q31 what a write brought is there to be read, also where no schema has it', () => {
    const custom = 'urn:ietf:params:scim:schemas:extension:Acme:2.0:User';
    const after = patch(
      ada,
      { op: 'Add', path: 'badgeColour', value: 'blue' },
      { op: 'Add', path: `${custom}:floor`, value: '3' },
      { op: 'Add', path: 'name.phoneticGivenName', value: 'eyda' },
      { op: 'Replace', path: 'BADGECOLOUR', value: 'red' },
    );
    expect(after).toEqual({
      ...ada,
      badgeColour: 'red',
      [custom]: { floor: '3' },
      name: { phoneticGivenName: 'eyda' },
    });
    expect(readPath(after, `${custom}:floor`)).toBe('3');
  });

  it('C1 to C7: the variations of a create', () => {
    const body = (more: object) => ({
      schemas: [userType.schema.id, enterprise],
      userName: 'ada@example.com',
      ...more,
    });
    const read = (more: object) => parseResource(body(more), userType).attributes;
    const plain = { userName: 'ada@example.com' };
    expect(read({}), 'C1 extension named and missing').toEqual(plain);
    expect(read({ 'urn:x:2.0:User': { a: 'b' } }), 'C1 extension not named').toEqual({
      ...plain,
      'urn:x:2.0:User': { a: 'b' },
    });
    expect(
      read({ 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User': { department: 'Ops' } }),
      'C2 malformed URN',
    ).toEqual({ ...plain, [enterprise]: { department: 'Ops' } });
    expect(
      read({ addresses: null, phoneNumbers: null, department: null, manager: null, roles: [] }),
      'C3 explicit nulls',
    ).toEqual(plain);
    expect(read({ meta: { resourceType: 'User' }, id: 'mine' }), 'C4 meta from the client').toEqual(plain);
    expect(read({ active: 'True', roles: [{ value: 'A', primary: 'True' }] }), 'C5 booleans as text').toEqual(
      {
        ...plain,
        active: true,
        roles: [{ value: 'A', primary: true }],
      },
    );
    expect(
      read({ emails: [{ Primary: true, Value: 'a@x' }], [enterprise]: { Department: 'Ops' } }),
      'C6 odd-case keys',
    ).toEqual({ ...plain, emails: [{ primary: true, value: 'a@x' }], [enterprise]: { department: 'Ops' } });
    expect(parseResource({ userName: 'guest' }, userType).attributes, 'C7 nothing optional').toEqual({
      userName: 'guest',
    });
  });
});
