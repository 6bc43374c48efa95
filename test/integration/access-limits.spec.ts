import { connect } from 'node:net';
import { Pacing } from '@rollcall/access';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { createTestDatabase, startHubHere, type TestDatabase, waitFor } from '../harness/index.js';

let test: TestDatabase;
let hub: RunningHub;
beforeAll(async () => {
  test = await createTestDatabase();
  hub = await startHubHere({ DATABASE_URL: test.url, HUB_ROLES: 'api' });
});
afterAll(async () => {
  await hub?.stop();
  await test?.drop();
});

async function admin(method: string, path: string, body?: unknown, at = hub) {
  const response = await fetch(`${at.url}/api/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${at.keys.adminKey}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : undefined) as any };
}

async function newSource(settings: object = {}, at = hub): Promise<{ id: string; token: string }> {
  const { status, body } = await admin(
    'POST',
    'sources',
    { name: 'Limits', client: 'generic', ...settings },
    at,
  );
  expect([status, body]).toEqual([201, expect.anything()]);
  return body;
}

async function scim(token: string, headers: Record<string, string> = {}, at = hub) {
  const response = await fetch(`${at.url}/scim/v2/ServiceProviderConfig`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}

const statuses = async (requests: Promise<{ status: number }>[]) =>
  (await Promise.all(requests)).map(({ status }) => status);
const all = (status: number, count: number) => Array.from({ length: count }, () => status);

describe('the pace of a source', () => {
  it('lets twice its limit wait and answers all of it', async () => {
    const { token } = await newSource({ rateLimit: { requestsPerSecond: 20 } });
    const begun = performance.now();
    expect(await statuses(Array.from({ length: 40 }, () => scim(token)))).toEqual(all(200, 40));
    // 20 at once, and the others at 20 a second: what is sent faster is slowed down, not refused.
    expect(performance.now() - begun).toBeGreaterThan(900);
  });

  it('answers 429 with whole seconds far above it, and leaves other sources alone', async () => {
    const busy = await newSource({ rateLimit: { requestsPerSecond: 5 } });
    const calm = await newSource();
    await scim(calm.token);
    const flood = Array.from({ length: 200 }, () => scim(busy.token));
    const refused = (await Promise.race(
      flood.map(async (sent) => ((await sent).status === 429 ? sent : never())),
    ))!;
    expect(await statuses(Array.from({ length: 50 }, () => scim(calm.token)))).toEqual(all(200, 50));
    expect(paceOf(busy.id).line.size).toBeGreaterThan(0);
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(refused.headers.get('content-type')).toMatch(/^application\/scim\+json/);
    expect(refused.body).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '429',
      detail: expect.stringMatching(
        /more than 5 requests a second.*Send again after \d+ seconds.*rateLimit/s,
      ),
    });
    const outcome = await statuses(flood);
    const metrics = await (await fetch(`${hub.url}/metrics`)).text();
    const counted = (name: string) =>
      Number(
        new RegExp(`^rollcall_scim_slowed_requests_total\\{outcome="${name}"\\} (\\d+)$`, 'm').exec(
          metrics,
        )?.[1],
      );
    expect(counted('refused')).toBe(outcome.filter((status) => status === 429).length);
    expect(counted('waited')).toBeGreaterThanOrEqual(20);
    expect(outcome.filter((status) => status === 200).length).toBeGreaterThanOrEqual(30);
    expect(outcome.every((status) => status === 200 || status === 429)).toBe(true);
  });

  it('is changed while the source is in use, and back to that of the hub', async () => {
    const { id, token } = await newSource({ rateLimit: { requestsPerSecond: 1 } });
    expect(
      (await admin('PATCH', `sources/${id}`, { rateLimit: { requestsPerSecond: 500 } })).body.rateLimit,
    ).toEqual({
      requestsPerSecond: 500,
    });
    // At one a second five could wait, and the others would be refused.
    expect(await statuses(Array.from({ length: 30 }, () => scim(token)))).toEqual(all(200, 30));
    expect((await admin('PATCH', `sources/${id}`, { rateLimit: null })).body.rateLimit).toBeNull();
    expect((await admin('PATCH', `sources/${id}`, { name: 'Same' })).body.rateLimit).toBeNull();
  });

  it('gives back the places of clients that have gone', async () => {
    const { id, token } = await newSource({ rateLimit: { requestsPerSecond: 1 } });
    expect((await scim(token)).status).toBe(200);
    const waiting = await Promise.all([1, 2, 3, 4].map(() => sendRaw(token, 1)));
    const pace = paceOf(id);
    await waitFor(() => pace.line.size === 4, { what: 'four to wait' });
    for (const { socket } of waiting) socket.destroy();
    await waitFor(() => pace.line.size === 0 && pace.inFlight === 0, { what: 'their places to be free' });
    expect((await scim(token)).status).toBe(200);
  });

  it('keeps no place for requests that were sent behind each other on a connection that is gone', async () => {
    const { id, token } = await newSource({ rateLimit: { requestsPerSecond: 2 } });
    expect((await scim(token)).status).toBe(200);
    const { socket } = await sendRaw(token, 5);
    const pace = paceOf(id);
    await waitFor(() => pace.line.size > 0, { what: 'some to wait' });
    socket.destroy();
    await waitFor(() => pace.line.size === 0 && pace.inFlight === 0, { what: 'their places to be free' });
  });

  it('has nobody in when all is answered', async () => {
    const { id, token } = await newSource();
    await Promise.all(Array.from({ length: 50 }, () => scim(token)));
    await waitFor(() => paceOf(id).inFlight === 0, { what: 'all to be out' });
  });

  it.each([
    [{ requestsPerSecond: 0 }, 'rateLimit.requestsPerSecond'],
    [{ requestsPerSecond: 1.5 }, 'rateLimit.requestsPerSecond'],
    [{ requestsPerSecond: '20' }, 'rateLimit.requestsPerSecond'],
    [{}, 'rateLimit.requestsPerSecond'],
    [{ requestsPerSecond: 5, burst: 9 }, 'rateLimit.burst'],
    [20, 'rateLimit'],
    [[], 'rateLimit'],
  ])('cannot be %j', async (rateLimit, field) => {
    const { id } = await newSource();
    for (const refused of [
      await admin('PATCH', `sources/${id}`, { name: 'Other', rateLimit }),
      await admin('POST', 'sources', { name: 'Other', client: 'generic', rateLimit }),
    ]) {
      expect([refused.status, refused.body.errors[0].field]).toEqual([400, field]);
    }
    expect((await admin('GET', `sources/${id}`)).body).toMatchObject({ name: 'Limits', rateLimit: null });
  });

  function never(): Promise<never> {
    return new Promise(() => undefined);
  }

  /** What only the process knows: who is in, and who waits. */
  function paceOf(sourceId: string): { inFlight: number; line: Set<unknown> } {
    const { paces } = hub.app.get(Pacing) as unknown as { paces: Map<string, never> };
    return paces.get(sourceId)!;
  }

  async function sendRaw(token: string, times: number) {
    const { hostname, port } = new URL(hub.url);
    const socket = connect(Number(port), hostname);
    const request = `GET /scim/v2/Users HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    await new Promise<void>((resolve) => socket.write(request.repeat(times), () => resolve()));
    return { socket };
  }
});

describe('the allow-list of a source', () => {
  it('lets in who is on it, and tells others the address seen and where to add it', async () => {
    const { id, token } = await newSource({ allowedIps: ['203.0.113.0/24'] });
    const refused = await scim(token);
    expect(refused).toMatchObject({
      status: 403,
      body: { status: '403', detail: expect.stringContaining('may not be used from 127.0.0.1') },
    });
    expect(refused.body.detail).toContain(`PATCH /api/v1/sources/${id}`);
    const changed = await admin('PATCH', `sources/${id}`, {
      allowedIps: ['203.0.113.0/24', '127.0.0.0/8', '::1'],
    });
    expect(changed.body.allowedIps).toEqual(['203.0.113.0/24', '127.0.0.0/8', '::1']);
    expect((await scim(token)).status).toBe(200);
    expect((await admin('PATCH', `sources/${id}`, { name: 'Same' })).body.allowedIps).toHaveLength(3);
    await admin('PATCH', `sources/${id}`, { allowedIps: ['::1'] });
    expect((await scim(token)).status).toBe(403);
    await admin('PATCH', `sources/${id}`, { allowedIps: [] });
    expect((await scim(token)).status).toBe(200);
  });

  it('is not asked before the token is known', async () => {
    await newSource({ allowedIps: ['203.0.113.0/24'] });
    expect((await scim('rcs_wrong')).status).toBe(401);
  });

  it('believes no X-Forwarded-For of a stranger, and says what is missing', async () => {
    const { token } = await newSource({ allowedIps: ['203.0.113.0/24'] });
    const refused = await scim(token, { 'x-forwarded-for': '203.0.113.7' });
    expect(refused).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('HUB_TRUSTED_PROXIES') },
    });
  });

  it('holds for the token endpoint', async () => {
    const { id } = await newSource({ allowedIps: ['203.0.113.0/24'] });
    const { clientSecret } = (await admin('POST', `sources/${id}/secrets`, {})).body;
    const ask = () =>
      fetch(`${hub.url}/oauth2/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: id,
          client_secret: clientSecret,
        }),
      });
    const refused = await ask();
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({
      error: 'unauthorized_client',
      error_description: expect.stringContaining('may not be used from 127.0.0.1'),
    });
    await admin('PATCH', `sources/${id}`, { allowedIps: ['127.0.0.1'] });
    expect((await ask()).status).toBe(200);
  });

  it.each([
    [['intranet'], 'allowedIps.0'],
    [['10.0.0.0/8', '10.0.0.0/33'], 'allowedIps.1'],
    [['10.0.0.1:80'], 'allowedIps.0'],
    ['10.0.0.0/8', 'allowedIps'],
    [[7], 'allowedIps'],
    [Array.from({ length: 501 }, () => '10.0.0.1'), 'allowedIps'],
  ])('cannot be %j', async (allowedIps, field) => {
    const { id } = await newSource();
    const refused = await admin('PATCH', `sources/${id}`, { allowedIps });
    expect([refused.status, refused.body.errors[0].field]).toEqual([400, field]);
    expect((await admin('GET', `sources/${id}`)).body.allowedIps).toEqual([]);
  });
});

describe('behind a trusted proxy', () => {
  let behind: RunningHub;
  beforeAll(async () => {
    const { adminKey, masterKey } = hub.keys;
    behind = await startHubHere({
      DATABASE_URL: test.url,
      HUB_ADMIN_KEY: adminKey,
      HUB_MASTER_KEY: masterKey.toString('base64'),
      HUB_ROLES: 'api',
      HUB_TRUSTED_PROXIES: '127.0.0.0/8, 10.0.0.0/8',
    });
  });
  afterAll(() => behind?.stop());

  it.each([
    ['203.0.113.7', 200],
    ['198.51.100.1, 203.0.113.7', 200],
    ['203.0.113.7, 198.51.100.1', 403],
    ['203.0.113.7, 198.51.100.1, 10.1.2.3', 403],
    ['203.0.113.7, 10.1.2.3', 200],
    ['203.0.113.7:52111', 200],
    ['::ffff:203.0.113.7', 200],
    ['2001:db8::7', 200],
    ['[2001:db8::7]:52111', 200],
    ['2001:db9::7', 403],
    ['unknown', 403],
  ])('X-Forwarded-For %s is answered %i', async (forwarded, status) => {
    const { token } = await newSource({ allowedIps: ['203.0.113.0/24', '2001:db8::/32'] });
    expect((await scim(token, { 'x-forwarded-for': forwarded }, behind)).status).toBe(status);
  });

  it('is the address of the client that is told', async () => {
    const { token } = await newSource({ allowedIps: ['203.0.113.0/24'] });
    const { body } = await scim(token, { 'x-forwarded-for': '::ffff:198.51.100.9' }, behind);
    expect(body.detail).toContain('may not be used from 198.51.100.9. Add the address to allowedIps');
  });

  it('addresses are the public ones; without a trusted proxy they are the hub’s own', async () => {
    const { id } = await newSource();
    const urls = async (at: RunningHub) => {
      const response = await fetch(`${at.url}/api/v1/sources/${id}`, {
        headers: {
          authorization: `Bearer ${at.keys.adminKey}`,
          'x-forwarded-proto': 'https',
          'x-forwarded-host': 'hub.example.com',
        },
      });
      const { scimUrl, tokenUrl } = (await response.json()) as Record<string, string>;
      return [scimUrl, tokenUrl];
    };
    expect(await urls(behind)).toEqual([
      'https://hub.example.com/scim/v2',
      'https://hub.example.com/oauth2/token',
    ]);
    expect(await urls(hub)).toEqual([`${hub.url}/scim/v2`, `${hub.url}/oauth2/token`]);
  });
});
