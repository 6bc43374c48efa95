import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SignJWT } from 'jose';
import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGoogleWorkspace, type GoogleWorkspace } from '../doubles/google-workspace/google-workspace.js';
import { waitFor } from '../harness/wait-for.js';
import type { Json } from './hub-rig.js';

const scope = (name: string) => `https://www.googleapis.com/auth/admin.directory.${name}`;
const person = (name: string, further: object = {}) => ({
  primaryEmail: `${name}@contoso.example`,
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  password: 'correct-horse',
  ...further,
});

interface Answer {
  status: number;
  body: Json;
  reason?: string;
  headers: Headers;
}

/** The double is as Google documents it: each test is one of the behaviours connectors rely on. */
describe('the double of Google Workspace', () => {
  let google: GoogleWorkspace;
  let token: string;
  let serial = 0;
  const named = (what: string) => `${what}${(serial += 1)}`;

  beforeAll(async () => {
    google = await startGoogleWorkspace();
    token = await tokenFor('admin@contoso.example');
  });
  afterAll(() => google?.stop());
  beforeEach(() => {
    Object.assign(google.lag, { getMs: 0, listMs: 0, status: 404 });
    google.writesTake(0);
  });

  async function signIn(claims: Json, key = google.tokens.keyFile): Promise<Answer> {
    const file = JSON.parse(key) as Json;
    const assertion = await new SignJWT({ scope: claims.scope ?? scope('user') })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(claims.iss ?? file.client_email)
      .setSubject(claims.sub ?? 'admin@contoso.example')
      .setAudience(claims.aud ?? 'https://oauth2.googleapis.com/token')
      .setIssuedAt()
      .setExpirationTime(claims.exp ?? '1h')
      .sign(createPrivateKey(file.private_key as string));
    return form({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  }

  async function form(fields: Record<string, string>): Promise<Answer> {
    const response = await fetch(`${google.origin}/token`, {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    return { status: response.status, body: (await response.json()) as Json, headers: response.headers };
  }

  async function tokenFor(sub: string, scopes = [scope('user'), scope('group')]): Promise<string> {
    return (await signIn({ sub, scope: scopes.join(' ') })).body.access_token as string;
  }

  async function call(method: string, path: string, body?: object, bearer = token): Promise<Answer> {
    const response = await fetch(`${google.origin}/admin/directory/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const sent = await response.text();
    const answer = (sent ? JSON.parse(sent) : {}) as Json;
    const reason = answer.error?.errors?.[0]?.reason as string | undefined;
    return { status: response.status, body: answer, reason, headers: response.headers };
  }

  async function made(name: string, further: object = {}): Promise<Json> {
    const { status, body } = await call('POST', '/users', person(name, further));
    expect(status).toBe(200);
    return body;
  }

  it('1: checks the signature, whom it is for, the administrator and the scopes', async () => {
    expect((await signIn({})).body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    const another = await startGoogleWorkspace();
    const forged = await signIn({}, another.tokens.keyFile);
    await another.stop();
    expect([forged.status, forged.body.error]).toEqual([400, 'invalid_grant']);
    const wrongs: [Json, number, string][] = [
      [{ sub: 'nobody@contoso.example' }, 400, 'invalid_grant'],
      [{ aud: 'https://elsewhere.example' }, 400, 'invalid_grant'],
      [{ exp: '2h' }, 400, 'invalid_grant'],
      [{ scope: scope('device.chromeos') }, 401, 'unauthorized_client'],
    ];
    for (const [claims, status, error] of wrongs) {
      const refused = await signIn(claims);
      expect([refused.status, refused.body.error]).toEqual([status, error]);
    }
    const { clientId, clientSecret } = google.tokens.client;
    const refresh = { grant_type: 'refresh_token', client_id: clientId, client_secret: clientSecret };
    expect((await form({ ...refresh, refresh_token: '1//refresh-token' })).status).toBe(200);
    expect((await form({ ...refresh, refresh_token: 'revoked' })).body.error).toBe('invalid_grant');
    expect((await form({ ...refresh, client_secret: 'x' })).status).toBe(401);
    expect((await form({ grant_type: 'password' })).body.error).toBe('unsupported_grant_type');
  });

  it('1: a token that has ended is answered 401 authError', async () => {
    google.tokens.lifetime = 1;
    const short = await tokenFor('admin@contoso.example');
    google.tokens.lifetime = 3600;
    const path = '/users?customer=my_customer';
    expect((await call('GET', path, undefined, short)).status).toBe(200);
    google.account.advance(1000);
    expect(await call('GET', path, undefined, short)).toMatchObject({ status: 401, reason: 'authError' });
  });

  it('1: scopes that a token lacks, and rights that an administrator lacks, are 403', async () => {
    const few = await tokenFor('admin@contoso.example', [scope('user')]);
    const groups = await call('GET', '/groups?customer=my_customer', undefined, few);
    expect(groups).toMatchObject({ status: 403, reason: 'insufficientPermissions' });
    const auditor = await tokenFor('auditor@contoso.example');
    const write = await call('POST', '/users', person(named('user')), auditor);
    expect(write).toMatchObject({ status: 403, reason: 'forbidden' });
    expect((await call('GET', '/users?customer=my_customer', undefined, auditor)).status).toBe(200);
  });

  it('2: an insertion is answered 200 with the resource and its etag', async () => {
    const user = await made(named('user'));
    expect(user).toMatchObject({
      kind: 'admin#directory#user',
      id: expect.stringMatching(/^\d{21}$/),
      etag: expect.stringMatching(/^".+"$/),
      suspended: false,
      orgUnitPath: '/',
      emails: [{ address: user.primaryEmail, primary: true }],
    });
  });

  it('3: what is missing or wrong is 400, required or invalid', async () => {
    const name = named('user');
    const wrongs: [object, string, RegExp][] = [
      [{ primaryEmail: undefined }, 'required', /primaryEmail/],
      [{ primaryEmail: 'nonsense' }, 'invalid', /primary_user_email/],
      [{ name: { givenName: 'Ada' } }, 'invalid', /Invalid Given\/Family Name: FamilyName/],
      [{ name: { givenName: 'x'.repeat(61), familyName: 'L' } }, 'invalid', /GivenName/],
      [{ password: undefined }, 'invalid', /Invalid Password/],
      [{ password: 'short' }, 'invalid', /Invalid Password/],
      [{ orgUnitPath: '/Nowhere' }, 'invalid', /INVALID_OU_ID/],
      [{ phones: [{ type: 'carrier-pigeon', value: '1' }] }, 'invalid', /phones/],
      [{ phones: [{ type: 'custom', value: '1' }] }, 'invalid', /phones/],
      [{ customSchemas: { Unknown: { a: '1' } } }, 'invalid', /Unknown/],
    ];
    for (const [further, reason, message] of wrongs) {
      const { status, body, reason: told } = await call('POST', '/users', person(name, further));
      expect([status, told]).toEqual([400, reason]);
      expect(body.error.message).toMatch(message);
    }
    expect((await call('GET', `/users/${name}@contoso.example`)).status).toBe(404);
  });

  it('4: an address that a user, an alias, a group or a deleted user has is 409 duplicate', async () => {
    const [user, alias, group, gone] = [named('user'), named('alias'), named('group'), named('gone')];
    const { id } = await made(user);
    await call('POST', `/users/${id}/aliases`, { alias: `${alias}@contoso.example` });
    await call('POST', '/groups', { email: `${group}@contoso.example` });
    const deleted = await made(gone);
    await call('DELETE', `/users/${deleted.id}`);
    for (const name of [user, alias, group, gone, user.toUpperCase()]) {
      const second = await call('POST', '/users', person(name));
      expect(second).toMatchObject({ status: 409, reason: 'duplicate' });
      expect(second.body.error.message).toBe('Entity already exists.');
    }
  });

  it('5: who is not there is 404 notFound', async () => {
    for (const [method, body] of [['GET'], ['PATCH', {}], ['DELETE']] as [string, object?][]) {
      const absent = await call(method, '/users/199999999999999999999', body);
      expect(absent).toMatchObject({ status: 404, reason: 'notFound' });
      expect(absent.body.error.message).toBe('Resource Not Found: userKey');
    }
  });

  it('6: a new user shows only after a while, and in lists even later', async () => {
    Object.assign(google.lag, { getMs: 10_000, listMs: 60_000, status: 404 });
    const { id, primaryEmail } = await made(named('user'));
    const inList = async () => {
      const query = `email='${primaryEmail}'`;
      const { body } = await call('GET', `/users?customer=my_customer&query=${encodeURIComponent(query)}`);
      return body.users !== undefined;
    };
    expect((await call('GET', `/users/${id}`)).status).toBe(404);
    expect((await call('PATCH', `/users/${id}`, { suspended: true })).status).toBe(404);
    google.lag.status = 403;
    expect((await call('GET', `/users/${id}`)).status).toBe(403);
    google.account.advance(10_000);
    expect((await call('GET', `/users/${id}`)).status).toBe(200);
    expect(await inList()).toBe(false);
    google.account.advance(50_000);
    expect(await inList()).toBe(true);
  });

  it('7: a rename leaves the old address as an alias, by which the user is found and nobody else can be made', async () => {
    const [before, after] = [named('user'), named('renamed')];
    const { id } = await made(before);
    const renamed = await call('PATCH', `/users/${id}`, { primaryEmail: `${after}@contoso.example` });
    expect(renamed.body).toMatchObject({ id, aliases: [`${before}@contoso.example`] });
    const byOld = await call('GET', `/users/${before}@contoso.example`);
    expect(byOld.body).toMatchObject({ id, primaryEmail: `${after}@contoso.example` });
    expect((await call('POST', '/users', person(before))).reason).toBe('duplicate');
    await call('DELETE', `/users/${id}/aliases/${before}@contoso.example`);
    expect((await call('POST', '/users', person(before))).status).toBe(200);
  });

  it('8: a deleted user is kept for 20 days, and restored as it was', async () => {
    const { id } = await made(named('user'), { suspended: true });
    expect((await call('POST', `/users/${id}/undelete`, { orgUnitPath: '/' })).status).toBe(412);
    expect((await call('DELETE', `/users/${id}`)).status).toBe(204);
    expect((await call('GET', `/users/${id}`)).status).toBe(404);
    const deleted = async () => {
      const { body } = await call('GET', '/users?customer=my_customer&showDeleted=true&maxResults=500');
      return (body.users as Json[] | undefined)?.find((user) => user.id === id);
    };
    expect(await deleted()).toMatchObject({ deletionTime: expect.any(String) });
    expect((await call('POST', `/users/${id}/undelete`, { orgUnitPath: '/Staff' })).status).toBe(204);
    expect((await call('GET', `/users/${id}`)).body).toMatchObject({
      suspended: true,
      orgUnitPath: '/Staff',
    });
    await call('DELETE', `/users/${id}`);
    google.account.advance(21 * 86_400_000);
    token = await tokenFor('admin@contoso.example');
    expect(await deleted()).toBeUndefined();
    expect((await call('POST', `/users/${id}/undelete`, { orgUnitPath: '/' })).status).toBe(404);
  });

  it('9: pages end without a token; garbled, old and foreign tokens are 400; no result has no users', async () => {
    const prefix = named('page');
    for (const at of [1, 2, 3]) await made(`${prefix}-${at}`);
    const query = `customer=my_customer&maxResults=2&query=${encodeURIComponent(`email:${prefix}*`)}`;
    const first = await call('GET', `/users?${query}`);
    expect(first.body.users).toHaveLength(2);
    const next = `/users?${query}&pageToken=${first.body.nextPageToken}`;
    const last = await call('GET', next);
    expect(last.body.users).toHaveLength(1);
    expect(last.body).not.toHaveProperty('nextPageToken');
    const other = next.replace('email', 'givenName');
    for (const path of [`${next}x`, other]) expect((await call('GET', path)).status).toBe(400);
    const none = await call('GET', '/users?customer=my_customer&query=email%3Dnobody');
    expect(none.body).not.toHaveProperty('users');
    expect((await call('GET', '/users')).status).toBe(400);
    google.account.advance(4 * 86_400_000);
    token = await tokenFor('admin@contoso.example');
    expect(await call('GET', next)).toMatchObject({ status: 400, reason: 'invalid' });
  });

  it('10: searches by address, external id, unit and suspension; what it does not know is 400', async () => {
    const name = named('found');
    const { id } = await made(name, {
      suspended: true,
      orgUnitPath: '/Leavers',
      externalIds: [{ type: 'organization', value: `E'${name}` }],
    });
    const search = async (query: string) =>
      call('GET', `/users?customer=my_customer&query=${encodeURIComponent(query)}`);
    for (const query of [
      `email='${name}@contoso.example'`,
      `email:${name}`,
      `externalId='E\\'${name}'`,
      `orgUnitPath=/Leavers isSuspended=true email:${name}*`,
    ])
      expect((await search(query)).body.users?.map((user: Json) => user.id)).toEqual([id]);
    for (const query of ['shoeSize=43', 'email', "email='open"])
      expect((await search(query)).status).toBe(400);
  });

  it('11: PATCH leaves what is not named, replaces lists whole, and null clears', async () => {
    google.account.schemas.set('Payroll', { code: { type: 'STRING' }, grade: { type: 'INT64' } });
    const { id } = await made(named('user'), {
      phones: [
        { type: 'work', value: '1' },
        { type: 'home', value: '2' },
      ],
      recoveryEmail: 'ada@home.example',
      customSchemas: { Payroll: { code: '7' } },
    });
    await call('PATCH', `/users/${id}`, {
      name: { familyName: 'King' },
      phones: [{ type: 'work', value: '3' }],
      recoveryEmail: null,
      customSchemas: { Payroll: { grade: 5 } },
    });
    const { body } = await call('GET', `/users/${id}?projection=full`);
    expect(body).toMatchObject({
      name: { givenName: 'Ada', familyName: 'King', fullName: 'Ada King' },
      phones: [{ type: 'work', value: '3' }],
      customSchemas: { Payroll: { code: '7', grade: 5 } },
    });
    expect(body).not.toHaveProperty('recoveryEmail');
    expect((await call('GET', `/users/${id}`)).body).not.toHaveProperty('customSchemas');
  });

  it('12: members there already are 409, absent ones 404, unknown ones 404 or 400, circles 412', async () => {
    const { id } = await made(named('user'));
    const group = (await call('POST', '/groups', { email: `${named('group')}@contoso.example` })).body;
    const outer = (await call('POST', '/groups', { email: `${named('group')}@contoso.example` })).body;
    const members = `/groups/${group.id}/members`;
    expect((await call('DELETE', `${members}/${id}`)).status).toBe(404);
    expect((await call('POST', members, { id, role: 'MANAGER' })).body).toMatchObject({ type: 'USER', id });
    const again = await call('POST', members, { id });
    expect(again).toMatchObject({ status: 409, reason: 'duplicate' });
    expect(again.body.error.message).toBe('Member already exists.');
    expect((await call('POST', members, { id: '199999999999999999999' })).status).toBe(404);
    const byAddress = await call('POST', members, { email: 'nobody@contoso.example' });
    expect(byAddress).toMatchObject({ status: 400, reason: 'required' });
    await call('POST', `/groups/${outer.id}/members`, { id: group.id });
    const circle = await call('POST', members, { id: outer.id });
    expect(circle).toMatchObject({ status: 412, reason: 'conditionNotMet' });
    const list = await call('GET', members);
    expect(list.body.members).toMatchObject([{ id, role: 'MANAGER', status: 'ACTIVE' }]);
    const ofUser = await call('GET', `/groups?userKey=${id}`);
    expect(ofUser.body.groups.map((each: Json) => each.id)).toEqual([group.id]);
    expect((await call('GET', `/groups?userKey=${id}&customer=my_customer`)).status).toBe(400);
    expect((await call('GET', `/groups/${outer.id}/hasMember/${id}`)).body).toEqual({ isMember: true });
  });

  it('13: slows down by 403 in three words, by 429 and by 503, and never says for how long', async () => {
    const forms = {
      userRateLimitExceeded: [403, 'userRateLimitExceeded'],
      rateLimitExceeded: [403, 'rateLimitExceeded'],
      quotaExceeded: [403, 'quotaExceeded'],
      tooManyRequests: [429, 'rateLimitExceeded'],
      backendError: [503, 'backendError'],
    } as const;
    for (const [form, expected] of Object.entries(forms)) {
      google.faults.slowDown = form as keyof typeof forms;
      const slow = await call('GET', '/users?customer=my_customer');
      delete google.faults.slowDown;
      expect([slow.status, slow.reason]).toEqual(expected);
      expect(slow.headers.has('retry-after')).toBe(false);
    }
  });

  it('14: two writes to one user at once: the second is 409 conflict', async () => {
    const { id } = await made(named('user'));
    google.writesTake(50);
    const answers = await Promise.all([
      call('PATCH', `/users/${id}`, { suspended: true }),
      call('PATCH', `/users/${id}`, { suspended: false }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)!.reason).toBe('conflict');
  });

  it('15: a super administrator is not for delegated ones, and foreign domains are nobody’s', async () => {
    const { id } = await made(named('boss'));
    await call('POST', `/users/${id}/makeAdmin`, { status: true });
    const delegate = await tokenFor('delegate@contoso.example');
    const touched = await call('PATCH', `/users/${id}`, { suspended: true }, delegate);
    expect(touched).toMatchObject({ status: 403, reason: 'forbidden' });
    expect((await call('DELETE', `/users/${id}`, undefined, delegate)).status).toBe(403);
    expect((await call('PATCH', `/users/${id}`, { suspended: true })).status).toBe(200);
    const foreign = await call('POST', '/users', person('x', { primaryEmail: 'x@fabrikam.example' }));
    expect(foreign).toMatchObject({ status: 403, reason: 'forbidden' });
    expect((await call('GET', '/users/x@fabrikam.example')).status).toBe(403);
    google.account.unverifiedDomains.add('new.example');
    const unverified = await call('POST', '/users', person('x', { primaryEmail: 'x@new.example' }));
    expect(unverified.body.error.message).toMatch(/not verified/);
    expect((await call('GET', '/users?domain=fabrikam.example')).body.error.message).toBe(
      'Domain not found.',
    );
    const broken = await call('POST', '/users', person('x', { primaryEmail: 'x@y@contoso.example' }));
    expect(broken.status).toBe(400);
  });

  it('16: an unmanaged account stands in the way until it is resolved', async () => {
    const name = named('private');
    google.account.unmanaged.add(`${name}@contoso.example`);
    expect((await call('POST', '/users', person(name))).reason).toBe('duplicate');
    const resolved = await call('POST', '/users?resolveConflictAccount=true', person(name));
    expect(resolved.status).toBe(200);
  });

  it('17: a channel begins with a sync message, tells events with its headers, and ends', async () => {
    const heard: { headers: IncomingHttpHeaders; body: string }[] = [];
    const listener = createServer((request, response) => {
      void text(request).then((body) => {
        heard.push({ headers: request.headers, body });
        response.end();
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    const id = named('channel');
    const opened = await call('POST', '/users/watch?customer=my_customer&event=delete', {
      id,
      type: 'web_hook',
      address: `http://127.0.0.1:${port}/`,
      token: 'mine',
      params: { ttl: '60' },
    });
    expect(opened.body).toMatchObject({ kind: 'api#channel', id, token: 'mine' });
    expect(Number(opened.body.expiration) - google.account.now()).toBeGreaterThan(50_000);
    await waitFor(() => heard.length === 1, { what: 'the sync message' });
    expect(heard[0]!.headers).toMatchObject({
      'x-goog-channel-id': id,
      'x-goog-channel-token': 'mine',
      'x-goog-message-number': '1',
      'x-goog-resource-state': 'sync',
      'x-goog-resource-id': opened.body.resourceId,
    });
    const user = await made(named('user'));
    await call('DELETE', `/users/${user.id}`);
    await waitFor(() => heard.length === 2, { what: 'the deletion to be told' });
    expect(heard[1]!.headers).toMatchObject({
      'x-goog-resource-state': 'delete',
      'x-goog-message-number': '2',
    });
    expect(JSON.parse(heard[1]!.body)).toMatchObject({ id: user.id, primaryEmail: user.primaryEmail });
    google.account.advance(61_000);
    const later = await made(named('user'));
    await call('DELETE', `/users/${later.id}`);
    expect(heard).toHaveLength(2);
    await new Promise((resolve) => listener.close(resolve));
  });

  it('18: a hashed password is taken by its form, and no password is ever given back', async () => {
    const hashed = { password: 'a'.repeat(40), hashFunction: 'SHA-1' };
    const { id } = await made(named('user'), hashed);
    await made(named('user'), { password: '$6$salt$hash', hashFunction: 'crypt' });
    for (const wrong of [
      { password: 'plain-text-1', hashFunction: 'MD5' },
      { password: 'a'.repeat(40), hashFunction: 'SHA-512' },
    ])
      expect((await call('POST', '/users', person(named('user'), wrong))).status).toBe(400);
    const { body } = await call('GET', `/users/${id}?projection=full`);
    expect(JSON.stringify(body)).not.toMatch(/password|hashFunction|aaaa/);
  });

  it('19: a deleted user is out of its groups, also when restored', async () => {
    const { id } = await made(named('user'));
    const group = (await call('POST', '/groups', { email: `${named('group')}@contoso.example` })).body;
    await call('POST', `/groups/${group.id}/members`, { id });
    await call('DELETE', `/users/${id}`);
    await call('POST', `/users/${id}/undelete`, { orgUnitPath: '/' });
    expect((await call('GET', `/groups/${group.id}/members`)).body).not.toHaveProperty('members');
  });

  it('20: answers late, or does a write and cuts the connection before the answer', async () => {
    const name = named('user');
    google.faults.dropAfterCommit = 1;
    await expect(call('POST', '/users', person(name))).rejects.toThrow();
    expect((await call('GET', `/users/${name}@contoso.example`)).status).toBe(200);
    google.faults.answerAfterMs = 40;
    const from = performance.now();
    await call('GET', '/users?customer=my_customer');
    delete google.faults.answerAfterMs;
    expect(performance.now() - from).toBeGreaterThan(35);
  });
});
