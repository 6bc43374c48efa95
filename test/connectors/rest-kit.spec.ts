import { connectorModule, type TargetUnderTest } from '@rollcall/connectors';
import { startWebhookReceiver } from '../doubles/webhook-receiver/receiver.js';
import { describeWithRedmine, startRedmine } from '../harness/index.js';
import { webhookReads } from './rest-webhook-reads.js';
import { startRestInterposer } from './rest-interposer.js';
import { showBehaviours } from './show-behaviours.js';

const module = connectorModule('rest')!;

async function redmineTarget(name: string) {
  const redmine = await startRedmine();
  const interposer = await startRestInterposer({ host: '127.0.0.1', port: redmine.port });
  const keys = { good: redmine.adminKey, wrong: 'f'.repeat(40), 'without-rights': redmine.userKey };
  const settings = { preset: 'redmine', pageSize: 3, membersPerCall: 2 };
  const target: TargetUnderTest = {
    name,
    address: interposer.address,
    open: ({ host, port }, { credentials = 'good', timeoutMs = 20_000 }) =>
      module.open(
        { ...settings, baseUrl: `http://${host}:${port}`, timeoutMs },
        { type: 'header', name: 'X-Redmine-API-Key', value: keys[credentials] },
        { userAgent: 'rollcall-test' },
      ),
    capabilities: module.capabilities!({ ...settings, baseUrl: redmine.url }),
    patienceMs: 1_200,
    user: (login) => ({
      login,
      firstname: 'Ada',
      lastname: 'Lovelace',
      mail: `${login}@example.com`,
      [`cf_${redmine.customField}`]: 'Engineering',
    }),
    userKey: 'login',
    change: { attribute: 'firstname', to: 'Augusta' },
    clear: `cf_${redmine.customField}`,
    active: 'active',
    group: (group) => ({ name: group }),
    groupKey: 'name',
    membersOf: async (groupId) => {
      const rows = await redmine.query(
        `SELECT user_id FROM groups_users WHERE group_id = ${Number(groupId)}`,
      );
      return rows.map(({ user_id: id }) => String(id));
    },
    absentId: '999999999',
    otherCredentials: ['wrong', 'without-rights'],
    secrets: Object.values(keys),
    throttling: [
      { form: '429 with Retry-After', afterMs: [4_000, 5_000], headers: { 'retry-after': '5' } },
      { form: '429 without', headers: {} },
    ].map(({ form, afterMs, headers }) => ({
      form,
      ...(afterMs && { afterMs: afterMs as [number, number] }),
      async begin() {
        interposer.refuse = {
          status: 429,
          headers: headers as Record<string, string>,
          body: '{"error":"slow down"}',
        };
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
      await redmine.stop();
    },
  };
}

const secretOf = (letter: string) => `whsec_${Buffer.from(letter.repeat(32)).toString('base64')}`;

async function webhookTarget(name: string, ids: 'own' | 'none') {
  const secrets = { good: secretOf('g'), wrong: secretOf('w'), 'without-rights': secretOf('w') };
  const receiver = await startWebhookReceiver({ secrets: [secrets.good], ids });
  const settings = { preset: 'webhook', pageSize: 3, membersPerCall: 2, ...webhookReads };
  let serial = 0;
  const target: TargetUnderTest = {
    name,
    address: { host: '127.0.0.1', port: receiver.port },
    open: ({ host, port }, { credentials = 'good', timeoutMs = 10_000 }) =>
      module.open(
        { ...settings, baseUrl: `http://${host}:${port}`, timeoutMs },
        { type: 'signature', signingSecret: secrets[credentials] },
        { userAgent: 'rollcall-test' },
      ),
    capabilities: module.capabilities!({ ...settings, baseUrl: receiver.url }),
    user: (userName) => {
      serial += 1;
      return { externalId: `hub-${serial}`, userName, title: 'Engineer', givenName: 'Ada', active: true };
    },
    userKey: 'userName',
    change: { attribute: 'title', to: 'Head of Engineering' },
    clear: 'givenName',
    active: 'active',
    group: (displayName) => {
      serial += 1;
      return { externalId: `hub-${serial}`, displayName };
    },
    groupKey: 'displayName',
    absentId: '00000000-0000-4000-8000-000000000000',
    otherCredentials: ['wrong'],
    secrets: Object.values(secrets),
    throttling: [
      {
        form: '503 with Retry-After as a date',
        afterMs: [25_000, 31_000],
        async begin() {
          const headers = { 'retry-after': new Date(Date.now() + 30_000).toUTCString() };
          receiver.refuse = { status: 503, headers, body: '{"error":"busy"}' };
          return async () => void (receiver.refuse = undefined);
        },
      },
    ],
    async loopPages() {
      receiver.loopPages = true;
      return async () => void (receiver.loopPages = false);
    },
  };
  return { target, stop: () => receiver.stop() };
}

for (const [name, ids] of [
  ['Signed webhook, the receiver has ids of its own', 'own'],
  ['Signed webhook, the receiver answers nothing', 'none'],
] as const) {
  showBehaviours(name, () => webhookTarget(name, ids));
}

describeWithRedmine('REST', () => {
  const name = 'REST, Redmine';
  showBehaviours(name, () => redmineTarget(name));
});
