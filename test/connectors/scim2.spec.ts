import { connectorModule, type TargetUnderTest } from '@rollcall/connectors';
import { startSandbox } from '../../apps/sandbox/src/start-sandbox.js';
import { startScimTarget, type Faults } from '../doubles/scim-target/scim-target.mjs';
import { showBehaviours } from './show-behaviours.js';

const module = connectorModule('scim2')!;

function scimTarget(name: string, baseUrl: string, token: string): TargetUnderTest {
  const { hostname, port, pathname } = new URL(baseUrl);
  const settings = { baseUrl, membersPerCall: 2 };
  return {
    name,
    address: { host: hostname, port: Number(port) },
    open: (address, { credentials = 'good', timeoutMs }) =>
      module.open(
        {
          ...settings,
          baseUrl: `http://${address.host}:${address.port}${pathname}`,
          ...(timeoutMs !== undefined && { timeoutMs }),
        },
        { type: 'bearer', token: credentials === 'good' ? token : 'wrong-token-4711' },
        { userAgent: 'rollcall-test' },
      ),
    capabilities: module.capabilities!(settings),
    user: (userName) => ({
      userName,
      active: true,
      displayName: 'Ada',
      title: 'Engineer',
      'name.givenName': 'Ada',
    }),
    userKey: 'userName',
    change: { attribute: 'title', to: 'Head of Engineering' },
    clear: 'name.givenName',
    active: 'active',
    group: (displayName) => ({ displayName }),
    groupKey: 'displayName',
    absentId: '00000000-0000-4000-8000-000000000000',
    otherCredentials: ['wrong'],
    secrets: [token, 'wrong-token-4711'],
  };
}

showBehaviours('SCIM 2.0, SCIMMY server', async () => {
  const sandbox = await startSandbox({ port: 0, token: 'sandbox-token-4711' });
  return {
    target: scimTarget('SCIM 2.0, SCIMMY server', sandbox.baseUrl, 'sandbox-token-4711'),
    stop: () => sandbox.stop(),
  };
});

showBehaviours('SCIM 2.0, quirky double', async () => {
  const double = await startScimTarget({ token: 'target-token-4711' });
  const target = scimTarget('SCIM 2.0, quirky double', double.baseUrl, double.token);
  const faulty = async (faults: Faults) => {
    await double.setFaults(faults);
    return () => double.setFaults({});
  };
  const forms = [
    ['seconds', 429],
    ['date', 429],
    ['ratelimit', 429],
    ['x-ratelimit', 429],
    ['seconds', 503],
    ['silent', 429],
  ] as const;
  return {
    target: {
      ...target,
      throttling: forms.map(([form, status]) => ({
        form: `${status} ${form}`,
        ...(form !== 'silent' && { afterMs: [3_000, 6_000] as [number, number] }),
        begin: () => faulty({ throttle: { every: 1, form, seconds: 5, status } }),
      })),
      membersOf: async (groupId) => {
        const { groups } = await double.report();
        return groups.find(({ id }) => id === groupId)!.members.map(({ value }) => value);
      },
      loopPages: () => faulty({ repeatPage: true, totalResults: 'absent' }),
    },
    stop: () => double.stop(),
  };
});
