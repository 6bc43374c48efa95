import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Channels, Notifier } from '@rollcall/provisioning';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startScimTarget } from '../doubles/scim-target/scim-target.mjs';
import { waitFor } from '../harness/index.js';
import { evidenceRig } from './evidence-rig.js';

/* eslint-disable @typescript-eslint/no-explicit-any */
const rig = evidenceRig();

interface Posted {
  headers: IncomingHttpHeaders;
  body: string;
}

const posted: Posted[] = [];
/** Statuses to answer with before 204; 0: the socket is cut once the message is taken. */
let troubles: number[] = [];
let receiver: Server;
let receiverUrl: string;

const mails: { from: string; to: string[]; text: string; user: string | undefined }[] = [];
let mailServer: SMTPServer;
let mailPort: number;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      posted.push({ headers: request.headers, body });
      const trouble = troubles.shift();
      if (trouble === 0) request.socket.destroy();
      else response.writeHead(trouble ?? 204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alerts`;
  mailServer = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) =>
      password === 'right-password' ? done(null, { user: username }) : done(new Error('wrong password')),
    onData: (stream, session, done) => {
      let text = '';
      stream.setEncoding('utf8').on('data', (part: string) => (text += part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          text,
          user: session.user as string | undefined,
        });
        done();
      });
    },
  });
  mailServer.listen(0, '127.0.0.1');
  await once(mailServer.server, 'listening');
  mailPort = (mailServer.server.address() as AddressInfo).port;
});
afterAll(async () => {
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await new Promise((resolve) => mailServer.close(() => resolve(undefined)));
});

function verify({ headers, body }: Posted, secret: string): any {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  expect(headers['webhook-signature']).toBe(
    `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
  );
  return JSON.parse(body);
}

const open = async (kind: string): Promise<any[]> => (await rig.get(`alerts?state=open&kind=${kind}`)).items;
const of = (kind: string, type: string) =>
  posted.filter(({ body }) => {
    const told = JSON.parse(body);
    return told.type === type && told.data.alert?.kind === kind;
  });

let secret: string;
let webhook: string;

it('takes channels, refuses what cannot be one, and never shows a secret again', async () => {
  const bad: [object, string][] = [
    [{ name: 'x', type: 'pigeon', settings: {} }, 'type'],
    [{ name: 'x', type: 'webhook', settings: { url: 'ftp://x' } }, 'settings.url'],
    [{ name: 'x', type: 'webhook', settings: { url: receiverUrl }, secret: 'short' }, 'secret'],
    [{ name: 'x', type: 'webhook', settings: { url: receiverUrl, colour: 'red' } }, 'settings.colour'],
    [{ name: 'x', type: 'smtp', settings: { host: 'mail', from: 'a@b.example' } }, 'settings.to'],
    [
      { name: 'x', type: 'smtp', settings: { host: 'mail', from: 'a', to: ['a@b.example'] } },
      'settings.from',
    ],
    [{ name: 'x', type: 'webhook', settings: { url: receiverUrl }, events: ['weather'] }, 'events'],
  ];
  for (const [body, field] of bad) {
    const { status, body: problem } = await rig.call('POST', 'notification-channels', body);
    expect([status, problem.errors[0].field], field).toEqual([400, field]);
  }
  expect((await rig.get('notification-channels')).items).toEqual([]);
  const made = await rig.call('POST', 'notification-channels', {
    name: 'Hook',
    type: 'webhook',
    settings: { url: receiverUrl },
  });
  expect(made).toMatchObject({
    status: 201,
    body: { hasSecret: true, secret: expect.stringMatching(/^whsec_/) },
  });
  ({ id: webhook, secret } = made.body);
  const mail = await rig.call('POST', 'notification-channels', {
    name: 'Mail',
    type: 'smtp',
    settings: {
      host: '127.0.0.1',
      port: mailPort,
      security: 'none',
      from: 'hub@example.com',
      to: ['ops@example.com', 'sec@example.com'],
      username: 'hub',
    },
    secret: 'right-password',
    events: ['quarantine'],
  });
  expect(mail.status).toBe(201);
  const shown = (await rig.call('GET', 'notification-channels')).text;
  expect(shown).not.toContain('right-password');
  expect(shown).not.toContain(secret);
  const [row] = await rig.store.database.query<{ text: string }>(
    'select string_agg(c::text, $1) as text from hub.notification_channel c',
    [' '],
  );
  expect(row!.text).not.toContain(Buffer.from('right-password').toString('hex'));

  expect((await rig.call('POST', `notification-channels/${webhook}/test`)).body.ok).toBe(true);
  expect(verify(posted.at(-1)!, secret)).toMatchObject({ type: 'test' });
  expect((await rig.call('POST', `notification-channels/${mail.body.id}/test`)).body.ok).toBe(true);
  expect(mails.at(-1)).toMatchObject({ to: ['ops@example.com', 'sec@example.com'], user: 'hub' });
  const wrong = await rig.call('PATCH', `notification-channels/${mail.body.id}`, { secret: 'wrong' });
  expect(wrong.status).toBe(200);
  expect((await rig.call('POST', `notification-channels/${mail.body.id}/test`)).body).toMatchObject({
    ok: false,
    message: expect.stringContaining('did not take'),
  });
  await rig.call('PATCH', `notification-channels/${mail.body.id}`, { secret: 'right-password' });
  posted.length = 0;
  mails.length = 0;
});

it('calls nobody outside the networks it may call', async () => {
  const { tenantId } = (
    await rig.store.database.query<{ tenantId: string }>(
      'select tenant_id as "tenantId" from hub.notification_channel limit 1',
    )
  )[0]!;
  const channels = rig.hub.app.get(Channels);
  const closed = new Notifier(rig.store.database, channels, { allowAddress: () => false, timeoutMs: 2_000 });
  for (const channel of await channels.list(tenantId)) {
    expect(await closed.test(tenantId, channel), channel.type).toMatchObject({
      ok: false,
      message: expect.stringContaining('outside the networks'),
    });
  }
  expect([posted, mails]).toEqual([[], []]);
});

it('tells of a quarantine once, not for each user, and of its end', { timeout: 180_000 }, async () => {
  const target = await startScimTarget({ faults: { refuse: 401 } });
  try {
    const users = await Promise.all(
      Array.from({ length: 12 }, (_, at) => rig.createUser(`q${at}@example.com`)),
    );
    expect(users).toHaveLength(12);
    const app = await rig.connect('Refusing', {}, target);
    // The first answer is lost after the message was taken, the second refused: sent again under the same id.
    troubles = [0, 503];
    await waitFor(async () => (await open('quarantine')).length === 1, {
      what: 'the alert',
      timeoutMs: 60_000,
    });
    await rig.store.database.query(`update hub.alert_delivery set next_at = now() where state = 'pending'`);
    await waitFor(
      async () => {
        await rig.store.database.query(
          `update hub.alert_delivery set next_at = now() where state = 'pending' and last_error is not null`,
        );
        const [alert] = await open('quarantine');
        return alert.deliveries.length === 2 && alert.deliveries.every(({ state }: any) => state === 'sent');
      },
      { what: 'both messages to be sent', timeoutMs: 60_000 },
    );
    const told = of('quarantine', 'alert.opened');
    expect(told.length).toBe(3);
    expect(new Set(told.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    for (const one of told) {
      expect(verify(one, secret).data.alert).toMatchObject({
        kind: 'quarantine',
        connectionId: app,
        details: { connection: 'Refusing' },
        remedy: expect.stringContaining('credentials'),
      });
    }
    expect(mails).toHaveLength(1);
    expect(mails[0]!.text).toMatch(/Subject: \[Rollcall\] quarantine: Refusing/);
    expect(mails[0]!.text).toMatch(/Message-I[Dd]: <[0-9a-f-]{36}@example\.com>/);
    expect(JSON.stringify([told, mails])).not.toContain('q1@example.com');

    await target.setFaults({});
    expect((await rig.call('POST', `connections/${app}/enable`)).status).toBe(200);
    await waitFor(async () => of('quarantine', 'alert.closed').length === 1 && mails.length === 2, {
      what: 'the end to be told',
      timeoutMs: 60_000,
    });
    expect(await open('quarantine')).toEqual([]);
    await rig.call('POST', `connections/${app}/disable`);
  } finally {
    await target.stop();
  }
});

it('tells of held operations once, and that they were decided', { timeout: 180_000 }, async () => {
  const target = await startScimTarget();
  try {
    const users = await Promise.all(
      Array.from({ length: 12 }, (_, at) => rig.createUser(`held${at}@example.com`)),
    );
    const policy = { guard: { deactivations: { above: 3, abovePercent: 10, withinMinutes: 60 } } };
    const app = await rig.connect('Guarded', { policy }, target);
    for (const user of users) await rig.at(user, app, 'active');
    await Promise.all(
      users.map((user) => rig.patch(`Users/${user}`, { op: 'replace', path: 'active', value: false })),
    );
    await waitFor(() => of('hold', 'alert.opened').length > 0, {
      what: 'the hold to be told',
      timeoutMs: 60_000,
    });
    const [told] = of('hold', 'alert.opened');
    const { holdId, action } = verify(told!, secret).data.alert.details;
    expect(action).toMatch(/^deactivat/);
    const held = async () => (await rig.get(`connections/${app}/progress`)).held;
    await waitFor(async () => (await held()) > 3, { what: 'the others to join', timeoutMs: 60_000 });
    expect((await rig.call('POST', `holds/${holdId}/allow`, { all: true })).status).toBe(200);
    await waitFor(() => of('hold', 'alert.closed').length === 1, {
      what: 'the end to be told',
      timeoutMs: 60_000,
    });
    expect(of('hold', 'alert.opened').length).toBe(1);
    await rig.call('POST', `connections/${app}/disable`);
  } finally {
    await target.stop();
  }
});

it(
  'tells of dead letters, ending tokens and parked streams, one message a cause',
  { timeout: 180_000 },
  async () => {
    expect((await rig.call('PATCH', 'notification-settings', { deadLetters: 2 })).body).toEqual({
      deadLetters: 2,
      secretExpiryDays: 14,
    });
    expect((await rig.call('PATCH', 'notification-settings', { deadLetters: -1 })).status).toBe(400);
    const soon = new Date(Date.now() + 3 * 86_400_000).toISOString();
    const token = await rig.call('POST', `sources/${rig.source.id}/tokens`, { expiresAt: soon });
    expect(token.status).toBe(201);
    const { database } = rig.store;
    const connection = (await rig.get('connections')).items[0];
    const [{ tenant }] = (await database.query<{ tenant: string }>(
      'select tenant_id as tenant from hub.connection',
    )) as [{ tenant: string }];
    await database.query(
      `update hub.work_item set state = 'dead', last_error = '{"kind": "rejected", "message": "no"}'
     where connection_id = $1 and subject_id in (select subject_id from hub.work_item where connection_id = $1 limit 5)`,
      [connection.id],
    );
    await database.query(
      `insert into hub.parked_stream (tenant_id, subscriber, stream_id, position, error)
     values ($1, 'dispatch', gen_random_uuid(), 1, 'x'), ($1, 'dispatch', gen_random_uuid(), 2, 'y')`,
      [tenant],
    );
    await waitFor(
      () =>
        ['dead-letters', 'secret-expiring', 'parked-stream'].every(
          (kind) => of(kind, 'alert.opened').length > 0,
        ),
      { what: 'all three to be told', timeoutMs: 60_000 },
    );
    expect(verify(of('dead-letters', 'alert.opened')[0]!, secret).data.alert.details).toMatchObject({
      count: 5,
    });
    expect(verify(of('parked-stream', 'alert.opened')[0]!, secret).data.alert.details).toMatchObject({
      count: 2,
    });
    expect(verify(of('secret-expiring', 'alert.opened')[0]!, secret).data.alert.summary).toContain('"Entra"');
    await database.query('delete from hub.parked_stream');
    await rig.call('DELETE', `sources/${rig.source.id}/tokens/${token.body.id}`);
    await waitFor(
      () =>
        of('parked-stream', 'alert.closed').length === 1 &&
        of('secret-expiring', 'alert.closed').length === 1,
      { what: 'both to be told as over', timeoutMs: 60_000 },
    );
    for (const kind of ['dead-letters', 'secret-expiring', 'parked-stream']) {
      expect(of(kind, 'alert.opened'), kind).toHaveLength(1);
    }
  },
);

it(
  'sends what a process that was killed left unsent, and drops what its channel was removed with',
  { timeout: 120_000 },
  async () => {
    const { database } = rig.store;
    const [alert] = await open('dead-letters');
    // As a killed process leaves it: an attempt was begun, nobody knows how it ended, its time is over.
    await database.query(
      `insert into hub.alert_delivery (tenant_id, id, alert_id, channel_id, phase, attempts, next_at)
     select tenant_id, $1, alert_id, channel_id, 'opened', 1, now() from hub.alert_delivery
     where alert_id = $2 limit 1`,
      ['0e8f1f3a-1111-4222-8333-944444444444', alert.id],
    );
    await waitFor(
      () => posted.some(({ headers }) => headers['webhook-id'] === '0e8f1f3a-1111-4222-8333-944444444444'),
      { what: 'it to be sent', timeoutMs: 60_000 },
    );
    expect((await rig.call('DELETE', `notification-channels/${webhook}`)).status).toBe(204);
    expect((await rig.call('GET', `notification-channels/${webhook}`)).status).toBe(404);
    expect((await rig.call('POST', `notification-channels/${webhook}/test`)).status).toBe(404);
  },
);
