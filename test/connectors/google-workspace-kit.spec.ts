import { connectorModule, type TargetUnderTest } from '@rollcall/connectors';
import { startGoogleWorkspace, type Faults } from '../doubles/google-workspace/google-workspace.js';
import { showBehaviours } from './show-behaviours.js';

const module = connectorModule('google-workspace')!;

showBehaviours('Google Workspace, double', async () => {
  const google = await startGoogleWorkspace();
  const key = google.tokens.keyFile;
  const domain = 'contoso.example';
  const credentials = {
    good: { type: 'service-account', key, subject: 'admin@contoso.example' },
    wrong: { type: 'service-account', key, subject: 'nobody@contoso.example' },
    'without-rights': { type: 'service-account', key, subject: 'auditor@contoso.example' },
  };
  const faulty = (faults: Faults) => async () => {
    Object.assign(google.faults, faults);
    return async () => {
      for (const name of Object.keys(faults)) delete google.faults[name as keyof Faults];
    };
  };
  const target: TargetUnderTest = {
    name: 'Google Workspace, double',
    address: google.address,
    open: ({ host, port }, { credentials: which = 'good', timeoutMs = 10_000 }) =>
      module.open(
        { domain, baseUrl: `http://${host}:${port}`, tokenUrl: `http://${host}:${port}/token`, timeoutMs },
        credentials[which],
        { userAgent: 'rollcall-test' },
      ),
    capabilities: module.capabilities!({ domain }),
    user: (primaryEmail) => ({
      primaryEmail,
      active: true,
      'name.givenName': 'Ada',
      'name.familyName': 'Lovelace',
      'organizations[primary eq true].title': 'Engineer',
      'phones[type eq "work"].value': '+44 20 7946 0000',
    }),
    userKey: 'primaryEmail',
    nameDomain: domain,
    change: { attribute: 'organizations[primary eq true].title', to: 'Head of Engineering' },
    clear: 'phones[type eq "work"].value',
    active: 'active',
    group: (email) => ({ email, name: 'Kit' }),
    groupKey: 'email',
    membersOf: async (groupId) => [...google.account.groups.get(groupId)!.members.keys()],
    absentId: '199999999999999999999',
    otherCredentials: ['wrong', 'without-rights'],
    secrets: [JSON.parse(key).private_key],
    throttling: (
      [
        'userRateLimitExceeded',
        'rateLimitExceeded',
        'quotaExceeded',
        'tooManyRequests',
        'backendError',
      ] as const
    ).map((form) => ({ form, begin: faulty({ slowDown: form }) })),
    loopPages: faulty({ loopPages: true }),
  };
  return { target, stop: () => google.stop() };
});
