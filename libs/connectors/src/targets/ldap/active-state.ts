import { Attribute, Change, type Entry } from 'ldapts';
import { textsOf } from './server-link.js';
import type { LdapSettings } from './settings.js';
import { isBelow } from './distinguished-name.js';

/** Locked for good: ppolicy (draft-behera-ldap-password-policy section 5.3.3). Other times pass by themselves. */
const lockedForGood = '000001010000Z';
const dayMs = 86_400_000;

/** Undefined: accounts cannot be disabled here. */
export function readActive(entry: Entry, settings: LdapSettings, now: number): boolean | undefined {
  switch (settings.disableBy) {
    case 'none':
      return undefined;
    case 'pwdAccountLockedTime':
      return !textsOf(entry, 'pwdAccountLockedTime').includes(lockedForGood);
    case 'attribute': {
      const disabled = settings.disabledValue!.toLowerCase();
      return !textsOf(entry, settings.disableAttribute!).some((value) => value.toLowerCase() === disabled);
    }
    case 'move':
      return !isBelow(entry.dn, settings.disabledBase!);
    case 'shadowExpire': {
      const [day] = textsOf(entry, 'shadowExpire');
      return day === undefined || Number(day) < 0 || Number(day) * dayMs > now;
    }
  }
}

/** The attribute that says so, and its values; undefined where it is not an attribute that does. */
export function activeValues(
  active: boolean,
  settings: LdapSettings,
): { attribute: string; values: string[] } | undefined {
  switch (settings.disableBy) {
    case 'pwdAccountLockedTime':
      return { attribute: 'pwdAccountLockedTime', values: active ? [] : [lockedForGood] };
    case 'attribute':
      return {
        attribute: settings.disableAttribute!,
        values: active ? (settings.enabledValue ? [settings.enabledValue] : []) : [settings.disabledValue!],
      };
    case 'shadowExpire':
      return { attribute: 'shadowExpire', values: active ? [] : ['1'] };
    default:
      return undefined;
  }
}

/** An auxiliary class that the attribute belongs to, for accounts that were made without it. */
export const classNeeded = (settings: LdapSettings): string | undefined =>
  settings.disableBy === 'shadowExpire' ? 'shadowAccount' : undefined;

export const replace = (type: string, values: (string | Buffer)[]): Change =>
  new Change({ operation: 'replace', modification: new Attribute({ type, values: values as string[] }) });
