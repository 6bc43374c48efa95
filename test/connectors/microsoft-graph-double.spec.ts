import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { SignJWT } from 'jose';
import { apps, type GraphDouble, startGraphDouble } from '../doubles/microsoft-graph/graph-double.js';
import type { Json } from '../doubles/microsoft-graph/graph-error.js';

/** What the double of Microsoft Graph does is what Microsoft documents; each title names one behaviour. */

let double: GraphDouble;
let now: number;

beforeAll(async () => {
  double = await startGraphDouble();
});
afterAll(() => double.stop());
beforeEach(() => {
  const { directory } = double;
  directory.objects.clear();
  directory.deleted.clear();
  directory.changes.length = 0;
  directory.lag = { byIdMs: 0, inListsMs: 0 };
  now = Date.now();
  directory.clock = () => now;
  double.throttle = undefined;
  double.outage = undefined;
  double.manner.pageSize = 200;
});

interface Answer {
  status: number;
  headers: Headers;
  body: Json;
}

async function token(form: Record<string, string>, tenant = double.tenant): Promise<Answer> {
  const response = await fetch(`${double.authority}/${tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
      ...form,
    }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
}
const good = { client_id: apps.writer.clientId, client_secret: apps.writer.secret };

let held: string | undefined;
async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  held ??= (await token(good)).body.access_token as string;
  const response = await fetch(path.startsWith('http') ? path : `${double.graphUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${held}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : {}) as Json };
}

let serial = 0;
const newUser = (further: Json = {}): Json => ({
  accountEnabled: true,
  displayName: 'Ada Lovelace',
  mailNickname: 'ada',
  userPrincipalName: `ada${++serial}@contoso.example`,
  passwordProfile: { password: 'Xy12!abcd', forceChangePasswordNextSignIn: true },
  ...further,
});
const newGroup = (further: Json = {}): Json => ({
  displayName: 'Engineering',
  mailEnabled: false,
  mailNickname: 'engineering',
  securityEnabled: true,
  ...further,
});
const user = async (further?: Json): Promise<Json> => (await ask('POST', '/users', newUser(further))).body;
const group = async (further?: Json): Promise<Json> => (await ask('POST', '/groups', newGroup(further))).body;
const reference = (id: string) => ({ '@odata.id': `${double.graphUrl}/directoryObjects/${id}` });
const eventual = { consistencylevel: 'eventual' };

it('1 gives tokens for a secret, refuses wrong ones by their AADSTS number, and 401 follows when they end', async () => {
  const given = await token(good);
  expect(given).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3599 } });
  const wrong: [Record<string, string>, number, number][] = [
    [{ ...good, client_secret: 'wrong' }, 401, 7000215],
    [{ ...good, client_id: 'somebody' }, 400, 700016],
    [{ ...good, scope: 'User.Read' }, 400, 1002012],
    [{ ...good, grant_type: 'password' }, 400, 70003],
  ];
  for (const [form, status, code] of wrong)
    expect(await token(form)).toMatchObject({ status, body: { error_codes: [code] } });
  expect(await token(good, 'fabrikam.example')).toMatchObject({
    status: 400,
    body: { error_codes: [90002] },
  });
  const old = { authorization: `Bearer ${given.body.access_token}` };
  expect((await ask('GET', '/users', undefined, old)).status).toBe(200);
  double.tokens.expireAll();
  expect(await ask('GET', '/users', undefined, old)).toMatchObject({
    status: 401,
    body: { error: { code: 'InvalidAuthenticationToken' } },
  });
  held = undefined;
});

it('1 refuses an assertion signed by a key of which no certificate is registered', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: 'PS256', 'x5t#S256': 'unknown' })
    .sign(privateKey);
  const form = {
    client_id: apps.writer.clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
  expect(await token(form)).toMatchObject({ status: 401, body: { error_codes: [700027] } });
});

it.each(['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName', 'passwordProfile'])(
  '2 makes no user without %s',
  async (name) => {
    const answer = await ask('POST', '/users', newUser({ [name]: undefined }));
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'Request_BadRequest', details: [{ target: name }] } },
    });
  },
);

it('3 takes names in verified domains alone', async () => {
  const answer = await ask('POST', '/users', newUser({ userPrincipalName: 'ada@fabrikam.example' }));
  expect(answer).toMatchObject({
    status: 400,
    body: { error: { details: [{ target: 'userPrincipalName' }] } },
  });
});

it('4 tells a name that is taken with 400 and ObjectConflict, whatever its case', async () => {
  const { userPrincipalName } = await user();
  const answer = await ask('POST', '/users', newUser({ userPrincipalName: userPrincipalName.toUpperCase() }));
  expect(answer.status).toBe(400);
  expect(answer.body.error).toMatchObject({
    code: 'Request_BadRequest',
    details: [{ code: 'ObjectConflict', target: 'userPrincipalName' }, { code: 'ConflictingObjects' }],
    innerError: { 'request-id': expect.any(String) },
  });
});

it('5 creates with 201, changes and deletes with 204 and no body', async () => {
  const created = await ask('POST', '/users', newUser());
  expect(created).toMatchObject({ status: 201, body: { id: expect.any(String) } });
  const path = `/users/${created.body.id}`;
  expect(await ask('PATCH', path, { jobTitle: 'Engineer' })).toMatchObject({ status: 204, body: {} });
  expect(await ask('DELETE', path)).toMatchObject({ status: 204, body: {} });
});

it('6 shows what is new late: by id after a while, in lists later', async () => {
  double.directory.lag = { byIdMs: 1_000, inListsMs: 3_000 };
  const { id } = await user();
  const engineers = await group();
  now += 500;
  for (const [method, path, body] of [
    ['GET', `/users/${id}`, undefined],
    ['PATCH', `/users/${id}`, { jobTitle: 'Engineer' }],
    ['POST', `/groups/${engineers.id}/members/$ref`, reference(id)],
  ] as const)
    expect(await ask(method, path, body)).toMatchObject({
      status: 404,
      body: { error: { code: 'Request_ResourceNotFound' } },
    });
  now += 1_000;
  expect((await ask('GET', `/users/${id}`)).status).toBe(200);
  expect((await ask('GET', '/users')).body.value).toEqual([]);
  now += 2_000;
  expect((await ask('GET', '/users')).body.value).toHaveLength(1);
});

it('7 gives a default set, more by $select, and the manager only where it is expanded', async () => {
  const { id } = await user({ department: 'Engineering' });
  const boss = await user();
  await ask('PUT', `/users/${id}/manager/$ref`, reference(boss.id));
  const plain = (await ask('GET', `/users/${id}`)).body;
  expect(plain).toMatchObject({ displayName: 'Ada Lovelace' });
  for (const name of ['department', 'accountEnabled', 'manager']) expect(plain).not.toHaveProperty(name);
  const whole = await ask(
    'GET',
    `/users/${id}?$select=id,department,accountEnabled&$expand=manager($select=id)`,
  );
  expect(whole.body).toMatchObject({
    department: 'Engineering',
    accountEnabled: true,
    manager: { id: boss.id },
  });
  expect((await ask('GET', `/users/${id}/manager`)).body.id).toBe(boss.id);
  expect((await ask('GET', `/users/${id}?$select=shoeSize`)).status).toBe(400);
});

it('8 pages by absolute links with opaque tokens, and refuses what was changed or is too much', async () => {
  for (let made = 0; made < 5; made += 1) await user();
  const first = (await ask('GET', '/users?$top=2&$select=id')).body;
  expect(first['@odata.nextLink']).toMatch(/^http:.*\$?skiptoken/);
  const second = (await ask('GET', first['@odata.nextLink'])).body;
  const third = (await ask('GET', second['@odata.nextLink'])).body;
  const ids = [first, second, third].flatMap(({ value }) => value.map((each: Json) => each.id as string));
  expect(new Set(ids).size).toBe(5);
  expect(third).not.toHaveProperty('@odata.nextLink');
  const link = new URL(first['@odata.nextLink'] as string);
  link.searchParams.set('$skiptoken', `x${link.searchParams.get('$skiptoken')}`);
  expect((await ask('GET', link.href)).status).toBe(400);
  expect((await ask('GET', '/users?$top=1000')).status).toBe(400);
});

it.each([
  "/users?$filter=department ne 'Sales'",
  "/users?$filter=not(department eq 'Sales')",
  "/users?$filter=endsWith(userPrincipalName,'@contoso.example')",
  '/users?$search="displayName:Ada"',
  "/users?$filter=department eq 'Sales'&$count=true",
])('9 wants ConsistencyLevel for %s', async (path) => {
  await user();
  expect(await ask('GET', path)).toMatchObject({
    status: 400,
    body: { error: { code: 'Request_UnsupportedQuery' } },
  });
  const advanced = await ask(
    'GET',
    `${path}${path.includes('$count') ? '' : '&$count=true'}`,
    undefined,
    eventual,
  );
  expect(advanced.status).toBe(200);
});

it('9 searches by equality without it', async () => {
  const { id } = await user({ displayName: "Flann O'Brien", otherMails: ['flann@example.org'] });
  await user();
  for (const filter of [
    "displayName eq 'Flann O''Brien'",
    "startsWith(displayName,'flann') and accountEnabled eq true",
    "otherMails/any(m:m eq 'flann@example.org')",
    `id in ('${id}')`,
  ]) {
    const { body } = await ask('GET', `/users?$filter=${encodeURIComponent(filter)}`);
    expect(body.value?.map((each: Json) => each.id)).toEqual([id]);
  }
  expect((await ask('GET', '/users?$filter=displayName like Ada')).status).toBe(400);
});

async function round(link: string): Promise<{ items: Json[]; pages: Json[]; deltaLink: string }> {
  const pages: Json[] = [];
  for (let next: string | undefined = link; next; next = pages.at(-1)!['@odata.nextLink'])
    pages.push((await ask('GET', next)).body);
  return { items: pages.flatMap(({ value }) => value), pages, deltaLink: pages.at(-1)!['@odata.deltaLink'] };
}

it('10 delta: begins from now, has empty pages and repetitions, tells removals, tracks what is selected', async () => {
  double.manner.pageSize = 2;
  const [kept, binned, purged] = [await user(), await user(), await user()];
  const latest = await ask('GET', '/users/delta?$select=jobTitle&$deltatoken=latest');
  expect(latest.body.value).toEqual([]);
  await ask('PATCH', `/users/${kept.id}`, { jobTitle: 'Engineer' });
  await ask('DELETE', `/users/${binned.id}`);
  await ask('DELETE', `/users/${purged.id}`);
  await ask('DELETE', `/directory/deletedItems/${purged.id}`);
  const made = await user();
  const { items, pages, deltaLink } = await round(latest.body['@odata.deltaLink']);
  expect(pages[0]!.value).toEqual([]);
  expect(items.length).toBeGreaterThan(new Set(items.map(({ id }) => id)).size);
  const byId = new Map(items.map((each) => [each.id, each]));
  expect(byId.get(kept.id)).toMatchObject({ jobTitle: 'Engineer' });
  expect(byId.get(binned.id)).toMatchObject({ '@removed': { reason: 'changed' } });
  expect(byId.get(purged.id)).toMatchObject({ '@removed': { reason: 'deleted' } });
  expect(byId.has(made.id)).toBe(true);
  await ask('PATCH', `/users/${kept.id}`, { city: 'London' });
  expect((await round(deltaLink)).items).toEqual([]);
  expect((await ask('GET', '/users/delta?$top=5')).status).toBe(400);
  expect((await ask('GET', "/users/delta?$filter=displayName eq 'Ada'")).status).toBe(400);
  expect((await round(`/users/delta?$filter=id eq '${made.id}'`)).items).toHaveLength(1);
});

it('10 delta: members of groups come and go, the manager is told, what is new comes late', async () => {
  const [ada, grace, engineers] = [await user(), await user(), await group()];
  const start = (path: string) =>
    ask('GET', `${path}&$deltatoken=latest`).then(({ body }) => body['@odata.deltaLink']);
  const [groups, users] = [
    await start('/groups/delta?$select=displayName,members'),
    await start('/users/delta?$select=manager'),
  ];
  await ask('POST', `/groups/${engineers.id}/members/$ref`, reference(ada.id));
  await ask('DELETE', `/groups/${engineers.id}/members/${ada.id}/$ref`);
  await ask('PUT', `/users/${ada.id}/manager/$ref`, reference(grace.id));
  expect((await round(groups)).items[0]!['members@delta']).toEqual([
    { '@odata.type': '#microsoft.graph.user', id: ada.id },
    { '@odata.type': '#microsoft.graph.user', id: ada.id, '@removed': { reason: 'deleted' } },
  ]);
  expect((await round(users)).items[0]).toMatchObject({ id: ada.id, 'manager@delta': [{ id: grace.id }] });
  double.directory.lag = { byIdMs: 0, inListsMs: 5_000 };
  now += 5_000;
  const { deltaLink } = await round(users);
  const late = await user();
  expect((await round(deltaLink)).items).toEqual([]);
  now += 5_000;
  expect((await round(deltaLink)).items.map(({ id }) => id)).toEqual([late.id]);
});

it.each([
  ['gone', 410],
  ['not-found', 400],
] as const)('10 delta: a token ends after seven days (%s)', async (expiry, status) => {
  double.manner.expiry = expiry;
  const { body } = await ask('GET', '/users/delta?$deltatoken=latest');
  now += 7 * 86_400_000 + 1;
  const answer = await ask('GET', body['@odata.deltaLink']);
  expect(answer).toMatchObject({ status, body: { error: { code: 'syncStateNotFound' } } });
  if (expiry === 'gone') expect(answer.headers.get('location')).toMatch(/\$deltatoken=$/);
});

it('11 keeps deleted users for a while: restores them, not over somebody with the name, and purges', async () => {
  const { id, userPrincipalName } = await user();
  await ask('DELETE', `/users/${id}`);
  expect((await ask('GET', `/users/${id}`)).status).toBe(404);
  const binned = (
    await ask('GET', '/directory/deletedItems/microsoft.graph.user?$select=id,userPrincipalName')
  ).body;
  expect(binned.value).toEqual([{ id, userPrincipalName: `${id.replaceAll('-', '')}${userPrincipalName}` }]);
  const second = await user({ userPrincipalName });
  expect(await ask('POST', `/directory/deletedItems/${id}/restore`)).toMatchObject({
    status: 400,
    body: { error: { details: [{ code: 'ObjectConflict' }, {}] } },
  });
  await ask('DELETE', `/users/${second.id}`);
  expect(await ask('POST', `/directory/deletedItems/${id}/restore`)).toMatchObject({
    status: 200,
    body: { id, userPrincipalName },
  });
  expect((await ask('DELETE', `/directory/deletedItems/${second.id}`)).status).toBe(204);
  expect((await ask('POST', `/directory/deletedItems/${second.id}/restore`)).status).toBe(404);
});

it('11 keeps deleted Microsoft 365 groups, and no security groups', async () => {
  const [security, unified] = [
    await group(),
    await group({ groupTypes: ['Unified'], mailEnabled: true, mailNickname: 'team', securityEnabled: false }),
  ];
  await ask('DELETE', `/groups/${security.id}`);
  await ask('DELETE', `/groups/${unified.id}`);
  const { value } = (await ask('GET', '/directory/deletedItems/microsoft.graph.group')).body;
  expect(value.map(({ id }: Json) => id)).toEqual([unified.id]);
});

it('12 members: 204 once, 400 when there, 404 when unknown; 20 in a call, all or nothing', async () => {
  const engineers = await group();
  const members = `/groups/${engineers.id}/members`;
  const people = [await user(), await user(), await user()].map(({ id }) => id as string);
  expect((await ask('POST', `${members}/$ref`, reference(people[0]!))).status).toBe(204);
  expect(await ask('POST', `${members}/$ref`, reference(people[0]!))).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining('already exist') } },
  });
  expect(
    (await ask('POST', `${members}/$ref`, reference('00000000-0000-4000-8000-000000000000'))).status,
  ).toBe(404);
  const bind = (ids: string[]) =>
    ask('PATCH', `/groups/${engineers.id}`, {
      'members@odata.bind': ids.map((id) => reference(id)['@odata.id']),
    });
  expect((await bind(Array.from({ length: 21 }, () => people[1]!))).status).toBe(400);
  expect((await bind([people[1]!, people[0]!])).status).toBe(400);
  expect((await ask('GET', members)).body.value).toHaveLength(1);
  expect((await bind(people.slice(1))).status).toBe(204);
  expect((await ask('GET', `${members}?$top=2`)).body['@odata.nextLink']).toBeDefined();
  expect((await ask('DELETE', `${members}/${people[0]}/$ref`)).status).toBe(204);
  expect((await ask('DELETE', `${members}/${people[0]}/$ref`)).status).toBe(404);
  await ask('DELETE', `/users/${people[1]}`);
  expect((await ask('GET', members)).body.value.map(({ id }: Json) => id)).toEqual([people[2]]);
});

it('13 batch: 20 at most, an answer for each in any order, failed dependencies, no id twice', async () => {
  const ada = await user();
  const parts = (requests: Json[]) => ask('POST', '/$batch', { requests });
  const get = (id: string, further: Json = {}) => ({
    id,
    method: 'GET',
    url: `/users/${ada.id}`,
    ...further,
  });
  const { status, body } = await parts([
    get('1'),
    { id: '2', method: 'GET', url: '/users/nobody@contoso.example' },
    get('3', { dependsOn: ['2'] }),
    { id: '4', method: 'PATCH', url: `/users/${ada.id}`, body: { city: 'London' } },
  ]);
  expect(status).toBe(200);
  expect(body.responses.map((each: Json) => [each.id, each.status])).toEqual([
    ['4', 400],
    ['3', 424],
    ['2', 404],
    ['1', 200],
  ]);
  expect((await parts(Array.from({ length: 21 }, (_, at) => get(String(at))))).status).toBe(400);
  expect((await parts([get('1'), get('1')])).status).toBe(400);
  double.throttle = { bucket: 'read', retryAfterSeconds: 7, times: 1 };
  const throttled = await parts([get('1'), get('2')]);
  expect(throttled.status).toBe(200);
  expect(throttled.body.responses.map((each: Json) => each.status)).toEqual([200, 429]);
  expect(throttled.body.responses[1].headers['retry-after']).toBe('7');
});

it('14 slows down with and without Retry-After, reads and writes apart', async () => {
  double.throttle = { bucket: 'write', retryAfterSeconds: 3, times: 1 };
  expect((await ask('GET', '/users')).status).toBe(200);
  const answer = await ask('POST', '/users', newUser());
  expect(answer).toMatchObject({ status: 429, body: { error: { code: 'TooManyRequests' } } });
  expect(answer.headers.get('retry-after')).toBe('3');
  for (const name of [
    'x-ms-resource-unit',
    'x-ms-throttle-limit-percentage',
    'x-ms-throttle-scope',
    'x-ms-throttle-information',
  ])
    expect(answer.headers.get(name)).toBeTruthy();
  double.throttle = { bucket: 'read', times: 1 };
  const silent = await ask('GET', '/users');
  expect(silent.status).toBe(429);
  expect(silent.headers.get('retry-after')).toBeNull();
});

it.each([503, 504] as const)('15 is away for a while with %i and Retry-After', async (status) => {
  double.outage = { status, retryAfterSeconds: 4, times: 1 };
  const answer = await ask('GET', '/users');
  expect(answer.status).toBe(status);
  expect(answer.headers.get('retry-after')).toBe('4');
  expect((await ask('GET', '/users')).status).toBe(200);
});

it('16 keeps apps from administrators, dynamic groups and what is synchronised', async () => {
  const admin = double.seed('user', newUser(), true);
  const synced = double.seed('user', newUser({ onPremisesSyncEnabled: true }));
  const dynamic = double.seed(
    'group',
    newGroup({ groupTypes: ['DynamicMembership'], membershipRule: 'user.x eq 1' }),
  );
  const ada = await user();
  const denied = { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } };
  expect(await ask('PATCH', `/users/${admin.id}`, { accountEnabled: false })).toMatchObject(denied);
  expect((await ask('PATCH', `/users/${admin.id}`, { jobTitle: 'Head' })).status).toBe(204);
  expect(await ask('DELETE', `/users/${admin.id}`)).toMatchObject(denied);
  expect(await ask('POST', `/groups/${dynamic.id}/members/$ref`, reference(ada.id))).toMatchObject(denied);
  // As seen in https://github.com/microsoftgraph/microsoft-graph-docs/issues/18038
  expect(await ask('PATCH', `/users/${synced.id}`, { jobTitle: 'Head' })).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining('on-premises mastered') } },
  });
});

it('17 clears by null, and refuses properties and values it does not know', async () => {
  const { id } = await user({ jobTitle: 'Engineer', businessPhones: ['1'] });
  expect((await ask('PATCH', `/users/${id}`, { jobTitle: null, businessPhones: [] })).status).toBe(204);
  expect((await ask('GET', `/users/${id}`)).body).toMatchObject({ jobTitle: null, businessPhones: [] });
  const wrong: Json[] = [
    { shoeSize: '9' },
    { businessPhones: ['1', '2'] },
    { businessPhones: null },
    { jobTitle: '' },
    { displayName: null },
    { usageLocation: 'England' },
    { createdDateTime: '2020-01-01T00:00:00Z' },
  ];
  for (const body of wrong) expect((await ask('PATCH', `/users/${id}`, body)).status).toBe(400);
});

it('18 has a password policy, and never gives a password back', async () => {
  const weak = await ask('POST', '/users', newUser({ passwordProfile: { password: 'password' } }));
  expect(weak).toMatchObject({
    status: 400,
    body: { error: { details: [{ code: 'PasswordPolicyViolation' }] } },
  });
  const { id } = await user();
  const seen = await ask('GET', `/users/${id}?$select=id,passwordProfile`);
  expect(JSON.stringify(seen.body)).not.toContain('Xy12!abcd');
});

it('19 revokes sessions; sets, reads and clears the manager', async () => {
  const [ada, boss] = [await user(), await user()];
  expect((await ask('POST', `/users/${ada.id}/revokeSignInSessions`)).status).toBe(200);
  const manager = `/users/${ada.id}/manager`;
  expect((await ask('GET', manager)).status).toBe(404);
  expect((await ask('PUT', `${manager}/$ref`, reference(boss.id))).status).toBe(204);
  expect(
    (await ask('PUT', `${manager}/$ref`, reference('00000000-0000-4000-8000-000000000000'))).status,
  ).toBe(404);
  expect((await ask('DELETE', `${manager}/$ref`)).status).toBe(204);
  expect((await ask('DELETE', `${manager}/$ref`)).status).toBe(404);
});

it('20 can do what it was asked to and lose the answer', async () => {
  double.dropAfterCommit = 1;
  const body = newUser();
  await expect(ask('POST', '/users', body)).rejects.toThrow();
  expect((await ask('GET', `/users/${body.userPrincipalName}`)).status).toBe(200);
});
