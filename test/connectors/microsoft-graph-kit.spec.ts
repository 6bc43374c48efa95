import { connectorModule, type TargetUnderTest } from '@rollcall/connectors';
import { apps, startGraphDouble } from '../doubles/microsoft-graph/graph-double.js';
import { openGraph } from './microsoft-graph-connection.js';
import { showBehaviours } from './show-behaviours.js';

const module = connectorModule('microsoft-graph')!;

showBehaviours('Microsoft Entra ID, double of Microsoft Graph', async () => {
  const double = await startGraphDouble();
  const settings = { tenant: double.tenant, restoreDeleted: 'always' as const };
  const credentials = {
    good: apps.writer,
    wrong: { ...apps.writer, secret: 'wrong-secret-4711' },
    'without-rights': apps.reader,
  };
  const target: TargetUnderTest = {
    name: 'Microsoft Entra ID, double of Microsoft Graph',
    address: double.address,
    open: ({ host, port }, { credentials: which = 'good', timeoutMs = 10_000 }) =>
      openGraph(`http://${host}:${port}`, { ...settings, timeoutMs }, credentials[which]),
    capabilities: module.capabilities!(settings),
    user: (userPrincipalName) => ({
      userPrincipalName,
      mailNickname: userPrincipalName.split('@')[0]!,
      displayName: 'Ada Lovelace',
      givenName: 'Ada',
      jobTitle: 'Engineer',
      accountEnabled: true,
    }),
    userKey: 'userPrincipalName',
    nameDomain: 'contoso.example',
    change: { attribute: 'jobTitle', to: 'Head of Engineering' },
    clear: 'givenName',
    active: 'accountEnabled',
    group: (displayName) => ({ displayName }),
    groupKey: 'displayName',
    membersOf: async (id) => [...double.directory.get('group', id).members],
    absentId: '00000000-0000-4000-8000-000000000000',
    otherCredentials: ['wrong', 'without-rights'],
    secrets: Object.values(credentials).map(({ secret }) => secret),
    throttling: [
      {
        form: '429 with Retry-After',
        afterMs: [4_000, 5_000],
        begin: async () => {
          double.throttle = { bucket: 'write', retryAfterSeconds: 5, times: 100 };
          return async () => void (double.throttle = undefined);
        },
      },
      {
        form: '429 without Retry-After',
        begin: async () => {
          double.throttle = { bucket: 'all', times: 100 };
          return async () => void (double.throttle = undefined);
        },
      },
      {
        form: '503 with Retry-After',
        afterMs: [4_000, 5_000],
        begin: async () => {
          double.outage = { status: 503, retryAfterSeconds: 5, times: 100 };
          return async () => void (double.outage = undefined);
        },
      },
    ],
    loopPages: async () => {
      double.manner.loopPages = true;
      return async () => void (double.manner.loopPages = false);
    },
  };
  return { target, stop: () => double.stop() };
});
