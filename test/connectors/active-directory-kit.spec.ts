import { connectorModule, type TargetUnderTest } from '@rollcall/connectors';
import { describeWithSamba, startSamba } from '../harness/index.js';
import { startLdapInterposer } from './ldap-interposer.js';
import { showBehaviours } from './show-behaviours.js';

const module = connectorModule('active-directory')!;
const name = 'Active Directory on a Samba domain controller, over LDAPS';

async function startDomain() {
  const samba = await startSamba();
  const { address, certificate, privateKey } = samba;
  const interposer = await startLdapInterposer(636, { host: address, certificate, privateKey });
  const settings = {
    caCertificates: certificate,
    userBase: samba.people,
    groupBase: samba.groups,
    disabledBase: samba.leavers,
    membersPerCall: 2,
    membersPerRead: 2,
  };
  const credentials = {
    good: samba.service,
    wrong: { ...samba.service, password: 'wrong-password' },
    'without-rights': samba.reader,
  };
  let serial = 0;
  const target: TargetUnderTest = {
    name,
    address: interposer.address,
    open: ({ host, port }, { credentials: which = 'good', timeoutMs = 10_000 }) =>
      module.open({ ...settings, url: `ldaps://${host}:${port}`, timeoutMs }, credentials[which], {
        userAgent: 'rollcall-test',
      }),
    capabilities: module.capabilities!({ ...settings, url: samba.ldapsUrl }),
    nameDomain: 'ad.example.test',
    user: (userPrincipalName) => ({
      userPrincipalName,
      // Account names are as short as no name of the kit is.
      sAMAccountName: `kit-${(serial += 1)}`,
      cn: userPrincipalName.split('@')[0]!,
      sn: 'Lovelace',
      title: 'Engineer',
      givenName: 'Ada',
    }),
    userKey: 'userPrincipalName',
    change: { attribute: 'title', to: 'Head of Engineering' },
    clear: 'givenName',
    active: 'active',
    group: (cn) => ({ cn }),
    groupKey: 'cn',
    absentId: '00000000-0000-4000-8000-000000000000',
    // Encryption, the password's hashes and its Kerberos keys take their time.
    patienceMs: 1_200,
    otherCredentials: ['wrong', 'without-rights'],
    secrets: Object.values(credentials).map(({ password }) => password),
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
  };
  return {
    target,
    async stop() {
      await interposer.close();
      await samba.stop();
    },
  };
}

describeWithSamba('Active Directory on Samba', () => {
  showBehaviours(name, startDomain);
});
