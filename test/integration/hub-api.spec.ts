import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { createTestDatabase, startHubHere, type TestDatabase } from '../harness/index.js';

let test: TestDatabase;
let hub: RunningHub;
beforeAll(async () => {
  test = await createTestDatabase();
  hub = await startHubHere({ DATABASE_URL: test.url });
});
afterAll(async () => {
  await hub?.stop();
  await test.drop();
});

interface Answer {
  status: number;
  type: string;
  body: any;
}

async function call(method: string, path: string, body?: unknown, key = hub.keys.adminKey): Promise<Answer> {
  const response = await fetch(hub.url + path, {
    method,
    headers: {
      ...(key && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, body: /json/.test(type) && text ? JSON.parse(text) : text };
}

describe('sources', () => {
  it('are made with a token that is shown once and opens SCIM', async () => {
    const made = await call('POST', '/api/v1/sources', { name: 'Entra', client: 'entra' });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'Entra', client: 'entra', scimUrl: `${hub.url}/scim/v2` },
    });
    const { id, token } = made.body;
    expect(token).toMatch(/^rcs_/);
    expect((await call('GET', '/scim/v2/Users', undefined, token)).status).toBe(200);
    expect((await call('GET', '/scim/v2/Users', undefined, `${token}x`)).status).toBe(401);
    const read = await call('GET', `/api/v1/sources/${id}`);
    expect(read).toMatchObject({ status: 200, body: { id, name: 'Entra' } });
    expect(JSON.stringify((await call('GET', '/api/v1/sources')).body)).not.toContain(token);
  });

  it('change over to a second token, which cannot be joined by a third', async () => {
    const {
      id,
      token: first,
      tokens,
    } = (await call('POST', '/api/v1/sources', { name: 'Okta', client: 'okta' })).body;
    const second = await call('POST', `/api/v1/sources/${id}/tokens`, {});
    expect(second.status).toBe(201);
    const third = await call('POST', `/api/v1/sources/${id}/tokens`, {});
    expect(third).toMatchObject({ status: 409, type: expect.stringContaining('application/problem+json') });
    expect(third.body.detail).toMatch(/revoke one first/);
    expect((await call('DELETE', `/api/v1/sources/${id}/tokens/${tokens[0].id}`)).status).toBe(204);
    expect((await call('GET', '/scim/v2/Users', undefined, first)).status).toBe(401);
    expect((await call('GET', '/scim/v2/Users', undefined, second.body.token)).status).toBe(200);
  });

  it('take a POST that announces JSON and sends none, as curl does', async () => {
    const { id } = (await call('POST', '/api/v1/sources', { name: 'Bare', client: 'generic' })).body;
    const second = await call('POST', `/api/v1/sources/${id}/tokens`, '');
    expect(second.status).toBe(201);
  });

  it('are renamed and deleted', async () => {
    const { id, token } = (await call('POST', '/api/v1/sources', { name: 'Old', client: 'generic' })).body;
    expect(await call('PATCH', `/api/v1/sources/${id}`, { name: 'New' })).toMatchObject({
      status: 200,
      body: { name: 'New', client: 'generic' },
    });
    expect((await call('DELETE', `/api/v1/sources/${id}`)).status).toBe(204);
    expect((await call('DELETE', `/api/v1/sources/${id}`)).status).toBe(404);
    expect((await call('GET', '/scim/v2/Users', undefined, token)).status).toBe(401);
  });

  it.each([
    [{ client: 'entra' }, 'name'],
    [{ name: '', client: 'entra' }, 'name'],
    [{ name: 'x', client: 'entera' }, 'client'],
    [{ name: 'x', client: 'entra', tokens: [] }, 'tokens'],
    [{ name: { first: 'x' }, client: 'entra' }, 'name'],
  ])('refuse %j, name the field %s and make nothing', async (body, field) => {
    const before = (await call('GET', '/api/v1/sources')).body.items.length;
    const refused = await call('POST', '/api/v1/sources', body);
    expect(refused).toMatchObject({ status: 400, type: expect.stringContaining('application/problem+json') });
    expect(refused.body).toMatchObject({ type: 'about:blank', title: 'Bad Request', status: 400 });
    expect(refused.body.errors).toContainEqual({ field, message: expect.stringMatching(/\S/) });
    expect((await call('GET', '/api/v1/sources')).body.items).toHaveLength(before);
  });

  it('refuse a token that would be void at once', async () => {
    const { id } = (await call('POST', '/api/v1/sources', { name: 'Timed', client: 'generic' })).body;
    for (const expiresAt of ['2020-01-01T00:00:00Z', 'soon', 7]) {
      const refused = await call('POST', `/api/v1/sources/${id}/tokens`, { expiresAt });
      expect(refused.body.errors).toContainEqual({
        field: 'expiresAt',
        message: expect.stringMatching(/^must/),
      });
    }
    const later = '2999-01-01T00:00:00.000Z';
    const made = await call('POST', `/api/v1/sources/${id}/tokens`, { expiresAt: later });
    expect(made).toMatchObject({ status: 201, body: { expiresAt: later } });
  });
});

describe('tenants', () => {
  it('are made by the operator and see nothing of each other', async () => {
    const north = (await call('POST', '/api/v1/tenants', { name: 'north' })).body;
    const south = (await call('POST', '/api/v1/tenants', { name: 'south' })).body;
    const { id } = (await call('POST', '/api/v1/sources', { name: 'N', client: 'entra' }, north.adminKey))
      .body;
    expect((await call('GET', `/api/v1/sources/${id}`, undefined, south.adminKey)).status).toBe(404);
    expect((await call('DELETE', `/api/v1/sources/${id}`, undefined, south.adminKey)).status).toBe(404);
    expect((await call('GET', '/api/v1/sources', undefined, south.adminKey)).body).toEqual({ items: [] });
    expect((await call('GET', `/api/v1/sources/${id}`, undefined, north.adminKey)).status).toBe(200);
    const refused = await call('POST', '/api/v1/tenants', { name: 'west' }, north.adminKey);
    expect(refused).toMatchObject({ status: 403, type: expect.stringContaining('problem+json') });
  });
});

describe('errors', () => {
  it('ask for a key', async () => {
    for (const key of ['', 'wrong']) {
      const refused = await call('GET', '/api/v1/sources', undefined, key);
      expect(refused).toMatchObject({
        status: 401,
        type: expect.stringContaining('application/problem+json'),
      });
      expect(refused.body.detail).toMatch(/Authorization: Bearer/);
    }
  });

  it.each([
    ['broken JSON', 'POST', '/api/v1/sources', '{"name":', 400],
    ['an unknown path', 'GET', '/api/v1/sauces', undefined, 404],
    ['an id that is none', 'GET', '/api/v1/sources/1', undefined, 404],
    ['a huge body', 'POST', '/api/v1/sources', `"${'x'.repeat(17 * 1024 * 1024)}"`, 413],
  ])('are problems for %s', async (_, method, path, body, status) => {
    const refused = await call(method, path, body);
    expect(refused).toMatchObject({ status, type: expect.stringContaining('application/problem+json') });
    expect(refused.body).toMatchObject({ type: 'about:blank', status, detail: expect.stringMatching(/\w/) });
  });

  it('are SCIM errors below the SCIM base, also where no route is', async () => {
    const { token } = (await call('POST', '/api/v1/sources', { name: 'S', client: 'generic' })).body;
    const refused = await call('POST', '/scim/v2/Users', '{"userName":', token);
    expect(refused.body).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '400',
    });
    expect((await call('GET', '/scim/v2/Nothing', undefined, token)).body).toMatchObject({ status: '404' });
  });
});

describe('what is open to all', () => {
  it('is the way in: home, API docs, health and metrics', async () => {
    expect((await call('GET', '/', undefined, '')).body).toContain('/api/docs');
    expect((await call('GET', '/api/docs', undefined, '')).body).toContain('Rollcall admin API');
    expect((await call('GET', '/health/live', undefined, '')).body).toEqual({ status: 'ok' });
    expect((await call('GET', '/health/ready', undefined, '')).body.checks).toMatchObject({
      database: { status: 'ok' },
      migrations: { status: 'ok' },
      queue: { status: 'ok' },
    });
    expect((await call('GET', '/metrics', undefined, '')).type).toContain('text/plain');
  });

  it('is an OpenAPI document that knows bodies and answers', async () => {
    const { body } = await call('GET', '/api/openapi.json', undefined, '');
    const create = body.paths['/api/v1/sources'].post;
    expect(create.requestBody.content['application/json'].schema.$ref).toBe('#/components/schemas/NewSource');
    expect(create.responses['201'].content['application/json'].schema.$ref).toBe(
      '#/components/schemas/CreatedSourceView',
    );
    expect(create.security).toEqual([{ 'admin-key': [] }]);
    expect(Object.keys(body.paths).filter((path) => !path.startsWith('/api/v1/'))).toEqual([]);
  });
});
