import { expect, it } from 'vitest';
import { activeValues, readActive } from './active-state.js';
import { completeSettings, type LdapSettings } from './settings.js';

const settings = (more: Partial<LdapSettings>) =>
  completeSettings({ url: 'ldap://x', userBase: 'ou=people,dc=org', ...more });
const now = Date.parse('2026-11-21T12:00:00Z');
const day = Math.floor(now / 86_400_000);
const move = { disableBy: 'move', disabledBase: 'ou=gone,dc=org' } as const;
const attribute = {
  disableBy: 'attribute',
  disableAttribute: 'nsAccountLock',
  disabledValue: 'TRUE',
} as const;

it.each<[Partial<LdapSettings>, Record<string, string>, boolean | undefined]>([
  [{}, {}, true],
  [{}, { pwdAccountLockedTime: '000001010000Z' }, false],
  [{}, { pwdAccountLockedTime: '20261121115959Z' }, true],
  [attribute, { NSACCOUNTLOCK: 'true' }, false],
  [attribute, { nsAccountLock: 'false' }, true],
  [{ disableBy: 'shadowExpire' }, { shadowExpire: '1' }, false],
  [{ disableBy: 'shadowExpire' }, { shadowExpire: '-1' }, true],
  [{ disableBy: 'shadowExpire' }, { shadowExpire: String(day) }, false],
  [{ disableBy: 'shadowExpire' }, { shadowExpire: String(day + 1) }, true],
  [move, { dn: 'uid=ada,ou=Gone,dc=org' }, false],
  [move, {}, true],
  [{ disableBy: 'none' }, {}, undefined],
])('%j with %j', (more, entry, active) => {
  expect(readActive({ dn: 'uid=ada,ou=people,dc=org', ...entry }, settings(more), now)).toBe(active);
});

it('an attribute without a value for enabled accounts is taken away', () => {
  expect(activeValues(true, settings(attribute))).toEqual({ attribute: 'nsAccountLock', values: [] });
  expect(activeValues(false, settings(attribute))?.values).toEqual(['TRUE']);
  expect(activeValues(true, settings({ ...attribute, enabledValue: 'FALSE' }))?.values).toEqual(['FALSE']);
});
