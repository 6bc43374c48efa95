import type { LdapCredentials, ServerSettings } from '../ldap/settings.js';
import { isBelow } from '../ldap/distinguished-name.js';
import type { SubjectType } from '../../contract.js';

/** What an admin sets for an Active Directory connection. Described for the form in settings-schema.ts. */
export interface DomainSettings extends ServerSettings {
  security: 'starttls' | 'ldaps';

  userBase: string;
  userFilter?: string;
  upnSuffix?: string;
  disabledBase?: string;
  stripGroups: boolean;
  mustChangePassword: boolean;
  numberNames: boolean;

  groups: boolean;
  groupBase?: string;
  groupScope: 'global' | 'universal' | 'domainLocal';
  groupCategory: 'security' | 'distribution';
  membersPerCall: number;
  membersPerRead: number;

  writeProbe: boolean;
}

export type DomainCredentials =
  | { type: 'simple'; user: string; password: string }
  | { type: 'certificate'; certificate: string; privateKey: string };

export const defaultSettings: Omit<DomainSettings, 'url' | 'userBase'> = {
  security: 'starttls',
  timeoutMs: 30_000,
  connections: 8,
  pageSize: 500,
  maxAnswerBytes: 64 << 20,
  stripGroups: false,
  mustChangePassword: false,
  numberNames: true,
  groups: true,
  groupScope: 'global',
  groupCategory: 'security',
  membersPerCall: 500,
  membersPerRead: 1500,
  writeProbe: false,
};

export function completeSettings(given: Partial<DomainSettings>): DomainSettings {
  if (given.url === undefined) throw new TypeError('url is missing: the address of a domain controller.');
  if (given.userBase === undefined) throw new TypeError('userBase is missing: where the accounts lie.');
  return { ...defaultSettings, ...given, url: given.url, userBase: given.userBase };
}

/** A domain controller takes a DN, a user principal name or DOMAIN\name in a simple bind (MS-ADTS section 5.1.1.1.1). */
export const bindCredentials = (credentials: DomainCredentials): LdapCredentials =>
  credentials.type === 'simple'
    ? { type: 'simple', bindDn: credentials.user, password: credentials.password }
    : credentials;

/** Where new objects are made. */
export const baseOf = (type: SubjectType, { userBase, groupBase }: DomainSettings): string =>
  type === 'group' ? (groupBase ?? userBase) : userBase;

/** Where objects may lie: accounts that are moved away when disabled are still accounts. */
export function basesOf(type: SubjectType, settings: DomainSettings): string[] {
  const { userBase, disabledBase } = settings;
  if (type === 'group') return [baseOf(type, settings)];
  return disabledBase === undefined || isBelow(disabledBase, userBase)
    ? [userBase]
    : [userBase, disabledBase];
}

const scopes = { global: 0x2, domainLocal: 0x4, universal: 0x8 };
const securityEnabled = 0x8000_0000;

/** groupType (MS-ADTS section 2.2.12), a signed number. */
export const groupTypeOf = ({ groupScope, groupCategory }: DomainSettings): number =>
  scopes[groupScope] | (groupCategory === 'security' ? securityEnabled : 0) | 0;
