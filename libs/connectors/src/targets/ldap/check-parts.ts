import { FilterParser } from 'ldapts';
import type { Wrong } from '../../contract.js';
import { checkAuthorities } from '../../http/check-certificates.js';
import { checkKeyPair } from '../../schema-parts/check-key-pair.js';
import { completeSettings, type LdapCredentials, type LdapSettings } from './settings.js';

/** What the JSON Schemas cannot say. */
export function checkParts({ settings, credentials }: { settings?: object; credentials?: object }): Wrong[] {
  return [
    ...(settings ? checkSettings(settings as Partial<LdapSettings>) : []),
    ...(credentials ? checkCredentials(credentials as LdapCredentials) : []),
  ];
}

function checkSettings(given: Partial<LdapSettings>): Wrong[] {
  if (given.url === undefined || given.userBase === undefined) return [];
  const settings = completeSettings(given);
  const wrong: Wrong[] = [];
  const { userFilter, disableBy, disabledBase, disableAttribute, disabledValue } = settings;
  if (!URL.canParse(settings.url))
    wrong.push({
      field: 'settings.url',
      message: 'is no address: ldap://host or ldaps://host, with a port if need be.',
    });
  if (userFilter !== undefined && !parses(() => FilterParser.parseString(userFilter)))
    wrong.push({
      field: 'settings.userFilter',
      message: 'is not an LDAP filter such as (!(employeeType=service)).',
    });
  wrong.push(...checkAuthorities(settings));
  if (disableBy === 'move' && disabledBase === undefined)
    wrong.push({
      field: 'settings.disabledBase',
      message: 'is missing: where disabled accounts are moved to.',
    });
  if (disableBy === 'attribute' && disableAttribute === undefined)
    wrong.push({
      field: 'settings.disableAttribute',
      message: 'is missing: the attribute that disables an account.',
    });
  if (disableBy === 'attribute' && disabledValue === undefined)
    wrong.push({
      field: 'settings.disabledValue',
      message: 'is missing: its value when the account is disabled.',
    });
  for (const kind of ['uid', 'gid'] as const) {
    if (settings[`${kind}NumberFrom`] > settings[`${kind}NumberTo`])
      wrong.push({ field: `settings.${kind}NumberTo`, message: `must not be below ${kind}NumberFrom.` });
  }
  if (settings.url.startsWith('ldaps:') && given.security !== undefined && given.security !== 'ldaps')
    wrong.push({
      field: 'settings.security',
      message: 'must be ldaps, or left out, with an address of ldaps://.',
    });
  return wrong;
}

export const checkCredentials = (credentials: LdapCredentials): Wrong[] =>
  credentials.type === 'certificate' ? checkKeyPair(credentials) : [];

export function parses(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
