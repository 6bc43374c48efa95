import { Queues } from '@rollcall/platform';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import {
  createTestDatabase,
  describeOnBothQueues,
  startHubHere,
  type TestDatabase,
  waitFor,
} from '../harness/index.js';

describeOnBothQueues('the queue dashboard', (startQueueServer) => {
  let test: TestDatabase;
  let hub: RunningHub;
  let stopServer: () => Promise<void>;
  beforeAll(async () => {
    test = await createTestDatabase();
    const server = await startQueueServer();
    stopServer = () => server.stop();
    hub = await startHubHere({
      DATABASE_URL: test.url,
      HUB_ROLES: 'api',
      ...(server.redisUrl && { REDIS_URL: server.redisUrl }),
    });
  });
  afterAll(async () => {
    await hub?.stop();
    await stopServer();
    await test.drop();
  });

  const page = { accept: 'text/html' };
  const signIn = (key: string) =>
    fetch(`${hub.url}/queues/sign-in`, {
      method: 'POST',
      body: new URLSearchParams({ key }),
      redirect: 'manual',
    });
  const shown = async (headers: Record<string, string>) => {
    const response = await fetch(`${hub.url}/queues/api/queues?page=1`, { headers });
    expect(response.status).toBe(200);
    return ((await response.json()) as { queues: { name: string; displayName: string; counts: object }[] })
      .queues;
  };

  it('shows a browser where to sign in, and a script that it must', async () => {
    const browser = await fetch(`${hub.url}/queues`, { headers: page, redirect: 'manual' });
    expect([browser.status, browser.headers.get('location')]).toEqual([302, '/queues/sign-in']);
    for (const path of ['/queues/', '/queues/api/queues', '/queues/static/favicon.svg']) {
      expect((await fetch(hub.url + path)).status).toBe(401);
    }
    expect(await (await fetch(`${hub.url}/queues/sign-in`)).text()).toContain('Admin key');
  });

  it('lets in with the key only, by a cookie that scripts cannot read, until signed out', async () => {
    const refused = await signIn('wrong');
    expect([refused.status, refused.headers.get('set-cookie')]).toEqual([401, null]);
    const opened = await signIn(hub.keys.adminKey);
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/queues']);
    const setCookie = opened.headers.get('set-cookie') ?? '';
    expect(setCookie).toMatch(/HttpOnly/);
    expect(setCookie).toMatch(/SameSite=Strict/);
    expect(setCookie).toMatch(/Max-Age=28800/);
    expect(setCookie).not.toContain(hub.keys.adminKey);
    const cookie = setCookie.split(';')[0]!;
    const board = await fetch(`${hub.url}/queues`, { headers: { ...page, cookie } });
    expect(await board.text()).toContain('Rollcall queues');
    expect(board.headers.get('content-security-policy')).toMatch(/default-src 'self'/);
    await shown({ cookie });
    expect((await fetch(`${hub.url}/queues/api/queues`, { headers: { cookie: `${cookie}x` } })).status).toBe(
      401,
    );
    const out = await fetch(`${hub.url}/queues/sign-out`, { headers: { cookie }, redirect: 'manual' });
    expect(out.headers.get('set-cookie')).toMatch(/rollcall-queues=;/);
  });

  it('shows a connection’s queue under its name while it exists, without a restart, and retries its dead', async () => {
    const authorization = `Bearer ${hub.keys.adminKey}`;
    const id = '01a1fe1b-7340-7571-9e2c-df4579f952ff';
    const name = `push-${id}`;
    const queues = hub.app.get(Queues);
    expect((await shown({ authorization })).map((queue) => queue.name)).not.toContain(name);

    const [{ tenantId } = { tenantId: '' }] = await test.database.query<{ tenantId: string }>(
      'select tenant_id as "tenantId" from hub.tenant',
    );
    await test.database.query(
      `insert into hub.connection (tenant_id, id, name, connector, settings, credentials, mappings, scope, policy)
       values ($1, $2, 'Exium', 'scim2', '{}', '', null, '{}', '{}')`,
      [tenantId, id],
    );
    const job = await queues.queue(name).add('push', {});
    const worker = queues.worker(name, async () => {
      throw new Error('rejected: mail');
    });
    await waitFor(() => job.isFailed(), { what: 'the job to fail' });
    await worker.close();

    const listed = (await shown({ authorization })).find((queue) => queue.name === name);
    expect(listed).toMatchObject({ displayName: 'Push: Exium', counts: { failed: 1 } });
    const retried = await fetch(`${hub.url}/queues/api/queues/${name}/${job.id}/retry`, {
      method: 'PUT',
      headers: { authorization },
    });
    expect(retried.status).toBeLessThan(300);
    expect(await job.getState()).toBe('waiting');

    await test.database.query('delete from hub.connection where id = $1', [id]);
    await queues.removeQueue(name);
    expect((await shown({ authorization })).map((queue) => queue.name)).not.toContain(name);
  });
});
