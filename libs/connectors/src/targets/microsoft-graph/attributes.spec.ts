import { expect, it } from 'vitest';
import { defaultMappings } from './default-mappings.js';
import { checkAttribute, selected } from './attributes.js';
import { nicknameOf } from './create-group.js';

it('the default mappings name attributes that can be written', () => {
  for (const { target } of defaultMappings.users.attributes)
    expect(checkAttribute('user', target)).toBeUndefined();
  for (const { target } of defaultMappings.groups!.attributes)
    expect(checkAttribute('group', target)).toBeUndefined();
});

it('says what is wrong with others', () => {
  expect(checkAttribute('user', 'costCenter')).toMatch(/Did you mean employeeOrgData\.costCenter/);
  expect(checkAttribute('user', 'JOBTITLE')).toMatch(/Did you mean jobTitle/);
  expect(checkAttribute('user', 'onPremisesSyncEnabled')).toMatch(/cannot be written/);
  expect(checkAttribute('group', 'manager')).toMatch(/no attribute of a group/);
  expect(checkAttribute('user', `extension_${'a1'.repeat(16)}_badge`)).toBeUndefined();
});

it('reads each property once, objects as a whole, passwords never', () => {
  const names = selected('user', ['extension_x']).split(',');
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(['id', 'employeeOrgData', 'extension_x']));
  expect(names.some((name) => /[.]|password|manager/i.test(name) && name !== 'passwordPolicies')).toBe(false);
});

it.each([
  ['Engineering', 'Engineering'],
  ['R&D (London)', 'R&DLondon'],
  ['Zoë', 'Zoe'],
  ['日本', 'group'],
  ['x'.repeat(80), 'x'.repeat(64)],
])('the nickname of a group called %s', (name, nickname) => {
  expect(nicknameOf(name)).toBe(nickname);
});
