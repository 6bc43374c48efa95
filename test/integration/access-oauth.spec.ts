import { randomUUID } from 'node:crypto';
import { AccessTokens } from '@rollcall/access';
import { Database, Keyring } from '@rollcall/platform';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import {
  createTestDatabase,
  newHubKeys,
  startHubHere,
  type TestDatabase,
  waitFor,
} from '../harness/index.js';

const keys = newHubKeys();
const masterKey = Buffer.from(keys.masterKey, 'base64');
let test: TestDatabase;
let hub: RunningHub;
/** Another process of the same hub: it hears of changes only from the database. */
let other: RunningHub;

beforeAll(async () => {
  test = await createTestDatabase();
  const environment = {
    DATABASE_URL: test.url,
    HUB_ADMIN_KEY: keys.adminKey,
    HUB_MASTER_KEY: keys.masterKey,
    HUB_ROLES: 'api',
  };
  hub = await startHubHere(environment);
  other = await startHubHere(environment);
});
afterAll(async () => {
  await other?.stop();
  await hub?.stop();
  await test?.drop();
});

async function admin(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
  const response = await fetch(`${hub.url}/api/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${keys.adminKey}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : undefined };
}

async function newClient(settings = {}) {
  const { body: source } = await admin('POST', 'sources', { name: 'OAuth', client: 'entra', ...settings });
  const { body: secret } = await admin('POST', `sources/${source.id}/secrets`, {});
  return { source, secret };
}

async function askToken(
  form: Record<string, string> | string,
  headers: Record<string, string> = {},
  method = 'POST',
) {
  const response = await fetch(`${hub.url}/oauth2/token`, {
    method,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    ...(method === 'POST' && {
      body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}

const grant = { grant_type: 'client_credentials' };
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});

async function tokenOf({
  clientId,
  clientSecret,
}: {
  clientId: string;
  clientSecret: string;
}): Promise<string> {
  const { status, body } = await askToken(grant, basic(clientId, clientSecret));
  expect(status).toBe(200);
  return body.access_token;
}

async function scim(token: string, { url }: RunningHub = hub, scheme = 'Bearer') {
  const response = await fetch(`${url}/scim/v2/Users?count=0`, {
    headers: { authorization: `${scheme} ${token}` },
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}

describe('the token endpoint', () => {
  it('gives a client that proves itself by header an access token that opens SCIM', async () => {
    const { source, secret } = await newClient();
    expect(secret).toMatchObject({ clientId: source.id, tokenUrl: `${hub.url}/oauth2/token` });
    expect(secret.clientSecret).toMatch(/^rcc_/);
    const answer = await askToken(grant, basic(secret.clientId, secret.clientSecret));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600 });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('pragma')).toBe('no-cache');
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect((await scim(answer.body.access_token)).status).toBe(200);
    expect((await scim(answer.body.access_token, other)).status).toBe(200);
    expect((await scim(answer.body.access_token, hub, 'bearer')).status).toBe(200);
  });

  it('gives one by body too, and tells the scope when another was asked for', async () => {
    const { secret } = await newClient();
    const client = { client_id: secret.clientId, client_secret: secret.clientSecret };
    const answer = await askToken({ ...grant, ...client, scope: 'users.write' });
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', scope: 'scim' } });
    const same = await askToken({ ...grant, ...client, scope: 'scim' });
    expect(same.body).not.toHaveProperty('scope');
  });

  it('makes JWTs of RFC 9068, none like another', async () => {
    const { source, secret } = await newClient();
    const [first, second] = [await tokenOf(secret), await tokenOf(secret)];
    expect(decodeProtectedHeader(first)).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: expect.any(String) });
    const claims = decodeJwt(first);
    expect(claims).toMatchObject({ sub: source.id, client_id: source.id, aud: 'urn:rollcall:scim' });
    expect(claims.exp! - claims.iat!).toBe(3600);
    expect(decodeJwt(second).jti).not.toBe(claims.jti);
  });

  it('does not let a token outlive its secret', async () => {
    const { source } = await newClient();
    const expiresAt = new Date(Date.now() + 90_000).toISOString();
    const { body: secret } = await admin('POST', `sources/${source.id}/secrets`, { expiresAt });
    const { body } = await askToken(grant, basic(secret.clientId, secret.clientSecret));
    expect(body.expires_in).toBeGreaterThan(60);
    expect(body.expires_in).toBeLessThanOrEqual(90);
  });

  it.each<[string, () => Promise<any>, number, string]>([
    [
      'JSON',
      () => askToken(JSON.stringify(grant), { 'content-type': 'application/json' }),
      400,
      'invalid_request',
    ],
    ['broken JSON', () => askToken('{', { 'content-type': 'application/json' }), 400, 'invalid_request'],
    ['text', () => askToken('x', { 'content-type': 'text/plain' }), 400, 'invalid_request'],
    ['a media type that is none', () => askToken('x', { 'content-type': 'x' }), 400, 'invalid_request'],
    ['a huge body', () => askToken(`a=${'x'.repeat(20_000)}`), 400, 'invalid_request'],
    ['no client', () => askToken(grant), 401, 'invalid_client'],
    ['an unknown client', () => askToken(grant, basic(randomUUID(), 'rcc_x')), 401, 'invalid_client'],
    ['a client id that is none', () => askToken(grant, basic("'; drop", 'rcc_x')), 401, 'invalid_client'],
    ['a client id with a NUL', () => askToken(grant, basic('a\0', 'rcc_\0')), 401, 'invalid_client'],
    ['a bearer token', () => askToken(grant, { authorization: 'Bearer x' }), 401, 'invalid_client'],
    [
      'another grant',
      () => askToken({ grant_type: 'password' }, basic('a', 'b')),
      400,
      'unsupported_grant_type',
    ],
    ['no grant', () => askToken('', basic('a', 'b')), 400, 'invalid_request'],
    ['GET', () => askToken(grant, {}, 'GET'), 405, 'invalid_request'],
  ])('refuses %s as RFC 6749 says', async (_, ask, status, error) => {
    const { status: got, headers, body } = await ask();
    expect([got, body]).toEqual([status, { error, error_description: expect.stringMatching(/^[^"\\]+$/) }]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('www-authenticate')?.startsWith('Basic ') ?? false).toBe(status === 401);
  });

  it('tells neither a wrong secret from an unknown client, nor takes the secret of another source', async () => {
    const [mine, yours] = [await newClient(), await newClient()];
    const wrong = await askToken(grant, basic(mine.source.id, yours.secret.clientSecret));
    const unknown = await askToken(grant, basic(randomUUID(), yours.secret.clientSecret));
    const bearer = await askToken(grant, basic(mine.source.id, mine.source.token));
    expect(wrong.status).toBe(401);
    expect(unknown.body).toEqual(wrong.body);
    expect(bearer.body).toEqual(wrong.body);
  });
});

describe('client secrets', () => {
  it('are listed, never shown again, and noted when used', async () => {
    const { source, secret } = await newClient();
    await tokenOf(secret);
    const listed = await waitFor(
      async () => {
        const { body } = await admin('GET', `sources/${source.id}`);
        return body.secrets[0].lastUsedAt && body;
      },
      { what: 'the use to be noted' },
    );
    expect(listed.secrets).toEqual([
      {
        id: secret.id,
        createdAt: secret.createdAt,
        expiresAt: null,
        state: 'active',
        lastUsedAt: expect.any(String),
      },
    ]);
    const [{ dump }] = await test.database.query<any>(
      'select json_agg(x)::text as dump from hub.source_secret x',
    );
    expect(dump).not.toContain(secret.clientSecret);
  });

  it('are told when they are about to expire', async () => {
    const { source } = await newClient();
    const expiresAt = new Date(Date.now() + 3 * 24 * 3_600_000).toISOString();
    await admin('POST', `sources/${source.id}/secrets`, { expiresAt });
    await admin('POST', `sources/${source.id}/tokens`, { expiresAt });
    const { body } = await admin('GET', `sources/${source.id}`);
    expect(body.secrets.map(({ state }: any) => state)).toEqual(['active', 'expiring']);
    expect(body.tokens.map(({ state }: any) => state)).toEqual(['active', 'expiring']);
    await test.database.query(
      `update hub.source_secret set expires_at = now() where source_id = $1 and expires_at is not null`,
      [source.id],
    );
    const later = await admin('GET', `sources/${source.id}`);
    expect(later.body.secrets.map(({ state }: any) => state)).toEqual(['active', 'expired']);
  });

  it('are five at most, and refuse a time that is past or none', async () => {
    const { source } = await newClient();
    for (const expiresAt of ['2020-01-01T00:00:00Z', 'soon']) {
      const refused = await admin('POST', `sources/${source.id}/secrets`, { expiresAt });
      expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'expiresAt']);
    }
    for (let more = 0; more < 4; more++) await admin('POST', `sources/${source.id}/secrets`, {});
    const sixth = await admin('POST', `sources/${source.id}/secrets`, {});
    expect(sixth).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('revoke one first') },
    });
    expect((await admin('POST', `sources/${randomUUID()}/secrets`, {})).status).toBe(404);
    expect((await admin('DELETE', `sources/${source.id}/secrets/${randomUUID()}`)).status).toBe(404);
    expect((await admin('DELETE', `sources/${source.id}/secrets/none`)).status).toBe(404);
  });

  it('change over while tokens are in use, and take their own tokens with them', async () => {
    const { source, secret: old } = await newClient();
    const before = await tokenOf(old);
    const { body: fresh } = await admin('POST', `sources/${source.id}/secrets`, {});
    const after = await tokenOf(fresh);
    for (const token of [before, after]) {
      expect((await scim(token)).status).toBe(200);
      expect((await scim(token, other)).status).toBe(200);
    }
    expect((await admin('DELETE', `sources/${source.id}/secrets/${old.id}`)).status).toBe(204);
    const refused = await scim(before);
    expect(refused).toMatchObject({ status: 401, body: { detail: expect.stringContaining('revoked') } });
    expect((await askToken(grant, basic(old.clientId, old.clientSecret))).status).toBe(401);
    await waitFor(async () => (await scim(before, other)).status === 401, {
      what: 'the other process to notice',
      timeoutMs: 2_000,
    });
    for (const process of [hub, other]) expect((await scim(after, process)).status).toBe(200);
  });

  it('end with their source', async () => {
    const { source, secret } = await newClient();
    const token = await tokenOf(secret);
    expect((await scim(token)).status).toBe(200);
    await admin('DELETE', `sources/${source.id}`);
    expect((await scim(token)).status).toBe(401);
    expect((await askToken(grant, basic(secret.clientId, secret.clientSecret))).status).toBe(401);
  });
});

describe('access tokens', () => {
  const forge = (claims: object, header: object = {}, keyring = new Keyring(masterKey)) => {
    const { issuer } = new AccessTokens(keyring);
    const kid = issuer.split(':').pop();
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: issuer, aud: 'urn:rollcall:scim', iat: now, exp: now + 60, jti: 'x', ...claims };
    return new SignJWT(all as any)
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid, ...header })
      .sign(keyring.derive('rollcall access tokens'));
  };
  const past = Math.floor(Date.now() / 1000) - 5;

  it.each<[string, (mine: any) => Promise<string>, string]>([
    ['expired', (mine) => forge({ ...mine, exp: past }), 'it has expired at'],
    [
      'for another audience',
      (mine) => forge({ ...mine, aud: 'https://other' }),
      'its "aud" is not the expected one',
    ],
    ['of another kind', (mine) => forge(mine, { typ: 'JWT' }), 'its "typ" is not the expected one'],
    ['without a source', (mine) => forge({ ...mine, sub: undefined }), 'it has no "sub"'],
    ['without an end', (mine) => forge({ ...mine, exp: undefined }), 'it has no "exp"'],
    [
      'signed by another key',
      (mine) => forge(mine, { kid: '0011223344556677' }),
      'another key than the one of this hub',
    ],
    ['of another algorithm', (mine) => forge(mine, { alg: 'HS384' }), 'its "alg" must be HS256'],
    [
      'of another hub',
      (mine) => forge(mine, {}, new Keyring(Buffer.alloc(32, 9))),
      'No source trusts the issuer "urn:rollcall:',
    ],
  ])('are refused when %s, and say so', async (_, make, why) => {
    const { secret } = await newClient();
    const { sub, tenant, secret: secretId, client_id } = decodeJwt(await tokenOf(secret));
    const mine = { sub, tenant, secret: secretId, client_id };
    expect((await scim(await forge(mine))).status).toBe(200);
    const refused = await scim(await make(mine));
    expect(refused).toMatchObject({
      status: 401,
      body: { status: '401', detail: expect.stringContaining(why) },
    });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="scim", error="invalid_token"');
  });

  it('are refused when tampered with, cut, or not signed at all', async () => {
    const { secret } = await newClient();
    const [header, claims, signature] = (await tokenOf(secret)).split('.');
    const changed = Buffer.from(
      JSON.stringify({ ...decodeJwt(`${header}.${claims}.`), sub: randomUUID() }),
    ).toString('base64url');
    const none = Buffer.from(
      JSON.stringify({ ...decodeProtectedHeader(`${header}.${claims}.`), alg: 'none' }),
    ).toString('base64url');
    const attempts: [string, RegExp][] = [
      [`${header}.${changed}.${signature}`, /signature is wrong/],
      [`${header}.${claims}.${signature!.slice(0, -3)}`, /signature is wrong/],
      [`${header}.${claims}.`, /signature is wrong/],
      [`${none}.${claims}.`, /"alg" must be HS256/],
      [`${header}.${claims}`, /neither a token of a source/],
      ['a.b.c', /neither a token of a source/],
      [`${header}.bm8.${signature}`, /neither a token of a source/],
    ];
    for (const [token, why] of attempts) {
      const { status, body } = await scim(token);
      expect([status, body.detail]).toEqual([401, expect.stringMatching(why)]);
    }
  });

  it('are told apart from what else people paste', async () => {
    const { secret } = await newClient();
    expect((await scim(secret.clientSecret)).body.detail).toContain('Exchange it for an access token');
    expect((await scim('rca_whatever')).body.detail).toContain('API key of an administrator');
    const bare = await fetch(`${hub.url}/scim/v2/Users`);
    expect(bare.headers.get('www-authenticate')).toBe('Bearer realm="scim"');
  });

  it('cost one question a second, however many there are of a source', async () => {
    const { secret } = await newClient();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenOf(secret)));
    const asked = await countQueries(hub, 'find-source-of-secret', () =>
      Promise.all(Array.from({ length: 200 }, (_, index) => scim(tokens[index % 20]!))),
    );
    expect(asked.answers.every(({ status }) => status === 200)).toBe(true);
    expect(asked.queries).toBeLessThanOrEqual(Math.ceil(asked.seconds) + 1);
  });
});

/** How often the hub sends a named statement while work is done. */
async function countQueries<T>({ app }: RunningHub, name: string, work: () => Promise<T>) {
  const database = app.get(Database);
  const query = database.query.bind(database);
  let queries = 0;
  database.query = ((statement: any, values: any) => {
    if (statement.name === name) queries++;
    return query(statement, values);
  }) as typeof database.query;
  const begun = Date.now();
  try {
    const answers = await work();
    return { queries, answers, seconds: (Date.now() - begun) / 1000 };
  } finally {
    database.query = query;
  }
}

describe('bodies of strangers', () => {
  it('are not read: a large one is refused for its token', async () => {
    const response = await fetch(`${hub.url}/scim/v2/Users`, {
      method: 'POST',
      headers: { authorization: 'Bearer rcs_wrong', 'content-type': 'application/scim+json' },
      body: '{'.repeat(100_000),
    });
    expect(response.status).toBe(401);
  });

  it('open no route that is asked for in another spelling', async () => {
    for (const path of ['/%73cim/v2/Users', '/scim/v2/Users/', '/scim/v2/%55sers']) {
      expect((await fetch(hub.url + path)).status).toBe(401);
    }
    expect((await fetch(`${hub.url}/scim/v2/Users`, { method: 'HEAD' })).status).toBe(401);
  });
});

describe('API keys', () => {
  it('are made, listed, used and revoked, and one always remains', async () => {
    const { body: tenant } = await admin('POST', 'tenants', { name: 'Keys' });
    const as = async (key: string, method: string, path: string, body?: unknown) => {
      const response = await fetch(`${hub.url}/api/v1/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text ? JSON.parse(text) : undefined };
    };
    const first = (await as(tenant.adminKey, 'GET', 'api-keys')).body.items[0];
    expect(first).toEqual({
      id: expect.any(String),
      name: 'first key',
      createdAt: expect.any(String),
      lastUsedAt: expect.any(String),
    });
    const last = await as(tenant.adminKey, 'DELETE', `api-keys/${first.id}`);
    expect(last).toMatchObject({ status: 409, body: { detail: expect.stringContaining('last API key') } });
    const nameless = await as(tenant.adminKey, 'POST', 'api-keys', {});
    expect([nameless.status, nameless.body.errors[0].field]).toEqual([400, 'name']);
    const made = await as(tenant.adminKey, 'POST', 'api-keys', { name: 'Pipeline' });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'Pipeline', key: expect.stringMatching(/^rca_/) },
    });
    expect((await as(made.body.key, 'DELETE', `api-keys/${first.id}`)).status).toBe(204);
    expect((await as(tenant.adminKey, 'GET', 'api-keys')).status).toBe(401);
    expect(JSON.stringify((await as(made.body.key, 'GET', 'api-keys')).body)).not.toContain(made.body.key);
    expect((await as(made.body.key, 'DELETE', `api-keys/${first.id}`)).status).toBe(404);
    expect((await admin('DELETE', `api-keys/${made.body.id}`)).status).toBe(404);
  });
});
