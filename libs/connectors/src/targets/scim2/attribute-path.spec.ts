import { describe, expect, it } from 'vitest';
import { attributeOf, checkAttribute, elementOf, parseAttributePath } from './attribute-path.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

describe('attribute path', () => {
  it.each([
    ['userName', { attribute: 'userName', multiValued: false, caseExact: false }],
    ['EXTERNALID', { attribute: 'externalId', multiValued: false, caseExact: true }],
    ['name.givenName', { attribute: 'name', sub: 'givenName', multiValued: false, caseExact: false }],
    [
      'emails[type eq "work"].value',
      {
        attribute: 'emails',
        sub: 'value',
        multiValued: true,
        caseExact: false,
        where: [{ attribute: 'type', value: 'work' }],
      },
    ],
    [
      'emails[type eq "work" and primary eq true].value',
      {
        attribute: 'emails',
        sub: 'value',
        multiValued: true,
        caseExact: false,
        where: [
          { attribute: 'type', value: 'work' },
          { attribute: 'primary', value: true },
        ],
      },
    ],
    [
      `${enterprise}:department`,
      { urn: enterprise, attribute: 'department', multiValued: false, caseExact: false },
    ],
    ['department', { urn: enterprise, attribute: 'department', multiValued: false, caseExact: false }],
    [
      `${enterprise}:manager.value`,
      { urn: enterprise, attribute: 'manager', sub: 'value', multiValued: false, caseExact: false },
    ],
    [
      'urn:ietf:params:scim:schemas:core:2.0:User:title',
      { attribute: 'title', multiValued: false, caseExact: false },
    ],
    [
      'urn:acme:2.0:User:costCode',
      { urn: 'urn:acme:2.0:User', attribute: 'costCode', multiValued: false, caseExact: false },
    ],
  ])('%s', (text, path) => {
    expect(parseAttributePath('user', text)).toEqual(path);
  });

  it('prints back what names the attribute and what picks the element', () => {
    const path = parseAttributePath('user', 'Addresses[TYPE eq "work"].locality');
    expect(attributeOf(path)).toBe('addresses');
    expect(elementOf(path)).toBe('addresses[TYPE eq "work"]');
  });

  it.each([
    '',
    'na me',
    'emails[type co "work"].value',
    'emails[type eq "work" or type eq "home"].value',
    'emails[',
    enterprise,
  ])('says what is wrong with %j', (text) => {
    expect(checkAttribute('user', text)).toMatch(/\w+ .{10,}/);
  });
});
