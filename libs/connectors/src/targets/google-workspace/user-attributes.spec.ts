import { describe, expect, it } from 'vitest';
import { checkAttribute, parseAttributePath } from './user-attributes.js';

describe('attributes of Google Workspace', () => {
  it.each([
    ['primaryEmail', { kind: 'single', attribute: 'primaryEmail' }],
    ['name.givenName', { kind: 'object', attribute: 'name', sub: 'givenName' }],
    ['phones', { kind: 'list', attribute: 'phones' }],
    [
      'phones[type eq "work"].value',
      { kind: 'element', attribute: 'phones', where: 'type', is: 'work', sub: 'value' },
    ],
    [
      'organizations[primary eq true].title',
      { kind: 'element', attribute: 'organizations', where: 'primary', is: true, sub: 'title' },
    ],
    [
      'externalIds[customType eq "rollcall"].value',
      { kind: 'element', attribute: 'externalIds', where: 'customType', is: 'rollcall', sub: 'value' },
    ],
    ['customSchemas.Payroll.costCode', { kind: 'custom', schema: 'Payroll', field: 'costCode' }],
    ['aliases', { kind: 'aliases' }],
  ])('%s can be written', (text, path) => {
    expect(parseAttributePath('user', text)).toEqual(path);
  });

  it.each([
    ['suspended', /active/],
    ['id', /given by Google/],
    ['userName', /no attribute/],
    ['phones[type eq "work"].number', /has value, not "number"/],
    ["phones[type eq 'work'].value", /element of phones|no attribute/],
    ['name.fullName', /no attribute/],
    ['name.givenName.first', /no attribute/],
    ['customSchemas.Payroll', /no attribute/],
    ['constructor', /no attribute/],
    ['constructor.name', /no attribute/],
    ['constructor[type eq "work"].value', /no attribute/],
  ])('%s cannot, and it is said why', (text, why) => {
    expect(checkAttribute('user', text)).toMatch(why);
  });

  it('groups have few attributes, and members are none of them', () => {
    expect(checkAttribute('group', 'description')).toBeUndefined();
    expect(checkAttribute('group', 'aliases')).toBeUndefined();
    expect(checkAttribute('group', 'members')).toMatch(/by themselves/);
    expect(checkAttribute('group', 'primaryEmail')).toMatch(/email, name, description/);
  });
});
