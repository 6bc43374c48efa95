import {
  caCertificates,
  connections,
  maxAnswerBytes,
  pageSize,
  serverName,
  timeoutMs,
  writeProbe,
} from '../../schema-parts/connection-settings.js';
import { certificate, credentialsOf, password, privateKey } from '../../schema-parts/credentials.js';
import { choice, flag, integer } from '../../schema-parts/fields.js';
import { defaultSettings, presets } from './settings.js';

const dn = (title: string, description: string) => ({
  title,
  description,
  type: 'string',
  pattern: '^[^=,]+=[^,]+(,[^=,]+=[^,]+)*$',
  maxLength: 1000,
});
const attribute = (title: string, description: string) => ({
  title,
  description,
  type: 'string',
  pattern: '^[A-Za-z][A-Za-z0-9-]*$',
  maxLength: 100,
});
const number = (title: string, description: string, standard: number) =>
  integer(title, description, 1, 2_147_483_647, standard);

export const settingsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  required: ['url', 'userBase'],
  properties: {
    preset: choice(
      'Kind of directory',
      'Fills in what is usual there.',
      presets.map(({ id }) => id),
      defaultSettings.preset,
    ),
    url: {
      title: 'Server',
      description: 'ldap://host or ldaps://host, with a port where it is not 389 or 636.',
      type: 'string',
      pattern: '^ldaps?://[^\\s/@?]+/?$',
      maxLength: 500,
    },
    security: choice(
      'Encryption',
      'starttls: on the plain port, encrypted before anything is said. ldaps: encrypted from the start, also chosen by ldaps:// in the address. none: passwords travel in the clear.',
      ['starttls', 'ldaps', 'none'],
      defaultSettings.security,
    ),
    caCertificates: caCertificates(
      'PEM certificates of the authority that signed the server’s certificate. With them no other authority is trusted.',
    ),
    serverName: serverName('Where it differs from the host of the address.'),
    timeoutMs: timeoutMs('How long connecting and one operation may take.', defaultSettings.timeoutMs),
    connections: connections('Connections kept open to the server at most.', 64, defaultSettings.connections),
    pageSize: pageSize(
      'Entries asked for at a time when all of them are read.',
      1000,
      defaultSettings.pageSize,
    ),
    maxAnswerBytes: maxAnswerBytes(
      'A longer answer to one operation is cut off.',
      defaultSettings.maxAnswerBytes,
    ),
    userBase: dn(
      'Accounts under',
      'The entry under which accounts lie, such as ou=people,dc=example,dc=org.',
    ),
    userObjectClasses: {
      title: 'Object classes of accounts',
      description:
        'The first one tells accounts from other entries. With posixAccount a uidNumber is handed out where none is mapped.',
      type: 'array',
      items: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9-]*$' },
      minItems: 1,
      maxItems: 20,
      default: defaultSettings.userObjectClasses,
    },
    userRdn: {
      ...attribute('Naming attribute of accounts', 'The first part of an account’s name: uid or cn.'),
      default: defaultSettings.userRdn,
    },
    userFilter: {
      title: 'Which entries are accounts',
      description:
        'An LDAP filter in parentheses, beyond the object class, such as (!(employeeType=service)).',
      type: 'string',
      pattern: '^\\(.*\\)$',
      maxLength: 2000,
    },
    disableBy: choice(
      'Accounts are disabled by',
      'pwdAccountLockedTime: locked by the ppolicy overlay; signing in fails. attribute: an attribute has a value. move: the entry lies elsewhere. shadowExpire: the account has expired for Linux hosts. none: accounts cannot be disabled.',
      ['pwdAccountLockedTime', 'attribute', 'move', 'shadowExpire', 'none'],
      defaultSettings.disableBy,
    ),
    disableAttribute: attribute('Attribute that disables', 'For "attribute", such as nsAccountLock.'),
    disabledValue: {
      title: 'Its value when disabled',
      description: 'For "attribute", such as TRUE.',
      type: 'string',
      minLength: 1,
      maxLength: 200,
    },
    enabledValue: {
      title: 'Its value when enabled',
      description: 'For "attribute". Empty: the attribute is taken away.',
      type: 'string',
      maxLength: 200,
    },
    disabledBase: dn('Disabled accounts under', 'For "move", such as ou=disabled,dc=example,dc=org.'),
    initialPassword: choice(
      'First password',
      'none: nobody can sign in until a password is set. random: one that nobody is told. A mapping to userPassword comes first.',
      ['none', 'random'],
      defaultSettings.initialPassword,
    ),
    passwordBy: choice(
      'Passwords are set by',
      'extended: the Password Modify operation (RFC 3062), so that the server hashes and checks them. attribute: userPassword is written.',
      ['extended', 'attribute'],
      defaultSettings.passwordBy,
    ),
    uidNumberFrom: number(
      'First uidNumber',
      'Of the range this hub hands out.',
      defaultSettings.uidNumberFrom,
    ),
    uidNumberTo: number('Last uidNumber', 'Of the range this hub hands out.', defaultSettings.uidNumberTo),
    gidNumber: number(
      'Primary group',
      'gidNumber of POSIX accounts where none is mapped.',
      defaultSettings.gidNumber,
    ),
    homeDirectory: {
      title: 'Home directory',
      description: 'Of POSIX accounts where none is mapped. {uid} stands for the uid.',
      type: 'string',
      minLength: 1,
      maxLength: 500,
      default: defaultSettings.homeDirectory,
    },
    groups: flag('Groups', 'Off: only accounts are pushed.', defaultSettings.groups),
    groupBase: dn('Groups under', 'The entry under which groups lie. Left out: where the accounts lie.'),
    groupObjectClass: choice(
      'Object class of groups',
      'groupOfNames and groupOfUniqueNames hold names of entries, posixGroup holds the uid of accounts.',
      ['groupOfNames', 'groupOfUniqueNames', 'posixGroup'],
      defaultSettings.groupObjectClass,
    ),
    groupRdn: {
      ...attribute('Naming attribute of groups', 'The first part of a group’s name.'),
      default: defaultSettings.groupRdn,
    },
    gidNumberFrom: number('First gidNumber', 'Handed out to posixGroup.', defaultSettings.gidNumberFrom),
    gidNumberTo: number('Last gidNumber', 'Handed out to posixGroup.', defaultSettings.gidNumberTo),
    placeholderMember: dn(
      'Member of empty groups',
      'groupOfNames and groupOfUniqueNames need a member: this one stays in them. It need not exist. Left out: cn=nobody under the groups.',
    ),
    mendGroups: flag(
      'Mend groups',
      'When an account is renamed, moved or deleted its name in groups follows. Off where the server does that itself (refint overlay): saves a search.',
      defaultSettings.mendGroups,
    ),
    membersPerCall: integer(
      'Members for each call',
      'Group members added or removed with one operation at most.',
      1,
      10_000,
      defaultSettings.membersPerCall,
    ),
    accesslogBase: dn(
      'Access log under',
      'Where the accesslog overlay writes, such as cn=accesslog: tells what was deleted. Left out: found out by reading everything.',
    ),
    writeProbe: writeProbe(
      'A test of the connection creates an account named rollcall-probe-… and deletes it at once, to see that it may.',
      defaultSettings.writeProbe,
    ),
  },
  allOf: [
    {
      if: { required: ['disableBy'], properties: { disableBy: { const: 'attribute' } } },
      then: { required: ['disableAttribute', 'disabledValue'] },
    },
    {
      if: { required: ['disableBy'], properties: { disableBy: { const: 'move' } } },
      then: { required: ['disabledBase'] },
    },
  ],
};

export const credentialsSchema = credentialsOf([
  {
    title: 'Name and password',
    additionalProperties: false,
    required: ['type', 'bindDn', 'password'],
    properties: {
      type: { const: 'simple' },
      bindDn: {
        title: 'Service account',
        description: 'Its full name, such as cn=rollcall,ou=services,dc=example,dc=org.',
        type: 'string',
        minLength: 3,
        maxLength: 1000,
      },
      password: password('Of the service account.'),
    },
  },
  {
    title: 'Client certificate',
    additionalProperties: false,
    required: ['type', 'certificate', 'privateKey'],
    properties: {
      type: { const: 'certificate' },
      certificate: certificate('PEM. The server maps it to an account (SASL EXTERNAL).'),
      privateKey: privateKey('PEM, without passphrase.'),
    },
  },
]);
