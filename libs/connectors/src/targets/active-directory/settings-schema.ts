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
import { defaultSettings } from './settings.js';

const dn = (title: string, description: string) => ({
  title,
  description,
  type: 'string',
  pattern: '^[^=,]+=[^,]+(,[^=,]+=[^,]+)*$',
  maxLength: 1000,
});

export const settingsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  required: ['url', 'userBase'],
  properties: {
    url: {
      title: 'Domain controller',
      description:
        'ldap://dc1.corp.example.com or ldaps://…, one and always the same: changes are counted by each for itself.',
      type: 'string',
      pattern: '^ldaps?://[^\\s/@?]+/?$',
      maxLength: 500,
    },
    security: choice(
      'Encryption',
      'starttls: on port 389, encrypted before anything is said. ldaps: encrypted from the start on port 636, also chosen by ldaps:// in the address. Without encryption domain controllers take no passwords.',
      ['starttls', 'ldaps'],
      defaultSettings.security,
    ),
    caCertificates: caCertificates(
      'PEM certificates of the authority that signed the domain controller’s certificate, often the company’s own. With them no other authority is trusted.',
    ),
    serverName: serverName('Where it differs from the host of the address.'),
    timeoutMs: timeoutMs('How long connecting and one operation may take.', defaultSettings.timeoutMs),
    connections: connections(
      'Connections kept open to the domain controller at most.',
      64,
      defaultSettings.connections,
    ),
    pageSize: pageSize(
      'Entries asked for at a time when all of them are read; domain controllers give 1000 at most (MaxPageSize).',
      1000,
      defaultSettings.pageSize,
    ),
    maxAnswerBytes: maxAnswerBytes(
      'A longer answer to one operation is cut off.',
      defaultSettings.maxAnswerBytes,
    ),
    userBase: dn(
      'Accounts under',
      'The OU under which accounts lie and new ones are made, such as OU=Staff,DC=corp,DC=example,DC=com. A mapping to parentDistinguishedName chooses an OU below it.',
    ),
    userFilter: {
      title: 'Which entries are accounts',
      description: 'An LDAP filter in parentheses, such as (!(employeeType=service)).',
      type: 'string',
      pattern: '^\\(.*\\)$',
      maxLength: 2000,
    },
    upnSuffix: {
      title: 'UPN suffix',
      description:
        'What the default mapping writes behind the @ of userPrincipalName instead of the user name’s own domain, such as corp.example.com.',
      type: 'string',
      pattern: '^[A-Za-z0-9.-]+$',
      maxLength: 253,
    },
    disabledBase: dn(
      'Disabled accounts under',
      'Disabled accounts are moved to this OU, and back when they are enabled. Left out: they stay where they are.',
    ),
    stripGroups: flag(
      'Take out of groups',
      'When an account is disabled it is taken out of its groups, except for those under “Groups under”, whose members follow from the source, and its primary group.',
      defaultSettings.stripGroups,
    ),
    mustChangePassword: flag(
      'Password has to be changed',
      'Whoever gets a password from this connection has to choose another at the next sign-in.',
      defaultSettings.mustChangePassword,
    ),
    numberNames: flag(
      'Number equal names',
      'Where the OU has an object of the same name already, the new one is called “Ada Lovelace 2”. Off: a person with a taken name is refused.',
      defaultSettings.numberNames,
    ),
    groups: flag('Groups', 'Off: only accounts are pushed.', defaultSettings.groups),
    groupBase: dn(
      'Groups under',
      'The OU under which groups lie and new ones are made. Left out: where the accounts lie.',
    ),
    groupScope: choice(
      'Scope of new groups',
      'global: members of this domain. universal, domainLocal: of any domain.',
      ['global', 'universal', 'domainLocal'],
      defaultSettings.groupScope,
    ),
    groupCategory: choice(
      'Category of new groups',
      'security: rights may be given to them. distribution: for mail only.',
      ['security', 'distribution'],
      defaultSettings.groupCategory,
    ),
    membersPerCall: integer(
      'Members for each call',
      'Group members added or removed with one operation at most.',
      1,
      5000,
      defaultSettings.membersPerCall,
    ),
    membersPerRead: integer(
      'Members for each read',
      'Group members asked for at a time; domain controllers give 1500 at most (MaxValRange).',
      1,
      5000,
      defaultSettings.membersPerRead,
    ),
    writeProbe: writeProbe(
      'A test of the connection creates an account named rollcall-probe-…, disables it and deletes it at once, to see that it may.',
      defaultSettings.writeProbe,
    ),
  },
};

export const credentialsSchema = credentialsOf([
  {
    title: 'Name and password',
    additionalProperties: false,
    required: ['type', 'user', 'password'],
    properties: {
      type: { const: 'simple' },
      user: {
        title: 'Service account',
        description: 'svc-rollcall@corp.example.com, CORP\\svc-rollcall, or its distinguished name.',
        type: 'string',
        minLength: 1,
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
      certificate: certificate('PEM. The domain controller maps it to an account (SASL EXTERNAL).'),
      privateKey: privateKey('PEM, without passphrase.'),
    },
  },
]);
