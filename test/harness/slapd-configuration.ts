export interface SlapdOptions {
  /** The service account is held to the server's limit of 500 entries. */
  sizeLimited?: boolean;
  /** Overlays that are left out. */
  without?: ('memberof' | 'refint' | 'ppolicy' | 'syncprov' | 'accesslog')[];
  /** No two accounts may have the same uidNumber; otherwise that goes for mail alone. */
  uniqueNumbers?: boolean;
  /** Each write is on disk before its answer. */
  durable?: boolean;
}

/** cn=config of an OpenLDAP server with a database dc=example,dc=org and an access log. */
export function slapdConfiguration(folder: string, options: SlapdOptions): string {
  const without = new Set<string>(options.without);
  const noSync = options.durable ? [] : ['olcDbNoSync: TRUE'];
  const overlays = overlaysOf.filter(({ name }) => !without.has(name));
  return [
    entry('cn=config', [
      'objectClass: olcGlobal',
      'cn: config',
      `olcPidFile: ${folder}/slapd.pid`,
      `olcTLSCertificateFile: ${folder}/cert.pem`,
      `olcTLSCertificateKeyFile: ${folder}/key.pem`,
      `olcTLSCACertificateFile: ${folder}/cert.pem`,
      // Who shows the server's own certificate is the service account (SASL EXTERNAL).
      'olcTLSVerifyClient: try',
      'olcAuthzRegexp: {0}"^cn=localhost$" "cn=svc,dc=example,dc=org"',
    ]),
    entry('cn=module{0},cn=config', [
      'objectClass: olcModuleList',
      'cn: module{0}',
      'olcModulePath: /usr/lib/ldap',
      'olcModuleLoad: back_mdb',
      // Modules bring schema with them that indexes and entries need, also where the overlay is left out.
      ...overlaysOf.map(({ name }) => `olcModuleLoad: ${name}`),
    ]),
    entry('cn=schema,cn=config', ['objectClass: olcSchemaConfig', 'cn: schema']),
    ...['core', 'cosine', 'nis', 'inetorgperson', 'openldap'].map(
      (name) => `include: file:///etc/ldap/schema/${name}.ldif\n`,
    ),
    entry('olcDatabase={-1}frontend,cn=config', [
      'objectClass: olcDatabaseConfig',
      'objectClass: olcFrontendConfig',
      'olcDatabase: {-1}frontend',
      'olcSizeLimit: 500',
      'olcAccess: {0}to * by * read',
    ]),
    entry('olcDatabase={1}mdb,cn=config', [
      'objectClass: olcDatabaseConfig',
      'objectClass: olcMdbConfig',
      'olcDatabase: {1}mdb',
      `olcDbDirectory: ${folder}/log`,
      'olcSuffix: cn=accesslog',
      'olcRootDN: cn=admin,dc=example,dc=org',
      'olcDbMaxSize: 268435456',
      'olcDbIndex: default eq',
      'olcDbIndex: entryCSN,objectClass,reqEnd,reqResult,reqStart',
      'olcLimits: {0}dn.exact="cn=svc,dc=example,dc=org" size=unlimited',
      ...noSync,
    ]),
    entry('olcDatabase={2}mdb,cn=config', [
      'objectClass: olcDatabaseConfig',
      'objectClass: olcMdbConfig',
      'olcDatabase: {2}mdb',
      `olcDbDirectory: ${folder}/db`,
      'olcSuffix: dc=example,dc=org',
      'olcRootDN: cn=admin,dc=example,dc=org',
      'olcRootPW: owner-password',
      'olcDbMaxSize: 1073741824',
      'olcDbIndex: objectClass,entryUUID,entryCSN,uid,uidNumber,gidNumber,mail,cn,employeeNumber eq',
      'olcDbIndex: member,uniqueMember,memberUid,memberOf,manager,modifyTimestamp eq',
      ...(options.sizeLimited
        ? []
        : [
            'olcLimits: {0}dn.exact="cn=svc,dc=example,dc=org" size.soft=unlimited size.hard=unlimited size.prtotal=unlimited',
          ]),
      'olcAccess: {0}to attrs=userPassword by dn.exact="cn=svc,dc=example,dc=org" write by self write by anonymous auth by * none',
      'olcAccess: {1}to * by dn.exact="cn=svc,dc=example,dc=org" manage by users read by * none',
      ...noSync,
    ]),
    ...overlays.map(({ name, lines }) =>
      entry(`olcOverlay=${name},olcDatabase={2}mdb,cn=config`, [
        'objectClass: olcOverlayConfig',
        ...lines,
        ...(name === 'unique' && options.uniqueNumbers
          ? ['olcUniqueURI: ldap:///ou=people,dc=example,dc=org?uidNumber?sub']
          : []),
        `olcOverlay: ${name}`,
      ]),
    ),
  ].join('\n');
}

const overlaysOf: { name: string; lines: string[] }[] = [
  {
    name: 'memberof',
    lines: [
      'objectClass: olcMemberOf',
      'olcMemberOfRefInt: TRUE',
      'olcMemberOfGroupOC: groupOfNames',
      'olcMemberOfMemberAD: member',
      'olcMemberOfMemberOfAD: memberOf',
    ],
  },
  {
    name: 'refint',
    lines: [
      'objectClass: olcRefintConfig',
      'olcRefintAttribute: member',
      'olcRefintAttribute: manager',
      'olcRefintNothing: cn=nobody,dc=example,dc=org',
    ],
  },
  {
    name: 'ppolicy',
    lines: [
      'objectClass: olcPPolicyConfig',
      'olcPPolicyDefault: cn=default,ou=policies,dc=example,dc=org',
      'olcPPolicyHashCleartext: TRUE',
      'olcPPolicyUseLockout: TRUE',
    ],
  },
  {
    name: 'unique',
    lines: ['objectClass: olcUniqueConfig', 'olcUniqueURI: ldap:///ou=people,dc=example,dc=org?mail?sub'],
  },
  { name: 'syncprov', lines: ['objectClass: olcSyncProvConfig', 'olcSpSessionlog: 1000'] },
  {
    name: 'accesslog',
    lines: [
      'objectClass: olcAccessLogConfig',
      'olcAccessLogDB: cn=accesslog',
      'olcAccessLogOps: writes',
      'olcAccessLogSuccess: TRUE',
    ],
  },
];

const entry = (dn: string, lines: string[]): string => `dn: ${dn}\n${lines.join('\n')}\n`;

const account = (name: string): string =>
  entry(`cn=${name},dc=example,dc=org`, [
    'objectClass: organizationalRole',
    'objectClass: simpleSecurityObject',
    `cn: ${name}`,
    `userPassword: ${name}-password`,
  ]);

const unit = (name: string): string =>
  entry(`ou=${name},dc=example,dc=org`, ['objectClass: organizationalUnit', `ou: ${name}`]);

export const slapdBase = [
  entry('dc=example,dc=org', [
    'objectClass: dcObject',
    'objectClass: organization',
    'o: Example',
    'dc: example',
  ]),
  ...['people', 'groups', 'disabled', 'policies'].map(unit),
  entry('cn=nobody,dc=example,dc=org', ['objectClass: organizationalRole', 'cn: nobody']),
  ...['svc', 'reader'].map(account),
  entry('cn=default,ou=policies,dc=example,dc=org', [
    'objectClass: organizationalRole',
    'objectClass: pwdPolicy',
    'cn: default',
    'pwdAttribute: userPassword',
    'pwdLockout: TRUE',
    'pwdMaxFailure: 5',
    'pwdMinLength: 8',
    'pwdCheckQuality: 1',
    'pwdInHistory: 3',
  ]),
].join('\n');
