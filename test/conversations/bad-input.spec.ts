import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createTestDatabase,
  describeOnBothQueues,
  type StartedHub,
  startHub,
  type TestDatabase,
} from '../harness/index.js';
import { expectScimError } from './entra/conversation.js';
import { type Answer, groupBody, type Json, ScimClient, type Sent, urns, userBody } from './scim-client.js';

const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const deepObject = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
const user = (more: string) => `{"schemas":["${urns.user}"],"userName":"bad@contoso.example",${more}}`;
const many = <T>(count: number, make: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => make(at));

/** A body of POST /Users, the answer to it, and what its detail must name. */
const bodies: [what: string, body: string, status: number, scimType: string | undefined, detail: RegExp][] = [
  ['broken JSON', '{"userName": "bad@contoso.example",', 400, 'invalidSyntax', /JSON/],
  ['text', 'userName=bad', 400, 'invalidSyntax', /JSON/],
  ['nothing', '', 400, 'invalidSyntax', /body/i],
  ['an array', '[{"userName":"bad@contoso.example"}]', 400, 'invalidSyntax', /User/],
  ['a string', '"bad@contoso.example"', 400, 'invalidSyntax', /User/],
  ['null', 'null', 400, 'invalidSyntax', /User/],
  ['an empty object', '{}', 400, 'invalidValue', /userName/],
  ['userName missing', `{"displayName":"Bad"}`, 400, 'invalidValue', /userName/],
  ['userName empty', '{"userName":""}', 400, 'invalidValue', /userName/],
  ['userName null', '{"userName":null}', 400, 'invalidValue', /userName/],
  ['userName a number', '{"userName":7}', 400, 'invalidValue', /userName/],
  ['userName an object', '{"userName":{"a":1}}', 400, 'invalidValue', /userName/],
  ['userName twice', '{"userName":"bad@contoso.example","USERNAME":"b"}', 400, 'invalidValue', /userName/],
  ['active a word', user('"active":"perhaps"'), 400, 'invalidValue', /active/],
  ['active a number', user('"active":2'), 400, 'invalidValue', /active/],
  ['displayName an array of two', user('"displayName":["a","b"]'), 400, 'invalidValue', /displayName/],
  ['name a string', user('"name":"Bad Name"'), 400, 'invalidValue', /name/],
  ['emails of numbers', user('"emails":[7]'), 400, 'invalidValue', /emails/],
  ['emails.value an object', user('"emails":[{"value":{}}]'), 400, 'invalidValue', /emails\.value/],
  [
    'two primary e-mails',
    user('"emails":[{"value":"a","primary":true},{"value":"b","primary":true}]'),
    400,
    'invalidValue',
    /emails/,
  ],
  [
    'a certificate that is no base64',
    user('"x509Certificates":[{"value":"%%%"}]'),
    400,
    'invalidValue',
    /x509Certificates/,
  ],
  [
    '10,000 e-mails',
    user(`"emails":${JSON.stringify(many(10_000, (at) => ({ value: `${at}@x` })))}`),
    400,
    'invalidValue',
    /emails.*10000/,
  ],
  [
    '10,000 unknown values',
    user(`"tags":${JSON.stringify(many(10_000, String))}`),
    400,
    'invalidValue',
    /tags.*10000/,
  ],
  ['an unknown attribute 100 levels deep', user(`"extra":${deepObject(100)}`), 400, 'invalidValue', /extra/],
  ['an unknown attribute 100,000 levels deep', user(`"extra":${deep(100_000)}`), 400, undefined, /./],
  ['100,000 levels in a known attribute', user(`"emails":${deep(100_000)}`), 400, undefined, /./],
  ['a body of 100,000 levels', deep(100_000), 400, 'invalidSyntax', /./],
  ['NUL in a value', user('"displayName":"a\\u0000b"'), 400, 'invalidValue', /displayName/],
  ['NUL in userName', '{"userName":"a\\u0000b"}', 400, 'invalidValue', /userName/],
  ['NUL in an unknown value', user('"x":{"y":"\\u0000"}'), 400, 'invalidValue', /x/],
  ['NUL in a name', user('"a\\u0000b":1'), 400, 'invalidValue', /name/],
  ['half a surrogate pair', user('"displayName":"a\\ud800b"'), 400, 'invalidValue', /displayName/],
  ['half a surrogate pair in an unknown value', user('"x":["\\udc00"]'), 400, 'invalidValue', /x/],
  ['__proto__', user('"__proto__":{"admin":true}'), 400, undefined, /./],
  ['__proto__ inside', user('"name":{"__proto__":{"admin":true}}'), 400, undefined, /./],
  ['a name of 10,000 characters', user(`"${'n'.repeat(10_000)}":1`), 400, 'invalidValue', /name/],
  ['a number too large to keep', user('"x":1e999'), 400, 'invalidValue', /x/],
  ['members that are numbers', user('"members":[7]'), 400, undefined, /./],
];

const operations: [what: string, body: unknown, scimType: string, detail: RegExp][] = [
  ['no operations', { schemas: [urns.patch] }, 'invalidSyntax', /Operations/],
  ['operations that are an object', { Operations: { op: 'add' } }, 'invalidSyntax', /Operations/],
  ['an operation that is null', { Operations: [null] }, 'invalidSyntax', /Operations\[0\]/],
  ['no op', { Operations: [{ path: 'title', value: 'x' }] }, 'invalidSyntax', /op/],
  ['op a number', { Operations: [{ op: 1, path: 'title', value: 'x' }] }, 'invalidSyntax', /op/],
  ['path a number', { Operations: [{ op: 'add', path: 1, value: 'x' }] }, 'invalidPath', /path/],
  ['path nonsense', { Operations: [{ op: 'add', path: 'a[[b', value: 'x' }] }, 'invalidPath', /path/],
  [
    'path 10,000 brackets deep',
    { Operations: [{ op: 'add', path: `a[${'('.repeat(10_000)}`, value: 'x' }] },
    'invalidPath',
    /path/,
  ],
  [
    'path __proto__',
    { Operations: [{ op: 'add', path: '__proto__.admin', value: true }] },
    'invalidPath',
    /__proto__/,
  ],
  [
    '__proto__ among the keys',
    '{"Operations":[{"op":"add","value":{"__proto__":{"admin":true}}}]}',
    'invalidValue',
    /__proto__/,
  ],
  ['remove without a path', { Operations: [{ op: 'remove' }] }, 'noTarget', /path/],
  [
    'a value of the wrong type',
    { Operations: [{ op: 'replace', path: 'name', value: 7 }] },
    'invalidValue',
    /name/,
  ],
  [
    'NUL in a value',
    { Operations: [{ op: 'add', path: 'title', value: 'a\u0000' }] },
    'invalidValue',
    /title/,
  ],
  [
    '10,001 operations',
    { Operations: many(10_001, () => ({ op: 'add', path: 'title', value: 'x' })) },
    'invalidSyntax',
    /10000/,
  ],
  [
    'no element to change',
    { Operations: [{ op: 'replace', path: 'emails[value co "@x"].type', value: 'work' }] },
    'noTarget',
    /emails/,
  ],
];

const filters = [
  'unknownAttribute eq "x"',
  'emails[unknown eq "x"]',
  'userName.more eq "x"',
  'userName',
  'userName eq',
  'userName eq "x',
  'userName eq "x" and',
  'userName is "x"',
  'eq "x"',
  '(userName eq "x"',
  'userName eq "x")',
  'not userName eq "x"',
  'emails[type eq "work"',
  'active eq "perhaps"',
  'active gt true',
  'userName eq {"a":1}',
  'userName eq "\\ud800"',
  'userName eq "a\u0000"',
  '"; drop table hub.event; --',
  '__proto__ eq "x"',
  'constructor.name eq "x"',
  '('.repeat(5_000) + 'userName eq "x"' + ')'.repeat(5_000),
  many(400, (at) => `title eq "${at}"`).join(' or ') + ' or',
];

describeOnBothQueues('Bad input', (startQueueServer) => {
  let hub: StartedHub;
  let store: TestDatabase;
  let client: ScimClient;
  let stranger: ScimClient;
  let token: string;
  let mine: { user: string; group: string };
  let head: unknown;
  const open: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    store = await createTestDatabase();
    open.push(() => store.drop());
    const { redisUrl, stop } = await startQueueServer();
    open.push(stop);
    hub = await startHub({ databaseUrl: store.url, redisUrl });
    open.push(() => hub.stop());
    const source = { name: 'Entra', client: 'entra' };
    ({ token } = await hub.admin<{ token: string }>('POST', 'sources', source));
    client = new ScimClient(hub.url, token);
    const { adminKey } = await hub.admin<{ adminKey: string }>('POST', 'tenants', { name: 'Fabrikam' });
    const other = await hub.admin<{ token: string }>('POST', 'sources', source, adminKey);
    stranger = new ScimClient(hub.url, other.token);
    const created = await client.post(
      '/Users',
      userBody({ userName: 'victim@contoso.example', externalId: 'v' }),
    );
    const id = created.body.id as string;
    const group = await client.post(
      '/Groups',
      groupBody({ displayName: 'Victims', members: [{ value: id }] }),
    );
    mine = { user: id, group: group.body.id as string };
  });
  afterAll(async () => {
    client?.close();
    stranger?.close();
    for (const end of open.reverse()) await end();
  });
  beforeEach(async () => {
    head = await everything();
  });
  afterEach(async () => {
    expect(await everything(), 'something was written').toEqual(head);
    expect(await client.get(`/Users/${mine.user}`)).toMatchObject({ status: 200 });
  });

  /** Where the log of every tenant ends, and how many users and groups there are. */
  const everything = () =>
    store.database.query(
      `select tenant_id, position::float8, (select count(*) from hub.event)::int as events
       from hub.tenant_counter order by tenant_id`,
    );
  const send = (sent: Partial<Sent> & { target: string }) => client.send({ method: 'GET', ...sent });

  describe('bodies', () => {
    it.each(bodies)('%s', async (_, body, status, scimType, detail) => {
      const answer = await send({ method: 'POST', target: '/scim/v2/Users', body });
      expectScimError(answer, status, scimType ?? (answer.body.scimType as string), detail);
      expect(['invalidValue', 'invalidSyntax']).toContain(answer.body.scimType);
      expect(({} as Json).admin).toBeUndefined();
    });

    it.each(bodies.filter(([what]) => !what.includes('userName')))(
      '%s, sent as PUT',
      async (_, body, status, scimType, detail) => {
        const answer = await send({ method: 'PUT', target: `/scim/v2/Users/${mine.user}`, body });
        expectScimError(answer, status, scimType ?? (answer.body.scimType as string), detail);
      },
    );

    it.each(operations)('PATCH: %s', async (_, body, scimType, detail) => {
      const answer = await send({ method: 'PATCH', target: `/scim/v2/Users/${mine.user}`, body });
      expectScimError(answer, 400, scimType, detail);
    });

    it.each([
      ['members that are numbers', [7]],
      ['members without an id', [{ display: 'Ada' }]],
      ['members nested', [[['x']]]],
      ['10,000 members nobody knows', many(10_000, () => ({ value: randomUUID() }))],
      ['members with NUL', [{ value: 'a\u0000' }]],
      ['members __proto__', [{ value: '__proto__' }]],
      ['members that are text', 'everyone'],
    ])('groups: %s', async (_, members) => {
      const created = await client.post('/Groups', groupBody({ displayName: 'Bad', members }));
      expectScimError(created, 400, 'invalidValue', /members/);
      const patched = await client.patch(`/Groups/${mine.group}`, {
        op: 'Add',
        path: 'members',
        value: members,
      });
      expectScimError(patched, 400, 'invalidValue', /members/);
    });

    it('a constructor is a name like any other, kept as it came', async () => {
      const body = { userName: 'constructor@contoso.example', constructor: { prototype: { admin: true } } };
      const created = await client.post('/Users', body);
      expect(created, created.text).toMatchObject({ status: 201 });
      const { constructor } = (await client.get(`/Users/${created.body.id as string}`)).body;
      expect(constructor).toEqual(body.constructor);
      head = await everything();
    });

    it('a group without a name', async () => {
      expectScimError(await client.post('/Groups', groupBody({})), 400, 'invalidValue', /displayName/);
    });

    it('a group that would be in itself', async () => {
      const value = [{ value: mine.group }];
      const answer = await client.patch(`/Groups/${mine.group}`, { op: 'Add', path: 'members', value });
      expectScimError(answer, 400, 'invalidValue', /members/);
    });

    it.each([
      ['said to be', `content-length: ${17 * 1024 * 1024}`, '{"userName":"'],
      ['found to be', 'transfer-encoding: chunked', `1100000\r\n${'x'.repeat(17 * 1024 * 1024)}`],
    ])('a body %s huge', async (_, size, body) => {
      const answer = await raw(
        `POST /scim/v2/Users HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer ${token}\r\n` +
          `content-type: application/scim+json\r\n${size}\r\n\r\n${body}`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expect(answer).toMatch(/content-type: application\/scim\+json/i);
      expect(answer).toMatch(/"status":"413".*"detail":"The body is larger/);
    });

    it.each([
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/octet-stream',
      'nonsense',
    ])('content type %s', async (type) => {
      const body = JSON.stringify(userBody({ userName: 'bad@contoso.example' }));
      const headers = { 'content-type': type };
      const answer = await send({ method: 'POST', target: '/scim/v2/Users', body, headers });
      expectScimError(answer, 415, undefined, /application\/scim\+json/);
    });
  });

  describe('filters and paging', () => {
    it.each(filters.map((filter) => [filter.slice(0, 60), filter]))('%s', async (_, filter) => {
      const answer = await client.find('Users', filter);
      // Longer addresses than a server takes are refused before anybody reads them.
      if (answer.status === 414 || answer.status === 431) return;
      expectScimError(answer, 400, 'invalidFilter', /.{20}/);
    });

    it.each(['%', '%zz', '%ff%fe', '%00', 'userName%20eq%20%22%ED%A0%80%22'])('filter=%s', async (filter) => {
      const answer = await send({ target: `/scim/v2/Users?filter=${filter}` });
      if (answer.status === 200) expect(answer.body.totalResults).toBe(0);
      else expectScimError(answer, 400, 'invalidFilter');
    });

    it('two filters', async () => {
      const answer = await send({ target: '/scim/v2/Users?filter=userName+pr&filter=title+pr' });
      expectScimError(answer, 400, 'invalidFilter', /filter/);
    });

    it.each([
      'startIndex=one',
      'count=many',
      'count=1.5',
      'count=1e9',
      'startIndex=99999999999',
      'count=1&count=2',
    ])('%s', async (query) => {
      expectScimError(
        await send({ target: `/scim/v2/Users?${query}` }),
        400,
        'invalidValue',
        /startIndex|count/,
      );
    });
  });

  describe('who calls', () => {
    const refused: [string, string | undefined][] = [
      ['no token', undefined],
      ['an empty header', ''],
      ['no scheme', 'rcs_abc'],
      ['an empty token', 'Bearer '],
      ['a wrong token', 'Bearer rcs_0123456789abcdefghijklmnopqrstuvwxyz0123456789'],
      ['another scheme', 'Basic dXNlcjpwYXNz'],
      ['a very long token', `Bearer rcs_${'x'.repeat(8_000)}`],
      ['a token with odd characters', "Bearer rcs_' or '1'='1"],
    ];
    it.each(refused)('%s', async (_, authorization) => {
      for (const [method, target] of [
        ['GET', '/scim/v2/Users'],
        ['POST', '/scim/v2/Users'],
        ['PATCH', `/scim/v2/Groups/${mine.group}`],
        ['DELETE', `/scim/v2/Users/${mine.user}`],
        ['GET', '/scim/v2/ServiceProviderConfig'],
      ] as const) {
        const body = method === 'GET' ? undefined : userBody({ userName: 'bad@contoso.example' });
        const answer = await send({ method, target, body, headers: { authorization } });
        expectScimError(answer, 401, undefined, /token/);
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
      }
    });

    it('the admin key is no token of a source', async () => {
      const headers = { authorization: `Bearer ${hub.keys.adminKey}` };
      expectScimError(await send({ target: '/scim/v2/Users', headers }), 401, undefined, /token/);
    });

    it('the token of a source is no admin key', async () => {
      expect(await send({ target: '/api/v1/sources' })).toMatchObject({ status: 401 });
    });

    it('another tenant sees nothing and changes nothing', async () => {
      const users = `/Users/${mine.user}`;
      const groups = `/Groups/${mine.group}`;
      const change = { op: 'Replace', path: 'displayName', value: 'Taken over' };
      for (const path of [users, groups]) {
        expectScimError(await stranger.get(path), 404);
        expectScimError(await stranger.patch(path, change), 404);
        expectScimError(await stranger.put(path, { userName: 'mine', displayName: 'mine' }), 404);
        expectScimError(await stranger.delete(path), 404);
      }
      for (const filter of [
        'userName eq "victim@contoso.example"',
        'externalId eq "v"',
        `id eq "${mine.user}"`,
        'id pr',
      ])
        expect((await stranger.find('Users', filter)).body).toMatchObject({ totalResults: 0, Resources: [] });
      for (const filter of [
        'displayName eq "Victims"',
        `members.value eq "${mine.user}"`,
        `id eq "${mine.group}"`,
      ])
        expect((await stranger.find('Groups', filter)).body).toMatchObject({
          totalResults: 0,
          Resources: [],
        });
      expect((await stranger.get('/Users')).body.totalResults).toBe(0);
      expect((await stranger.get('/Groups')).body.totalResults).toBe(0);
      const member = await stranger.post(
        '/Groups',
        groupBody({ displayName: 'Theirs', members: [{ value: mine.user }] }),
      );
      expectScimError(member, 400, 'invalidValue', /members/);
    });

    it('the same names are free for another tenant', async () => {
      const before = (await client.get('/Users')).body.totalResults;
      const theirs = await stranger.post('/Users', userBody({ userName: 'victim@contoso.example' }));
      expect(theirs, theirs.text).toMatchObject({ status: 201 });
      expect(theirs.body.id).not.toBe(mine.user);
      expect((await client.get('/Users')).body.totalResults).toBe(before);
      head = await everything();
    });
  });

  describe('paths and methods', () => {
    const odd = [
      '/scim/v2/Users/not-a-uuid',
      '/scim/v2/Users/00000000-0000-0000-0000-000000000000',
      `/scim/v2/Users/${'9'.repeat(400)}`,
      `/scim/v2/Users/${'9'.repeat(5_000)}`,
      '/scim/v2/Users/%00',
      '/scim/v2/Users/a%00b',
      '/scim/v2/Users/%2e%2e%2f%2e%2e%2fapi%2fv1%2fsources',
      '/scim/v2/Users/..%2f..%2f..%2fapi%2fv1%2fsources',
      '/scim/v2/Users/..%5c..%5capi',
      "/scim/v2/Users/'%20or%201=1--",
      '/scim/v2/Users/%ff%fe',
      '/scim/v2/Users/%zz',
      '/scim/v2/Users/__proto__',
      '/scim/v2/Nothing',
      '/scim/v2/Users/x/y/z',
      '/scim/v2/',
      '/scim/v2',
      '/scim/v2/Bulk',
      '/scim/v2/Schemas/__proto__',
      '/scim/v2/ResourceTypes/constructor',
    ];
    it.each(odd.map((target) => [target.slice(0, 60), target]))('GET %s', async (_, target) => {
      const answer = await send({ target });
      expect([400, 404, 414], answer.text).toContain(answer.status);
      expectScimError(answer, answer.status, answer.body.scimType as string | undefined);
      if (answer.status === 404) expect(answer.body.scimType).toBeUndefined();
    });

    it.each(
      odd.filter((target) => target.includes('/Users/')).map((target) => [target.slice(0, 60), target]),
    )('PATCH and DELETE %s', async (_, target) => {
      const body = { Operations: [{ op: 'Replace', path: 'title', value: 'x' }] };
      for (const method of ['PATCH', 'DELETE']) {
        const answer = await send({ method, target, body: method === 'PATCH' ? body : undefined });
        expect([400, 404, 414], answer.text).toContain(answer.status);
        expectScimError(answer, answer.status, answer.body.scimType as string | undefined);
      }
    });

    it.each([
      '/scim/v2/Users/../../api/v1/sources',
      '/scim/v2/../../api/v1/sources',
      '/scim/v2/./Users/../../../api/v1/tenants',
      '/scim/v2//api/v1/sources',
      '//api/v1/sources',
      '/scim/v2/Users/..;/..;/api/v1/sources',
    ])('%s leads nowhere', async (target) => {
      const answer = await send({ target });
      expect([400, 401, 404], answer.text).toContain(answer.status);
      expect(answer.text).not.toContain('scimUrl');
    });

    it.each([
      ['POST', '/scim/v2/Users/{id}'],
      ['PUT', '/scim/v2/Users'],
      ['PATCH', '/scim/v2/Users'],
      ['DELETE', '/scim/v2/Users'],
      ['POST', '/scim/v2/ServiceProviderConfig'],
      ['DELETE', '/scim/v2/Schemas'],
      ['OPTIONS', '/scim/v2/Users'],
      ['TRACE', '/scim/v2/Users'],
    ])('%s %s', async (method, target) => {
      const answer = await send({
        method,
        target: target.replace('{id}', mine.user),
        ...(method === 'POST' || method === 'PUT' || method === 'PATCH'
          ? { body: userBody({ userName: 'bad@contoso.example' }) }
          : {}),
      });
      expect([404, 405, 501]).toContain(answer.status);
      expectScimError(answer, answer.status, undefined, new RegExp(method));
    });

    it('no HTTP at all', async () => {
      for (const text of [
        'nonsense\r\n\r\n',
        'GET  HTTP/9\r\n\r\n',
        'GET / HTTP/1.1\r\nhost: a\r\nx: \u0000\r\n\r\n',
      ])
        expect(await raw(text)).toMatch(/^HTTP\/1\.1 400 /);
    });
  });

  it('two versions at once: If-Match of an old one is refused', async () => {
    const target = `/scim/v2/Users/${mine.user}`;
    const body = { Operations: [{ op: 'Replace', path: 'title', value: 'x' }] };
    for (const match of ['W/"99"', '"0"', 'nonsense']) {
      const answer = await send({ method: 'PATCH', target, body, headers: { 'if-match': match } });
      expectScimError(answer, 412, undefined, /version/);
    }
  });

  it('names and values too long for an index are kept or refused, never a failure of the server', async () => {
    const random = many(500, () => randomUUID()).join('');
    const answers: Answer[] = [
      await client.post('/Users', userBody({ userName: random })),
      await client.post('/Groups', groupBody({ displayName: random })),
    ];
    for (const answer of answers) expectScimError(answer, 400, 'invalidValue', /userName|displayName/);
    const kept = {
      externalId: random,
      displayName: random,
      emails: [{ type: 'work', value: random }],
      badge: random,
    };
    const created = await client.post('/Users', userBody({ userName: 'long@contoso.example', ...kept }));
    expect(created, created.text.slice(0, 300)).toMatchObject({ status: 201, body: kept });
    head = await everything();
    expect(
      (await client.find('Users', 'displayName sw "' + random.slice(0, 500) + '"')).body.totalResults,
    ).toBe(1);
    for (const filter of [`userName eq "${random.slice(0, 4_000)}"`, `title eq "${random.slice(0, 4_000)}"`])
      expect((await client.find('Users', filter)).body).toMatchObject({ totalResults: 0 });
  });

  it('after all of it the hub has not written a word about trouble of its own', () => {
    expect(hub.output()).not.toMatch(/SCIM request failed|Request failed|unhandled/i);
  });

  function raw(text: string): Promise<string> {
    const { hostname, port } = new URL(hub.url);
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.write(text));
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        answer += chunk;
        socket.end();
      });
      // A server that has answered may close while more is being sent.
      socket.on('close', () => resolve(answer)).on('error', (error) => answer || reject(error));
    });
  }
});
