import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { createTestDatabase, startHubHere, type TestDatabase, waitFor } from '../harness/index.js';
import { type Json, type ScimAnswer, ScimSource } from '../harness/scim-source.js';

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';

let test: TestDatabase;
let hub: RunningHub;
let key: string;
let entra: ScimSource;
let entraId: string;
beforeAll(async () => {
  test = await createTestDatabase();
  hub = await startHubHere({ DATABASE_URL: test.url });
  key = (await call('POST', 'tenants', { name: 'north' }, hub.keys.adminKey)).body.adminKey;
  const made = await call('POST', 'sources', { name: 'Entra', client: 'entra' });
  entraId = made.body.id;
  entra = new ScimSource(`${hub.url}/scim/v2`, made.body.token);
});
afterAll(async () => {
  await hub?.stop();
  await test?.drop();
});

async function call(
  method: string,
  path: string,
  body?: unknown,
  by = key,
): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${hub.url}/api/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${by}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : undefined };
}

const search = async (parameters: Record<string, string> = {}): Promise<Json[]> => {
  const { status, body } = await call('GET', `request-log?${new URLSearchParams(parameters).toString()}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body.items;
};

const meanings = async (parameters: Record<string, string>) =>
  (await search(parameters)).map(({ meaning }) => meaning);

const entry = async (id: string | null) => (await call('GET', `request-log/${id}`)).body;

const blockedAppends = async () => {
  const rows = await test.database.query(
    `select from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock' and query ~ 'hub.append'`,
  );
  return rows.length > 0;
};

const user = (userName: string, more: Json = {}) => ({ schemas: [userSchema], userName, ...more });

describe('the request log', () => {
  it('has of a request all that an administrator asks for', async () => {
    const created = await entra.send(
      'POST',
      '/Users',
      user('ann@contoso.com', { active: 'True', title: 'CTO' }),
      {
        'user-agent': 'Some Client/1.0',
      },
    );
    expect(created.status).toBe(201);
    const id = created.headers.get('x-request-id');
    const logged = await entry(id);
    expect(logged).toEqual({
      id,
      at: expect.any(String),
      source: { id: entraId, name: 'Entra' },
      client: 'entra',
      userAgent: 'Some Client/1.0',
      method: 'POST',
      path: '/Users',
      meaning: 'create user "ann@contoso.com"',
      subject: { type: 'user', id: created.body.id, display: 'ann@contoso.com' },
      status: 201,
      failed: false,
      scimType: null,
      detail: null,
      durationMs: expect.any(Number),
      eventCount: 1,
      deviationCount: 1,
      body: { schemas: [userSchema], userName: 'ann@contoso.com', active: 'True', title: 'CTO' },
      events: [{ type: 'user.created', position: expect.any(Number), subjectId: created.body.id }],
      deviations: [{ path: 'active', detail: expect.stringContaining('"True"') }],
    });
    const [event] = await test.database.query<{ type: string; metadata: Json }>(
      'select type, metadata from hub.event where stream_id = $1 and position = $2',
      [created.body.id, logged.events[0].position],
    );
    expect(event).toMatchObject({ type: 'user.created', metadata: { requestId: id } });
    expect(Math.abs(Date.parse(logged.at) - Date.now())).toBeLessThan(60_000);
  });

  it('names the subject of a read and of a refused change', async () => {
    const id = await entra.make('/Users', user('bea@contoso.com'));
    await entra.get(`/Users/${id}`);
    await entra.send('PATCH', `/Users/${id}`, {
      schemas: [patchOp],
      Operations: [{ op: 'replace', path: 'userName', value: '' }],
    });
    const group = await entra.make('/Groups', { displayName: 'Bees', members: [{ value: id }] });
    await entra.get(`/Groups/${group}?excludedAttributes=members`);
    await entra.get('/Users?filter=userName+eq+"bea@contoso.com"');
    expect(await meanings({ user: 'BEA@contoso.com' })).toEqual([
      'look for a user with userName eq "bea@contoso.com": 1 found',
      'rename user "bea@contoso.com" to ""',
      'read user "bea@contoso.com"',
      'create user "bea@contoso.com"',
    ]);
    expect(await meanings({ group: 'bees' })).toEqual([
      'read group "Bees" without its members',
      'create group "Bees" and add 1 member to group "Bees"',
    ]);
    expect(await meanings({ user: id, method: 'post' })).toEqual([
      'create group "Bees" and add 1 member to group "Bees"',
      'create user "bea@contoso.com"',
    ]);
    expect(await meanings({ subject: group })).toHaveLength(2);
  });

  it('keeps what was refused, with the very detail and by the id of the answer', async () => {
    await entra.make('/Users', user('cid@contoso.com', { title: 'first' }));
    const refused = await entra.post('/Users', user('CID@contoso.com'));
    expect(refused.status).toBe(409);
    const id = refused.headers.get('x-request-id')!;
    const [found] = await search({ q: id });
    expect(found).toMatchObject({
      id,
      meaning: 'create user "CID@contoso.com"',
      status: 409,
      failed: true,
      scimType: 'uniqueness',
      detail: refused.body.detail,
      subject: { type: 'user', id: null, display: 'CID@contoso.com' },
    });
    expect(await meanings({ user: 'cid@contoso.com', status: 'failed' })).toEqual([
      'create user "CID@contoso.com"',
    ]);
    expect(await meanings({ user: 'cid@contoso.com', status: '409' })).toHaveLength(1);
    expect(await meanings({ user: 'cid@contoso.com', status: 'succeeded' })).toHaveLength(1);
  });

  it('keeps what never became a command', async () => {
    const broken = await entra.send('POST', '/Users', '{"userName": "x", "password": "s3cr3t"');
    expect(broken).toMatchObject({ status: 400, body: { scimType: 'invalidSyntax' } });
    expect(await entry(broken.headers.get('x-request-id'))).toMatchObject({
      source: { id: entraId },
      meaning: 'create a user',
      detail: broken.body.detail,
      body: null,
    });
    const strange = await entra.get('/Nowhere');
    expect(await entry(strange.headers.get('x-request-id'))).toMatchObject({
      status: 404,
      meaning: 'call GET /Nowhere, which does not exist',
    });
    const typed = await entra.send('POST', '/Users', '<user/>', { 'content-type': 'application/xml' });
    const id = typed.headers.get('x-request-id');
    // Whose it is has to be asked for first.
    const found = await waitFor(async () => (await search({ q: id! }))[0], {
      what: 'the request in the log',
    });
    expect(found).toMatchObject({ status: 415, source: { id: entraId } });
  });

  it('keeps those whose client was gone before the answer', async () => {
    const server = hub.app.getHttpServer() as Server;
    const connections = () => promisify(server.getConnections.bind(server))();
    const client = await test.database.pool.connect();
    const { hostname, port } = new URL(hub.url);
    const body = JSON.stringify(user('gone@contoso.com'));
    try {
      // Holds the answer back.
      await client.query('begin');
      await client.query('select from hub.tenant_counter for update');
      const before = await connections();
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      await waitFor(async () => (await connections()) > before, { what: 'the connection' });
      socket.write(
        `POST /scim/v2/Users HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer ${entra.token}\r\n` +
          `content-type: application/scim+json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
      await waitFor(blockedAppends, { what: 'the append that waits' });
      socket.destroy();
      await waitFor(async () => (await connections()) <= before, {
        what: 'the hub to see that the client is gone',
      });
    } finally {
      await client.query('rollback');
      client.release();
    }
    const [found] = await waitFor(
      async () => {
        const items = await search({ user: 'gone@contoso.com', status: 'failed' });
        return items.length > 0 && items;
      },
      { what: 'the request in the log' },
    );
    expect(found).toMatchObject({
      meaning: 'create user "gone@contoso.com" (the client was gone before the answer)',
      status: 201,
      failed: true,
      eventCount: 1,
    });
    const again = await entra.post('/Users', user('gone@contoso.com'));
    expect(again.body.detail).toContain('whose answer was lost');
  });

  it('tells of a bulk which operations failed', async () => {
    const answer = await entra.post('/Bulk', {
      Operations: [
        { method: 'POST', path: '/Users', bulkId: 'a', data: user('bulk-a@contoso.com') },
        { method: 'POST', path: '/Users', bulkId: 'b', data: user('bulk-a@contoso.com') },
      ],
    });
    const logged = await entry(answer.headers.get('x-request-id'));
    expect(logged).toMatchObject({
      status: 200,
      failed: true,
      meaning: 'bulk of 2 operations: 1 failed',
      detail: expect.stringMatching(/^Operation 2: 409 uniqueness: /),
      eventCount: 1,
    });
    expect(await meanings({ subject: logged.events[0].subjectId })).toEqual([
      'bulk of 2 operations: 1 failed',
    ]);
  });

  it('tells of requests without a token to the tenant of the hub itself, and nothing they say', async () => {
    const stranger = new ScimSource(entra.baseUrl, 'rcs_wrong');
    const refused = await stranger.get('/Users?filter=userName+eq+"secret@contoso.com"');
    const id = refused.headers.get('x-request-id')!;
    expect((await call('GET', `request-log/${id}`)).status).toBe(404);
    const seen = await waitFor(
      async () => {
        const { status, body } = await call('GET', `request-log/${id}`, undefined, hub.keys.adminKey);
        return status === 200 && body;
      },
      { what: 'the refused request in the log of the hub itself' },
    );
    expect(seen).toMatchObject({
      source: null,
      path: '/Users',
      status: 401,
      detail: refused.body.detail,
      body: null,
    });
  });

  it('keeps of strangers a bounded number', async () => {
    const stranger = new ScimSource(entra.baseUrl, 'rcs_guess');
    for (let turn = 0; turn < 150; turn++) await stranger.get('/Users');
    const { body } = await call('GET', 'request-log?status=401&limit=1000', undefined, hub.keys.adminKey);
    expect(body.items.length).toBeGreaterThan(50);
    // The minute may have turned meanwhile.
    expect(body.items.length).toBeLessThanOrEqual(125);
  });
});

describe('a search in it', () => {
  it('goes through all of it page by page, newest first, each once, while more arrive', async () => {
    const source = await call('POST', 'sources', { name: 'Paged', client: 'generic' });
    const client = new ScimSource(entra.baseUrl, source.body.token);
    for (let n = 0; n < 12; n++) await client.get(`/Users?count=${n + 3}`);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Json = await call(
        'GET',
        `request-log?source=paged&limit=5${cursor ? `&cursor=${cursor}` : ''}`,
      ).then(({ body }) => body);
      seen.push(...page.items.map(({ path }: Json) => path));
      cursor = page.nextCursor;
      await client.get('/Groups');
    } while (cursor);
    expect(seen).toEqual(Array.from({ length: 12 }, (_, n) => `/Users?count=${14 - n}`));
  });

  it('by text, source, method, status and time', async () => {
    const source = await call('POST', 'sources', { name: 'Searched', client: 'okta' });
    const client = new ScimSource(entra.baseUrl, source.body.token);
    const of = (more: Record<string, string>) => meanings({ source: source.body.id, ...more });
    await client.make('/Users', user('dan_100%@contoso.com'));
    const between = new Date(Date.now() + 1).toISOString();
    await expect.poll(() => Date.now()).toBeGreaterThan(Date.parse(between));
    await client.make('/Users', user('danx100y@contoso.com'));
    await client.get('/Users/none');
    expect(await of({ q: 'dan_100%' })).toEqual(['create user "dan_100%@contoso.com"']);
    expect(await of({ q: 'NO USER WITH THE ID' })).toEqual(['read user none']);
    expect(await of({ status: '404' })).toEqual(['read user none']);
    expect(await of({ method: 'GET' })).toEqual(['read user none']);
    expect(await of({ to: between })).toEqual(['create user "dan_100%@contoso.com"']);
    expect(await of({ from: between })).toHaveLength(2);
  });

  it.each([
    ['status=bad', 'status'],
    ['method=SAY', 'method'],
    ['limit=0', 'limit'],
    ['cursor=x', 'cursor'],
    ['from=yesterday', 'from'],
    ['subject=ann', 'subject'],
    ['user=a&group=b', 'subject'],
    ['colour=red', 'colour'],
  ])('with %s is refused and names %s', async (query, field) => {
    const { status, body } = await call('GET', `request-log?${query}`);
    expect(status).toBe(400);
    expect(body.errors).toContainEqual({ field, message: expect.stringMatching(/\S/) });
  });

  it('sees nothing of other tenants', async () => {
    const { body } = await call('GET', 'request-log?limit=1000', undefined, hub.keys.adminKey);
    expect(body.items.every((item: Json) => item.status === 401)).toBe(true);
  });
});

describe('secrets', () => {
  it('never come into it, wherever they are sent', async () => {
    const secret = 'Tr0ub4dor&3';
    const id = await entra.make('/Users', user('eve@contoso.com', { password: secret }));
    const patch = (...Operations: unknown[]) =>
      entra.send('PATCH', `/Users/${id}`, { schemas: [patchOp], Operations });
    const answers = [
      await entra.send('PUT', `/Users/${id}`, user('eve@contoso.com', { password: secret })),
      await entra.post('/Users', user('eve@contoso.com', { PASSWORD: secret })),
      await entra.post('/Users', user('eve@contoso.com', { password: [secret, secret] })),
      await entra.post('/Users', user('eve2@contoso.com', { [userSchema]: { password: secret } })),
      await entra.post(
        '/Users',
        user('eve3@contoso.com', { apiKey: secret, 'urn:x:2.0:User': { token: secret } }),
      ),
      await patch({ op: 'replace', path: 'password', value: secret }),
      await patch({ op: 'Replace', path: `${userSchema}:password`, value: [secret, 'b'] }),
      await patch({ op: 'replace', value: { password: secret, [`${userSchema}:password`]: secret } }),
      await patch({ op: 'replace', path: `password[value eq "${secret}"]`, value: 'x' }),
      await patch({ op: 'replace', path: `emails[password eq "${secret}"].value`, value: 'x' }),
      await patch({ op: 'replace', path: `password eq "${secret}`, value: 'x' }),
      await entra.post('/Bulk', {
        Operations: [
          {
            method: 'POST',
            path: '/Users',
            bulkId: 'q',
            data: user('eve4@contoso.com', { password: secret }),
          },
          {
            method: 'PATCH',
            path: `/Users/${id}`,
            data: { Operations: [{ op: 'add', path: 'password', value: secret }] },
          },
          {
            method: 'PATCH',
            path: `/Users/${id}`,
            data: { Operations: [{ op: 'add', path: 'password', value: [secret, 1] }] },
          },
        ],
      }),
      await entra.post('/Users/.search', { filter: `password eq "${secret}"` }),
      await entra.post('/.search', { filter: `userName eq "a" and password sw ${secret}` }),
      await entra.get(`/Users?filter=${encodeURIComponent(`password eq "${secret}"`)}`),
      await entra.get(`/Users?filter=${encodeURIComponent(`password eq ${secret}`)}`),
      await entra.get(`/Users?filter=${encodeURIComponent(`password eq "${secret}`)}`),
      await entra.get(`/Users?access_token=${encodeURIComponent(secret)}`),
      await entra.send('POST', '/Users', `{"userName":"x","password":"${secret}",}`),
      await entra.send('POST', '/Users', `{"password":"${secret}"`),
      await entra.send('POST', '/Users', `{"password":"${secret}",}`, { 'content-type': 'application/json' }),
    ];
    for (const answer of answers) expect(answer.status).toBeLessThan(500);
    expect(await entry(answers.at(-1)!.headers.get('x-request-id'))).toMatchObject({
      meaning: 'create a user',
    });
    const rows = await test.database.query<{ row: string }>(
      `select l::text as row from hub.request_log l where l::text ilike $1 or l::text like $2`,
      [`%${secret.slice(0, 6)}%`, `%${entra.token}%`],
    );
    expect(rows).toEqual([]);
  });

  it('may be in what no schema has: its values are shown only once the tenant has declared it', async () => {
    const urn = 'urn:ietf:params:scim:schemas:extension:Contoso:2.0:User';
    const shown = async () => {
      const { headers } = await entra.post('/Users', user('lea@contoso.com', { [urn]: { badge: '7' } }));
      return (await entry(headers.get('x-request-id'))).body[urn];
    };
    expect(await shown()).toBe('(in no schema: not kept)');
    const declared = await call('POST', 'schemas', {
      id: urn,
      name: 'Contoso',
      description: 'Of Contoso.',
      resourceType: 'User',
      attributes: [{ name: 'badge', type: 'string', description: 'The number on the badge.' }],
    });
    expect(declared).toMatchObject({ status: 201 });
    expect(await shown()).toEqual({ badge: '7' });
  });

  it('that are numbers are not quoted back', async () => {
    const answer = await entra.post('/Users', user('fay@contoso.com', { password: 48151623 }));
    expect(answer).toMatchObject({ status: 400, body: { detail: expect.not.stringContaining('48151623') } });
  });
});

describe('a create that is sent again', () => {
  const retried = (answer: ScimAnswer) =>
    /was created by this source at .*Read it with GET/.test(answer.body.detail);

  it('because the answer was lost is told so, with the id to go on with', async () => {
    const body = user('gus@contoso.com', {
      name: { givenName: 'Gus' },
      emails: [{ value: 'g@x', primary: 'True' }],
    });
    const first = await entra.post('/Users', body);
    const again = await entra.post('/Users', body);
    expect(again).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } });
    expect(retried(again)).toBe(true);
    expect(again.body.detail).toContain(`(id ${first.body.id})`);
    expect(again.body.detail).toContain(`GET /Users/${first.body.id} and go on`);
    const [logged] = await search({ q: again.headers.get('x-request-id')! });
    expect(logged?.detail).toBe(again.body.detail);

    const members = [{ value: first.body.id }];
    const group = await entra.post('/Groups', { displayName: 'Gusts', members });
    const groupAgain = await entra.post('/Groups', { displayName: 'Gusts', members });
    expect(retried(groupAgain)).toBe(true);
    expect(groupAgain.body.detail).toContain(`(id ${group.body.id})`);
  });

  it('also when the user was changed meanwhile, by a name in another case only if all else is the same', async () => {
    const body = user('hal@contoso.com');
    const { body: made } = await entra.post('/Users', body);
    await entra.send('PATCH', `/Users/${made.id}`, {
      schemas: [patchOp],
      Operations: [{ op: 'replace', path: 'title', value: 'x' }],
    });
    expect(retried(await entra.post('/Users', body))).toBe(true);
    expect(retried(await entra.post('/Users', user('HAL@contoso.com')))).toBe(false);
  });

  it.each([
    ['/Users', user('ida@contoso.com', { title: 'a' }), user('ida@contoso.com', { title: 'b' })],
    ['/Groups', { displayName: 'Idas' }, { displayName: 'IDAS' }],
  ])('is no retry when it would have made another one: %s', async (path, first, second) => {
    const { body: made } = await entra.post(path, first);
    const answer = await entra.post(path, second);
    expect(answer.status).toBe(409);
    expect(retried(answer)).toBe(false);
    expect(answer.body.detail).toMatch(/is already used by/);
    expect(answer.body.detail).toContain(`PATCH ${path}/${made.id}`);
  });

  it('is no retry when it comes from another source, or late', async () => {
    const body = user('jon@contoso.com');
    const made = await entra.make('/Users', body);
    const source = await call('POST', 'sources', { name: 'Second', client: 'okta' });
    const second = new ScimSource(entra.baseUrl, source.body.token);
    expect(retried(await second.post('/Users', body))).toBe(false);
    expect(retried(await entra.post('/Users', body))).toBe(true);
    await test.database.query(
      `update hub.event set recorded_at = recorded_at - interval '11 minutes' where stream_id = $1`,
      [made],
    );
    expect(retried(await entra.post('/Users', body))).toBe(false);
  });

  it('at the same time is made once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => entra.post('/Users', user('kim@contoso.com'))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    expect(answers.filter((answer) => answer.status === 409).every(retried)).toBe(true);
  });
});

describe('its settings', () => {
  it('begin with 30 days and a million, and are changed one by one', async () => {
    expect((await call('GET', 'request-log/settings')).body).toEqual({
      keepDays: 30,
      keepEntries: 1_000_000,
    });
    expect((await call('PATCH', 'request-log/settings', { keepDays: 7 })).body).toEqual({
      keepDays: 7,
      keepEntries: 1_000_000,
    });
    expect((await call('PATCH', 'request-log/settings', { keepEntries: 5_000 })).body).toEqual({
      keepDays: 7,
      keepEntries: 5_000,
    });
    for (const [change, field] of [
      [{ keepDays: 0 }, 'keepDays'],
      [{ keepDays: 1.5 }, 'keepDays'],
      [{ keepEntries: 3 }, 'keepEntries'],
    ] as const) {
      const refused = await call('PATCH', 'request-log/settings', change);
      expect(refused).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    }
    expect((await call('GET', 'request-log/settings')).body.keepDays).toBe(7);
  });
});
