import { connectorModule, type TargetUnderTest } from '@rollcall/connectors';
import { describeWithSlapd, startSlapd } from '../harness/index.js';
import { type LdapInterposer, startLdapInterposer } from './ldap-interposer.js';
import { showBehaviours } from './show-behaviours.js';

const module = connectorModule('ldap')!;

async function startLdap(name: string, further: object, encrypted = false) {
  const slapd = await startSlapd();
  const interposer = await startLdapInterposer(slapd.port);
  const settings = {
    ...(encrypted ? { caCertificates: slapd.certificate } : { security: 'none' }),
    userBase: slapd.people,
    groupBase: slapd.groups,
    accesslogBase: 'cn=accesslog',
    membersPerCall: 2,
    ...further,
  };
  const credentials = {
    good: slapd.service,
    wrong: { ...slapd.service, password: 'wrong-password' },
    'without-rights': slapd.reader,
  };
  const target: TargetUnderTest = {
    name,
    address: encrypted ? { host: '127.0.0.1', port: slapd.port } : interposer.address,
    open: ({ host, port }, { credentials: which = 'good', timeoutMs = 10_000 }) =>
      module.open({ ...settings, url: `ldap://${host}:${port}`, timeoutMs }, credentials[which], {
        userAgent: 'rollcall-test',
      }),
    capabilities: module.capabilities!({ ...settings, url: slapd.url }),
    user: (uid) => ({ uid, cn: 'Ada Lovelace', sn: 'Lovelace', title: 'Engineer', givenName: 'Ada' }),
    userKey: 'uid',
    change: { attribute: 'title', to: 'Head of Engineering' },
    clear: 'givenName',
    active: 'active',
    group: (cn) => ({ cn }),
    groupKey: 'cn',
    absentId: '00000000-0000-4000-8000-000000000000',
    otherCredentials: ['wrong', 'without-rights'],
    secrets: Object.values(credentials).map(({ password }) => password),
    // The interposer does not see into encrypted connections.
    ...(!encrypted && oddities(interposer)),
  };
  return {
    target,
    async stop() {
      await interposer.close();
      await slapd.stop();
    },
  };
}

const oddities = (interposer: LdapInterposer): Partial<TargetUnderTest> => ({
  throttling: [51, 52].map((code) => ({
    form: `result code ${code}`,
    async begin() {
      interposer.refuse = { code, message: 'try again later' };
      return async () => void (interposer.refuse = undefined);
    },
  })),
  async loopPages() {
    interposer.loopPages = true;
    return async () => void (interposer.loopPages = false);
  },
});

describeWithSlapd('LDAP on OpenLDAP', () => {
  showBehaviours('LDAP, inetOrgPerson and groupOfNames on OpenLDAP', () =>
    startLdap('LDAP, inetOrgPerson and groupOfNames on OpenLDAP', {}),
  );
  showBehaviours('LDAP, posixAccount and posixGroup on OpenLDAP', () =>
    startLdap('LDAP, posixAccount and posixGroup on OpenLDAP', { preset: 'posix' }),
  );
  showBehaviours('LDAP, groupOfUniqueNames on OpenLDAP, over StartTLS', () =>
    startLdap(
      'LDAP, groupOfUniqueNames on OpenLDAP, over StartTLS',
      { groupObjectClass: 'groupOfUniqueNames' },
      true,
    ),
  );
});
