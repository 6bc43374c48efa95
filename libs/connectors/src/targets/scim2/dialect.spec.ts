import { describe, expect, it } from 'vitest';
import { wireOperations } from './build-patch.js';
import { fromWire, toWire } from './dialect.js';
import { defaultSettings } from './settings.js';

const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const old = {
  ...defaultSettings,
  protocol: '1.1' as const,
  enterpriseUrn: 'urn:scim:schemas:extension:enterprise:1.0',
};

describe('the spelling of an app', () => {
  it('is the standard one unless set otherwise', () => {
    const user = { schemas: [core, enterprise], active: true, roles: [{ value: 'a' }], [enterprise]: {} };
    expect(toWire(user, defaultSettings)).toEqual(user);
    expect(fromWire(user, defaultSettings)).toEqual(user);
  });

  it('has its own URNs, there and back', () => {
    const user = { schemas: [core, enterprise], [enterprise]: { department: 'a' } };
    const wire = toWire(user, old);
    expect(wire).toEqual({
      schemas: ['urn:scim:schemas:core:1.0', old.enterpriseUrn],
      [old.enterpriseUrn]: { department: 'a' },
    });
    expect(fromWire({ Resources: [wire] }, old)).toMatchObject({
      Resources: [{ [enterprise]: { department: 'a' } }],
    });
  });

  it('has booleans and roles as texts', () => {
    const settings = { ...defaultSettings, booleans: 'text' as const, roles: 'texts' as const };
    const user = { active: false, emails: [{ primary: true, value: 'a' }], roles: [{ value: 'admin' }] };
    expect(toWire(user, settings)).toEqual({
      active: 'False',
      emails: [{ primary: 'True', value: 'a' }],
      roles: ['admin'],
    });
    expect(fromWire({ roles: ['admin'] }, settings)).toEqual({ roles: [{ value: 'admin' }] });
  });

  it.each([
    [[{ value: 'a' }, { value: 'b', primary: true }], 'b'],
    [[{ value: 'a' }, { value: 'b', type: 'Work' }], 'b'],
    [[{ value: 'a' }, { value: 'b' }], 'a'],
  ])('keeps one of %j', (emails, kept) => {
    const settings = { ...defaultSettings, singleValued: ['emails'] };
    expect(toWire({ emails }, settings)).toMatchObject({ emails: [{ value: kept }] });
  });

  it('has its own operations', () => {
    const settings = { ...old, patchOpCase: 'capital' as const, booleans: 'text' as const };
    const operations = [
      { op: 'replace' as const, path: 'active', value: true },
      { op: 'remove' as const, path: `${enterprise}:department` },
    ];
    expect(wireOperations(operations, settings)).toEqual([
      { op: 'Replace', path: 'active', value: 'True' },
      { op: 'Remove', path: `${old.enterpriseUrn}:department` },
    ]);
  });
});
