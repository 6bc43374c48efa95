import { createHmac, randomUUID } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { createTestDatabase, startHubHere, type TestDatabase } from '../harness/index.js';

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

async function admin(method: string, path: string, body?: unknown) {
  const response = await fetch(`${hub.url}/api/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${hub.keys.adminKey}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : undefined) as any };
}

async function scim(token: string) {
  const response = await fetch(`${hub.url}/scim/v2/Users?count=0`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, detail: ((await response.json()) as any).detail as string | undefined };
}

const audience = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621';
const now = () => Math.floor(Date.now() / 1000);

async function newIssuer(alg: string, kid = 'one', options: object = {}) {
  const issuer = `https://sts.windows.net/${randomUUID()}/`;
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...options });
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', x5t: kid, issuer };
  const sign = (claims: object = {}, header: object = {}) =>
    new SignJWT({ iss: issuer, aud: audience, iat: now(), exp: now() + 300, sub: 'entra', ...claims } as any)
      .setProtectedHeader({ alg, kid, typ: 'JWT', ...header })
      .sign(privateKey);
  return { issuer, publicKey, privateKey, jwk, sign, jwt: { issuer, audience, jwks: { keys: [jwk] } } };
}

const newSource = async (settings: object = {}) =>
  (await admin('POST', 'sources', { name: 'Trusting', client: 'entra', ...settings })).body;

describe('tokens of a trusted issuer', () => {
  it.each(['RS256', 'ES256', 'EdDSA'])('open SCIM, signed by %s, without a token of ours', async (alg) => {
    const { jwt, jwk, sign } = await newIssuer(alg);
    const source = await newSource();
    expect((await scim(await sign())).detail).toMatch(/No source trusts the issuer "https:\/\/sts/);
    const changed = await admin('PATCH', `sources/${source.id}`, { jwt });
    const { x5t: _, issuer: __, ...publicMembers } = jwk;
    expect(changed.body.jwt).toEqual({ ...jwt, jwks: { keys: [publicMembers] } });
    expect((await scim(await sign())).status).toBe(200);
    expect((await scim(await sign({ aud: ['https://other', audience] }))).status).toBe(200);
    expect((await scim(source.token)).status).toBe(200);
    await admin('PATCH', `sources/${source.id}`, { name: 'Same' });
    expect((await scim(await sign())).status).toBe(200);
    await admin('PATCH', `sources/${source.id}`, { jwt: null });
    expect((await scim(await sign())).status).toBe(401);
  });

  it('belong to the one source that trusts them, and end with it', async () => {
    const [one, two] = [await newIssuer('ES256'), await newIssuer('ES256')];
    const [mine, yours] = [await newSource({ jwt: one.jwt }), await newSource({ jwt: two.jwt })];
    const ada = await createUser(await one.sign());
    const rows = await test.database.query<{ source: string }>(
      `select distinct metadata ->> 'source' as source from hub.event where stream_id = $1`,
      [ada],
    );
    expect(rows).toEqual([{ source: mine.id }]);
    await admin('DELETE', `sources/${mine.id}`);
    expect((await scim(await one.sign())).status).toBe(401);
    expect((await scim(await two.sign())).status).toBe(200);
    expect(yours.jwt.issuer).toBe(two.issuer);
  });

  it('are refused when anything is wrong with them, and say what', async () => {
    const trusted = await newIssuer('RS256');
    await newSource({ jwt: { ...trusted.jwt, subject: 'entra' } });
    const stranger = await newIssuer('RS256');
    const { issuer } = trusted;
    const unsigned = (header: object) =>
      [header, { iss: issuer, aud: audience, exp: now() + 300, sub: 'entra' }]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
    const confused = unsigned({ alg: 'HS256', kid: 'one' });
    const mac = createHmac('sha256', await exportSPKI(trusted.publicKey))
      .update(confused)
      .digest('base64url');
    const [, , signature] = (await trusted.sign()).split('.');
    const attempts: [string, RegExp][] = [
      [await trusted.sign({ exp: now() - 120 }), /it has expired at \d{4}-/],
      [await trusted.sign({ nbf: now() + 600 }), /"nbf"/],
      [await trusted.sign({ exp: undefined }), /it has no "exp"/],
      [await trusted.sign({ sub: 'somebody' }), /its "sub" is not the expected one/],
      [await trusted.sign({ aud: 'https://other' }), /No source trusts .* audience "https:\/\/other"/],
      [await trusted.sign({ aud: undefined }), /audience \(none\)/],
      [await trusted.sign({ iss: 'https://other' }), /No source trusts the issuer "https:\/\/other"/],
      [await trusted.sign({ iss: 'a\0b' }), /No source trusts the issuer \(none\)/],
      [await trusted.sign({ iss: 7 }), /No source trusts the issuer \(none\)/],
      [await trusted.sign({}, { kid: 'two' }), /paste the current key set of the issuer/],
      [await stranger.sign({ iss: issuer }), /its signature is wrong/],
      [`${unsigned({ alg: 'RS256', kid: 'one' })}.${signature}`, /its signature is wrong/],
      [`${unsigned({ alg: 'none' })}.`, /its "alg" must be RS256, ES256, EdDSA/],
      [`${confused}.${mac}`, /its "alg" must be RS256, ES256, EdDSA/],
    ];
    expect((await scim(await trusted.sign())).status).toBe(200);
    for (const [token, why] of attempts) {
      expect(await scim(token)).toEqual({ status: 401, detail: expect.stringMatching(why) });
    }
  });

  it('are found by their key among several', async () => {
    const old = await newIssuer('RS256', 'old');
    const fresh = await newIssuer('RS256', 'new');
    await newSource({ jwt: { issuer: old.issuer, audience, jwks: { keys: [old.jwk, fresh.jwk] } } });
    expect((await scim(await old.sign())).status).toBe(200);
    expect((await scim(await fresh.sign({ iss: old.issuer }))).status).toBe(200);
    const nameless = await old.sign({}, { kid: undefined });
    expect((await scim(nameless)).detail).toMatch(/no "kid", and more than one/);
  });

  it('are not let in by a key of ours: HS256 with the issuer of the hub itself is no way round', async () => {
    const { jwt, sign } = await newIssuer('RS256');
    const { id } = await newSource();
    const { clientSecret } = (await admin('POST', `sources/${id}/secrets`, {})).body;
    const own = await fetch(`${hub.url}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: id,
        client_secret: clientSecret,
      }),
    });
    const [, claims] = ((await own.json()) as any).access_token.split('.');
    const { iss, aud } = JSON.parse(Buffer.from(claims, 'base64url').toString());
    await newSource({ jwt: { ...jwt, issuer: iss, audience: aud } });
    expect((await scim(await sign({ iss, aud }))).status).toBe(401);
  });

  async function createUser(token: string): Promise<string> {
    const response = await fetch(`${hub.url}/scim/v2/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: randomUUID(),
      }),
    });
    expect(response.status).toBe(201);
    return ((await response.json()) as any).id;
  }
});

describe('the issuer a source trusts', () => {
  it('is of one source alone, in all tenants', async () => {
    const { jwt } = await newIssuer('ES256');
    await newSource({ jwt });
    const other = await newSource();
    const taken = await admin('PATCH', `sources/${other.id}`, { name: 'Other', jwt });
    expect(taken).toMatchObject({ status: 409, body: { errors: [{ field: 'jwt.issuer' }] } });
    expect((await admin('POST', 'sources', { name: 'Third', client: 'entra', jwt })).status).toBe(409);
    expect((await admin('GET', `sources/${other.id}`)).body).toMatchObject({ name: 'Trusting', jwt: null });
    const elsewhere = await admin('PATCH', `sources/${other.id}`, {
      jwt: { ...jwt, audience: 'api://other' },
    });
    expect(elsewhere.status).toBe(200);
  });

  it('is checked in every part', async () => {
    const { jwk: rsa, privateKey, jwt } = await newIssuer('RS256');
    const { jwk: small } = await newIssuer('RS256', 'one').then(async (issuer) => ({
      jwk: { ...issuer.jwk, n: Buffer.alloc(128, 0xab).toString('base64url') },
    }));
    const secret = await exportJWK(privateKey);
    const keys = (...list: unknown[]) => ({ ...jwt, jwks: { keys: list } });
    const attempts: [unknown, string][] = [
      [{ ...jwt, issuer: '' }, 'jwt.issuer'],
      [{ ...jwt, issuer: undefined }, 'jwt.issuer'],
      [{ ...jwt, issuer: 'a\0' }, 'jwt.issuer'],
      [{ ...jwt, issuer: 'ä'.repeat(251) }, 'jwt.issuer'],
      [{ ...jwt, audience: ['a'] }, 'jwt.audience'],
      [{ ...jwt, subject: '' }, 'jwt.subject'],
      [{ ...jwt, jwksUri: 'https://x' }, 'jwt.jwksUri'],
      [{ ...jwt, jwks: undefined }, 'jwt.jwks'],
      [{ ...jwt, jwks: 'https://login.microsoftonline.com/keys' }, 'jwt.jwks'],
      [keys(), 'jwt.jwks'],
      [keys('key'), 'jwt.jwks.keys.0'],
      [keys(null), 'jwt.jwks.keys.0'],
      [keys(rsa, { kty: 'oct', k: 'c2VjcmV0' }), 'jwt.jwks.keys.1.kty'],
      [keys(secret), 'jwt.jwks.keys.0.d'],
      [keys({ ...rsa, alg: 'RS512' }), 'jwt.jwks.keys.0.alg'],
      [keys({ ...rsa, alg: 'HS256' }), 'jwt.jwks.keys.0.alg'],
      [keys({ ...rsa, use: 'enc' }), 'jwt.jwks.keys.0.use'],
      [keys({ ...rsa, kid: 7 }), 'jwt.jwks.keys.0.kid'],
      [keys({ kty: 'EC', crv: 'P-521', x: 'x', y: 'y' }), 'jwt.jwks.keys.0.kty'],
      [keys({ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }), 'jwt.jwks.keys.0'],
      [keys({ kty: 'RSA' }), 'jwt.jwks.keys.0'],
      [keys(small), 'jwt.jwks.keys.0.n'],
      [keys(rsa, rsa), 'jwt.jwks.keys.1.kid'],
      [keys(rsa, { ...rsa, kid: undefined }), 'jwt.jwks.keys.1.kid'],
      ['https://issuer', 'jwt'],
      [[], 'jwt'],
    ];
    const { id } = await newSource();
    for (const [input, field] of attempts) {
      const refused = await admin('PATCH', `sources/${id}`, { name: 'Other', jwt: input });
      expect([refused.status, refused.body.errors]).toEqual([
        400,
        [{ field, message: expect.stringMatching(/\S/) }],
      ]);
    }
    expect((await admin('GET', `sources/${id}`)).body).toMatchObject({ name: 'Trusting', jwt: null });
  });
});
