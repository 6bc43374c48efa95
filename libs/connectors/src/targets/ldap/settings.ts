/** How a server is reached. */
export interface ServerSettings {
  url: string;
  security: 'starttls' | 'ldaps' | 'none';
  caCertificates?: string;
  serverName?: string;
  timeoutMs: number;
  connections: number;
  pageSize: number;
  maxAnswerBytes: number;
}

/** What an admin sets for an LDAP connection. Described for the form in settings-schema.ts. */
export interface LdapSettings extends ServerSettings {
  preset: string;

  userBase: string;
  userObjectClasses: string[];
  userRdn: string;
  userFilter?: string;
  disableBy: 'pwdAccountLockedTime' | 'attribute' | 'move' | 'shadowExpire' | 'none';
  disableAttribute?: string;
  disabledValue?: string;
  enabledValue?: string;
  disabledBase?: string;
  initialPassword: 'none' | 'random';
  passwordBy: 'extended' | 'attribute';
  uidNumberFrom: number;
  uidNumberTo: number;
  gidNumber: number;
  homeDirectory: string;

  groups: boolean;
  groupBase?: string;
  groupObjectClass: 'groupOfNames' | 'groupOfUniqueNames' | 'posixGroup';
  groupRdn: string;
  gidNumberFrom: number;
  gidNumberTo: number;
  placeholderMember?: string;
  mendGroups: boolean;
  membersPerCall: number;

  accesslogBase?: string;
  writeProbe: boolean;
}

export type LdapCredentials =
  | { type: 'simple'; bindDn: string; password: string }
  | { type: 'certificate'; certificate: string; privateKey: string };

export const defaultSettings: Omit<LdapSettings, 'url' | 'userBase'> = {
  preset: 'inetorgperson',
  security: 'starttls',
  timeoutMs: 30_000,
  connections: 8,
  pageSize: 200,
  maxAnswerBytes: 64 << 20,
  userObjectClasses: ['inetOrgPerson'],
  userRdn: 'uid',
  disableBy: 'pwdAccountLockedTime',
  initialPassword: 'none',
  passwordBy: 'extended',
  uidNumberFrom: 10_000,
  uidNumberTo: 59_999,
  gidNumber: 100,
  homeDirectory: '/home/{uid}',
  groups: true,
  groupObjectClass: 'groupOfNames',
  groupRdn: 'cn',
  gidNumberFrom: 10_000,
  gidNumberTo: 59_999,
  mendGroups: true,
  membersPerCall: 500,
  writeProbe: false,
};

export interface Preset {
  id: string;
  name: string;
  note?: string;
  settings: Partial<LdapSettings>;
}

export const presets: Preset[] = [
  {
    id: 'inetorgperson',
    name: 'OpenLDAP, people and groupOfNames',
    note: 'Locks accounts by pwdAccountLockedTime, for which the server needs the ppolicy overlay.',
    settings: {},
  },
  {
    id: 'posix',
    name: 'OpenLDAP, POSIX accounts and posixGroup',
    note: 'Give the range of uidNumber that this hub may hand out; it must not overlap with local accounts.',
    settings: {
      userObjectClasses: ['inetOrgPerson', 'posixAccount', 'shadowAccount'],
      disableBy: 'shadowExpire',
      groupObjectClass: 'posixGroup',
    },
  },
  {
    id: '389-ds',
    name: '389 Directory Server, Red Hat Directory Server, FreeIPA',
    note: 'Locks accounts by nsAccountLock.',
    settings: { disableBy: 'attribute', disableAttribute: 'nsAccountLock', disabledValue: 'TRUE' },
  },
];

/** The admin's settings over the preset's over the defaults. */
export function completeSettings(given: Partial<LdapSettings>): LdapSettings {
  const preset = presets.find(({ id }) => id === given.preset);
  const settings = { ...defaultSettings, ...preset?.settings, ...given };
  if (settings.url === undefined) throw new TypeError('url is missing: the address of the LDAP server.');
  if (settings.userBase === undefined) throw new TypeError('userBase is missing: where the accounts lie.');
  return settings as LdapSettings;
}

/** Where accounts may lie: those that are moved away when disabled are still accounts. */
export const userBases = ({ userBase, disableBy, disabledBase }: LdapSettings): string[] =>
  disableBy === 'move' && disabledBase !== undefined ? [userBase, disabledBase] : [userBase];

export const groupBaseOf = ({ groupBase, userBase }: LdapSettings): string => groupBase ?? userBase;

/** The attribute that holds the members, and what stands in it. */
export const memberAttributeOf: Record<
  LdapSettings['groupObjectClass'],
  { attribute: string; holds: 'name' | 'uid' }
> = {
  groupOfNames: { attribute: 'member', holds: 'name' },
  groupOfUniqueNames: { attribute: 'uniqueMember', holds: 'name' },
  posixGroup: { attribute: 'memberUid', holds: 'uid' },
};

/** A group of names needs a member: this one stays in it. It need not exist. */
export const placeholderOf = (settings: LdapSettings): string =>
  settings.placeholderMember ?? `cn=nobody,${groupBaseOf(settings)}`;
