import { afterEach, describe, expect, it } from 'vitest';
import { connectorModule, type Connector, type OperationContext } from '@rollcall/connectors';
import { verifyWebhook } from '../doubles/webhook-receiver/verify-webhook.js';
import { type Answer, type Asked, startApp } from './rest-app.js';

const module = connectorModule('rest')!;
const live: OperationContext = { operationId: 'op-1', attempt: 1, mode: 'live' };

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});

interface Given {
  settings?: object;
  credentials?: object;
  answer?: (asked: Asked) => Answer | undefined;
  allowAddress?: (address: string) => boolean;
}

async function open({ settings = {}, credentials = { type: 'none' }, answer, allowAddress }: Given) {
  const app = await startApp(answer ?? (() => ({ body: { id: 1 } })));
  const whole = { baseUrl: `${app.url}/api`, ...settings };
  const filled = JSON.parse(JSON.stringify(credentials).replaceAll('APP', app.url)) as object;
  expect(module.check!({ settings: whole, credentials: filled })).toEqual([]);
  const connector = module.open(whole, filled, { userAgent: 'test', ...(allowAddress && { allowAddress }) });
  cleanUp.push(async () => {
    await connector.close();
    await app.stop();
  });
  return { app, connector };
}

const users = (further: object = {}) => ({
  create: { method: 'POST', path: '/users' },
  update: { method: 'PATCH', path: '/users/{id}' },
  get: { method: 'GET', path: '/users/{id}' },
  delete: { method: 'DELETE', path: '/users/{id}' },
  ...further,
});
const create = (connector: Connector, attributes = { login: 'ada' }) =>
  connector.create('user', attributes, live);

describe('requests', () => {
  it('are made as they are described, with parameters, headers and a JSONata body', async () => {
    const { app, connector } = await open({
      settings: {
        headers: { 'X-App': 'hub', 'X-Type': '{type}' },
        query: { tenant: 'a b' },
        users: users({
          update: {
            method: 'PUT',
            path: '/users/{id}',
            query: { login: '{attributes.login}', nobody: '{attributes.nobody}' },
            headers: { 'Idempotency-Key': '{operationId}' },
            body: '{"set": changes, "gone": [removed], "$": $uppercase(attributes.login)}',
          },
        }),
      },
    });
    const changes = [
      { op: 'set' as const, attribute: 'login', value: 'ä/?#' },
      { op: 'unset' as const, attribute: 'phone' },
    ];
    const outcome = await connector.update('user', 'a/b ?', changes, {
      ...live,
      lastWritten: { phone: '1', login: 'x' },
    });
    expect(outcome.kind).toBe('ok');
    const [asked] = app.asked;
    expect(asked).toMatchObject({
      method: 'PUT',
      path: '/api/users/a%2Fb%20%3F?tenant=a%20b&login=%C3%A4%2F%3F%23',
      headers: {
        'x-app': 'hub',
        'x-type': 'user',
        'idempotency-key': 'op-1',
        'content-type': 'application/json',
      },
    });
    expect(JSON.parse(asked!.body)).toEqual({
      set: { login: 'ä/?#', phone: null },
      gone: ['phone'],
      $: 'Ä/?#',
    });
  });

  it.each(['', '.', '..'])('to the id %j are not sent: they would reach the collection', async (id) => {
    const { app, connector } = await open({ settings: { users: users() } });
    expect(await connector.delete('user', id, live)).toMatchObject({ kind: 'rejected', code: 'request' });
    expect(app.asked).toEqual([]);
  });

  it('carry no header that a value would break', async () => {
    const headers = { 'X-Login': '{attributes.login}' };
    const { app, connector } = await open({
      settings: { users: users({ create: { method: 'POST', path: '/users', headers } }) },
    });
    const outcome = await create(connector, { login: 'ada\r\nX-Admin: 1' });
    expect(outcome).toMatchObject({ kind: 'rejected', message: expect.stringMatching(/X-Login/) });
    expect(app.asked).toEqual([]);
  });

  it.each([
    [
      'form',
      '{"login": attributes.login, "roles": ["a", "b"]}',
      'application/x-www-form-urlencoded',
      'login=ada&roles=a&roles=b',
    ],
    ['text', '"<login>" & attributes.login & "</login>"', 'text/plain; charset=utf-8', '<login>ada</login>'],
  ])('have a body of %s', async (bodyFormat, body, type, sent) => {
    const { app, connector } = await open({
      settings: { bodyFormat, users: users({ create: { method: 'POST', path: '/users', body } }) },
    });
    expect((await create(connector)).kind).toBe('ok');
    expect(app.asked[0]).toMatchObject({ body: sent, headers: { 'content-type': type } });
  });

  it('whose body cannot be made are refused with the reason', async () => {
    const body = '$Left(attributes.login, "many")';
    const { app, connector } = await open({
      settings: { users: users({ create: { method: 'POST', path: '/u', body } }) },
    });
    const outcome = await create(connector);
    expect(outcome).toMatchObject({ kind: 'rejected', message: expect.stringMatching(/\$Left/) });
    expect(app.asked).toEqual([]);
  });

  it('write an object back whole, with what the hub does not know of', async () => {
    const there = { id: 7, login: 'ada', phone: '1', theme: 'dark' };
    const { app, connector } = await open({
      settings: { users: users({ updateWith: 'whole', update: { method: 'PUT', path: '/users/{id}' } }) },
      answer: ({ method }) => (method === 'GET' ? { body: there } : { status: 204 }),
    });
    const changes = [
      { op: 'set' as const, attribute: 'login', value: 'ada.king' },
      { op: 'unset' as const, attribute: 'phone' },
    ];
    expect((await connector.update('user', '7', changes, live)).kind).toBe('ok');
    expect(app.asked.map(({ method }) => method)).toEqual(['GET', 'PUT']);
    expect(JSON.parse(app.asked[1]!.body)).toEqual({ id: 7, login: 'ada.king', phone: null, theme: 'dark' });
  });

  it('take and give access where the app has requests of their own for it, before anything else', async () => {
    const { app, connector } = await open({
      settings: {
        users: users({
          deactivate: { method: 'POST', path: '/users/{id}/suspend' },
          reactivate: { method: 'POST', path: '/users/{id}/restore' },
        }),
      },
    });
    const set = (active: boolean) => [
      { op: 'set' as const, attribute: 'login', value: 'a' },
      { op: 'set' as const, attribute: 'active', value: active },
    ];
    await connector.update('user', '1', set(false), live);
    await connector.update('user', '1', set(true), live);
    await connector.create('user', { login: 'b', active: false }, live);
    expect(app.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api/users/1/suspend',
      'PATCH /api/users/1',
      'POST /api/users/1/restore',
      'PATCH /api/users/1',
      'POST /api/users',
      'POST /api/users/1/suspend',
    ]);
    expect(app.asked[1]!.body).toBe('{"login":"a"}');
  });

  it('take access also where nothing else can be changed', async () => {
    const { app, connector } = await open({
      settings: {
        users: users({ update: undefined, deactivate: { method: 'POST', path: '/users/{id}/suspend' } }),
      },
    });
    const changes = [
      { op: 'set' as const, attribute: 'login', value: 'a' },
      { op: 'set' as const, attribute: 'active', value: false },
    ];
    expect(await connector.update('user', '1', changes, live)).toMatchObject({
      kind: 'rejected',
      code: 'not-offered',
    });
    expect(app.asked.map(({ path }) => path)).toEqual(['/api/users/1/suspend']);
  });

  it('that are only planned are told, and not sent', async () => {
    const { app, connector } = await open({
      settings: { users: users({ updateWith: 'whole' }) },
      credentials: { type: 'query', name: 'key', value: 'hush-hush' },
    });
    const outcome = await connector.update('user', '1', [{ op: 'set', attribute: 'login', value: 'x' }], {
      ...live,
      mode: 'plan',
    });
    expect(outcome).toMatchObject({
      kind: 'planned',
      calls: [{ method: 'GET' }, { method: 'PATCH', body: { login: 'x' } }],
    });
    expect(JSON.stringify(outcome)).not.toContain('hush');
    expect(app.asked).toEqual([]);
  });
});

describe('credentials', () => {
  it.each<[object, Partial<Asked>]>([
    [
      { type: 'basic', username: 'hub', password: 'pässword' },
      { headers: { authorization: `Basic ${Buffer.from('hub:pässword').toString('base64')}` } },
    ],
    [{ type: 'bearer', token: 'abc' }, { headers: { authorization: 'Bearer abc' } }],
    [
      { type: 'header', name: 'Authorization', value: 'Token abc' },
      { headers: { authorization: 'Token abc' } },
    ],
    [{ type: 'query', name: 'api_key', value: 'a&b' }, { path: '/api/users?api_key=a%26b' }],
  ])('%j', async (credentials, asked) => {
    const { app, connector } = await open({ settings: { users: users() }, credentials });
    expect((await create(connector)).kind).toBe('ok');
    expect(app.asked[0]).toMatchObject(asked);
  });

  it.each([
    [{ type: 'oauth2-client-credentials' }, 'grant_type=client_credentials'],
    [
      { type: 'oauth2-refresh-token', refreshToken: 'refresh-me' },
      'grant_type=refresh_token&refresh_token=refresh-me',
    ],
  ])('%j fetch a token, and a new one when it is turned down', async (type, form) => {
    let tokens = 0;
    const { app, connector } = await open({
      settings: { users: users() },
      credentials: { ...type, tokenUrl: 'APP/token', clientId: 'hub', clientSecret: 'hush-hush' },
      answer: ({ path, headers }) => {
        if (path === '/token') return { body: { access_token: `t${(tokens += 1)}`, expires_in: 3600 } };
        return headers.authorization === 'Bearer t2' ? { body: { id: 1 } } : { status: 401 };
      },
    });
    expect((await create(connector)).kind).toBe('ok');
    expect((await create(connector)).kind).toBe('ok');
    expect(tokens).toBe(2);
    expect(app.asked[0]).toMatchObject({ path: '/token', body: form });
  });

  it('are never seen where the app repeats what it refuses', async () => {
    const secret = 'hush-hush/42';
    const { connector } = await open({
      settings: { users: users() },
      credentials: { type: 'query', name: 'key', value: secret },
      answer: ({ path }) => ({ status: 400, body: { error: `bad address ${path} and ${secret}` } }),
    });
    const text = JSON.stringify(await create(connector));
    expect(text).toContain('***');
    expect(text).not.toMatch(/hush/);
  });

  it('sign what is sent: twice while the secret is changed, with the operation’s id over all attempts', async () => {
    const [next, old] = ['n', 'o'].map(
      (letter) => `whsec_${Buffer.from(letter.repeat(32)).toString('base64')}`,
    );
    const { app, connector } = await open({
      settings: { preset: 'webhook' },
      credentials: { type: 'signature', signingSecret: next, previousSigningSecret: old },
      answer: () => ({ status: 204 }),
    });
    const outcome = await connector.create('user', { externalId: 'h1', userName: 'ada' }, live);
    await connector.create('user', { externalId: 'h1', userName: 'ada' }, { ...live, attempt: 2 });
    expect(outcome).toMatchObject({ kind: 'ok', value: { id: 'h1' } });
    for (const { headers, body } of app.asked) {
      expect(headers['webhook-id']).toBe('op-1');
      expect(JSON.parse(body)).toMatchObject({ type: 'user.created', data: { id: 'h1' } });
      const now = Date.now() / 1_000;
      for (const secret of [next!, old!]) expect(verifyWebhook(headers, body, [secret], now)).toBeUndefined();
      expect(verifyWebhook(headers, `${body} `, [next!, old!], now)).toMatch(/No matching/);
      expect(verifyWebhook(headers, body, [next!], now + 400)).toMatch(/too old/);
    }
  });
});

describe('messages', () => {
  const signed = { type: 'signature', signingSecret: 'a-secret-of-some-length' };
  const set = (attribute: string, value: unknown) => [
    { op: 'set' as const, attribute, value: value as string },
  ];
  const ids = (asked: Asked[]) => asked.map(({ headers }) => headers['webhook-id']);

  it('of one operation that say different things have ids of their own; one that is repeated keeps its', async () => {
    const { app, connector } = await open({
      settings: { preset: 'webhook' },
      credentials: signed,
      answer: () => ({ status: 204 }),
    });
    const leaver = { add: [], remove: [{ id: 'u1', type: 'user' as const }] };
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const context = { ...live, attempt };
      await connector.update('group', 'g', set('displayName', 'B'), context);
      await connector.members('g', leaver, context);
      await connector.update('user', 'g', set('displayName', 'B'), context);
      await connector.update('user', 'g', set('active', false), context);
    }
    const all = ids(app.asked);
    expect(new Set(all).size).toBe(4);
    expect(all.slice(4)).toEqual(all.slice(0, 4));
    expect(all.every((id) => /^[\w-]+$/.test(String(id)))).toBe(true);
  });

  it('to members that only the address names have ids of their own, whatever characters these have', async () => {
    const { app, connector } = await open({
      settings: {
        users: users(),
        groups: {
          addMember: { method: 'PUT', path: '/groups/{id}/{member}' },
          removeMember: { method: 'DELETE', path: '/groups/{id}/{member}' },
        },
        signature: { style: 'standard-webhooks' },
      },
      credentials: signed,
    });
    const add = ['ä→', 'b.c'].map((id) => ({ id, type: 'user' as const }));
    expect((await connector.members('g', { add, remove: [] }, live)).kind).toBe('ok');
    expect(new Set(ids(app.asked)).size).toBe(2);
  });

  it('tell their id as a parameter too, in every request that writes', async () => {
    const { app, connector } = await open({
      settings: {
        headers: { 'Idempotency-Key': '{messageId}' },
        users: users({ update: { method: 'PATCH', path: '/users/{id}', query: { key: '{messageId}' } } }),
      },
    });
    await create(connector);
    await connector.update('user', '1', set('login', 'a'), live);
    await connector.update('user', '1', set('login', 'b'), live);
    await connector.get('user', '1');
    const keys = app.asked.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toBe('op-1');
    expect(keys[1]).not.toBe(keys[2]);
    expect(app.asked[1]!.path).toContain(`key=${String(keys[1])}`);
    expect(keys[3]).toBeUndefined();
  });
});

describe('answers', () => {
  it('tell the id in the object, in a place of its own or in a header', async () => {
    const location = "$substringAfter(headers.location, '/users/')".replaceAll("'", '"');
    const cases: [object, Answer, string][] = [
      [{}, { body: { id: 5 } }, '5'],
      [{ result: 'body.data' }, { body: { data: { id: 'x' } } }, 'x'],
      [{ id: location }, { status: 201, headers: { location: '/users/77' } }, '77'],
    ];
    for (const [request, answer, id] of cases) {
      const { connector } = await open({
        settings: { users: users({ create: { method: 'POST', path: '/users', ...request } }) },
        answer: () => answer,
      });
      expect(await create(connector)).toMatchObject({ kind: 'ok', value: { id } });
    }
  });

  it('without an id leave open what was done: it is looked up', async () => {
    const { connector } = await open({ settings: { users: users() }, answer: () => ({ status: 201 }) });
    expect(await create(connector)).toMatchObject({ kind: 'retry', maybeDone: true, afterMs: 0 });
  });

  it('mean what the settings say', async () => {
    const answers = {
      failed: 'body.ok = false',
      conflict: 'body.code = "exists"',
      notFound: 'body.code = "gone"',
      denied: 'body.code = "token"',
      retry: 'body.code = "busy"',
      message: 'body.text',
    };
    let code = '';
    const { connector } = await open({
      settings: { users: users(), answers },
      answer: () => ({ body: { ok: code === '', id: 1, code, text: `it was ${code}` } }),
    });
    const kinds: Record<string, string> = {
      '': 'ok',
      exists: 'conflict',
      gone: 'not-found',
      token: 'denied',
      busy: 'retry',
      odd: 'rejected',
    };
    for (const [said, kind] of Object.entries(kinds)) {
      code = said;
      const outcome = await create(connector);
      expect(outcome.kind).toBe(kind);
      if (kind !== 'ok')
        expect(outcome).toMatchObject({ message: expect.stringContaining(`it was ${said}`) });
    }
  });

  it('tell limits, in headers of the app’s own names as well', async () => {
    const { connector } = await open({
      settings: {
        users: users(),
        rateHeaders: { limit: 'X-Quota', remaining: 'X-Quota-Left', retryAfter: 'X-Wait' },
      },
      answer: () => ({ status: 429, headers: { 'x-quota': '60', 'x-quota-left': '0', 'x-wait': '7' } }),
    });
    expect(await create(connector)).toMatchObject({
      kind: 'retry',
      scope: 'connection',
      afterMs: 7_000,
      hints: { limit: 60, remaining: 0 },
    });
  });

  it('that lead elsewhere are not followed', async () => {
    const { app, connector } = await open({
      settings: { users: users() },
      answer: () => ({ status: 307, headers: { location: 'http://127.0.0.2/users' } }),
    });
    expect(await create(connector)).toMatchObject({
      kind: 'retry',
      message: expect.stringMatching(/redirects/),
    });
    expect(app.asked).toHaveLength(1);
  });

  it('longer than allowed are cut off', async () => {
    const { connector } = await open({
      settings: { maxAnswerBytes: 2_048, users: users({ list: { method: 'GET', path: '/users' } }) },
      answer: () => ({ body: [{ id: 1, note: 'x'.repeat(5_000) }] }),
    });
    expect(await connector.list('user', {})).toMatchObject({ kind: 'rejected', code: 'answer-too-long' });
  });

  it.each<[string, Answer]>([
    ['a page for signing in', { text: '<html>sign in</html>', headers: { 'content-type': 'text/html' } }],
    ['a list by another name', { body: { users: [] } }],
    ['objects without an id', { body: { items: [{ login: 'ada' }] } }],
  ])('with %s are no empty list', async (_, answer) => {
    const { connector } = await open({
      settings: { users: users({ list: { method: 'GET', path: '/users', result: 'body.items' } }) },
      answer: () => answer,
    });
    expect(await connector.list('user', {})).toMatchObject({ kind: 'retry', scope: 'connection' });
    expect(await connector.find('user', { attribute: 'login', value: 'ada' })).toMatchObject({
      kind: 'retry',
    });
  });
});

describe('expressions that cannot be worked out', () => {
  const list = { method: 'GET', path: '/users' };
  const wrong = '$number(note)';

  it('leave an object unread: nothing of it is taken for empty', async () => {
    const group = { id: 'g', members: Array.from({ length: 10_001 }, (_, at) => ({ id: `m${at}` })) };
    const { connector } = await open({
      settings: {
        users: users({ list, read: { id: 'id', attributes: '{"login": login, "note": $number(note)}' } }),
        groups: {
          get: { method: 'GET', path: '/groups/{id}' },
          list: { method: 'GET', path: '/groups' },
          read: { id: 'id', members: 'members.("u" & id)' },
        },
      },
      answer: ({ path }) => {
        if (path === '/api/groups') return { body: [group] };
        const body = { id: 1, login: 'ada', note: 'x' };
        return { body: path === '/api/users' ? [body] : path.startsWith('/api/groups') ? group : body };
      },
    });
    const unread = { kind: 'retry', message: expect.stringMatching(/read\.\w+ cannot be worked out/) };
    expect(await connector.get('group', 'g')).toMatchObject(unread);
    expect(await connector.get('user', '1')).toMatchObject(unread);
    expect(await connector.list('user', {})).toMatchObject(unread);
    expect(await connector.find('user', { attribute: 'login', value: 'ada' })).toMatchObject(unread);
    // Lists tell nothing of members.
    expect(await connector.list('group', {})).toMatchObject({
      kind: 'ok',
      value: { objects: [{ id: 'g' }] },
    });
  });

  it.each([
    ['read.id', { id: wrong }],
    ['read.active', { id: 'id', active: wrong }],
  ])('are told by their name: %s', async (name, read) => {
    const { connector } = await open({
      settings: { users: users({ list, read }) },
      answer: () => ({ body: [{ id: 1, note: 'x' }] }),
    });
    expect(await connector.list('user', {})).toMatchObject({
      kind: 'retry',
      message: expect.stringContaining(`${name} cannot be worked out`),
    });
  });

  it('do not undo a creation whose id is known', async () => {
    const { connector } = await open({
      settings: { users: users({ read: { id: 'id', attributes: '{"note": $number(note)}' } }) },
      answer: () => ({ body: { id: 1, note: 'x' } }),
    });
    expect(await create(connector)).toMatchObject({ kind: 'ok', value: { id: '1', attributes: {} } });
  });

  it('leave open whether a write was refused', async () => {
    const { connector } = await open({
      settings: { users: users(), answers: { failed: '$number(body.code) > 0' } },
      answer: () => ({ body: { id: 1, code: 'E12' } }),
    });
    const told = { kind: 'retry', message: expect.stringContaining('answers.failed cannot be worked out') };
    expect(await create(connector)).toMatchObject({ ...told, maybeDone: true });
    const read = await connector.get('user', '1');
    expect(read).toMatchObject(told);
    expect(read).not.toHaveProperty('maybeDone');
  });

  it('cut a list short', async () => {
    const { connector } = await open({
      settings: { users: users({ list, paging: { by: 'link', next: '$number(headers.next)' } }) },
      answer: () => ({ body: [{ id: 1 }], headers: { next: 'x' } }),
    });
    expect(await connector.list('user', {})).toMatchObject({
      kind: 'ok',
      value: {
        objects: [{ id: '1' }],
        cutShort: expect.stringContaining('paging.next cannot be worked out'),
      },
    });
  });
});

describe('lists', () => {
  const people = Array.from({ length: 7 }, (_, at) => ({ id: at + 1, login: `user${at + 1}` }));
  const part = (from: number) => people.slice(from, from + 3);
  const number = (path: string, name: string) =>
    Number(new URL(path, 'http://x').searchParams.get(name) ?? 0);

  const ways: [string, object, Record<string, string>, (path: string, base: string) => Answer][] = [
    [
      'offset',
      { by: 'offset' },
      { skip: '{offset}', top: '{limit}' },
      (path) => ({ body: { items: part(number(path, 'skip')) } }),
    ],
    [
      'offset with a total, counted from one',
      { by: 'offset', first: 1, total: 'body.total' },
      { from: '{offset}' },
      (path) => ({ body: { items: part(number(path, 'from') - 1), total: 7 } }),
    ],
    [
      'page',
      { by: 'page' },
      { page: '{page}' },
      (path) => ({ body: { items: part((number(path, 'page') - 1) * 3) } }),
    ],
    [
      'cursor',
      { by: 'cursor', next: 'body.next' },
      { after: '{cursor}' },
      (path) => {
        const from = number(path, 'after');
        return { body: { items: part(from), next: from + 3 < 7 ? from + 3 : null } };
      },
    ],
    [
      'link',
      { by: 'link' },
      {},
      (path, base) => {
        const from = number(path, 'from');
        const link =
          from + 3 < 7
            ? { link: `<${base}/api/users?from=${from + 3}>; rel="next", <x>; rel="first"` }
            : undefined;
        return { body: { items: part(from) }, headers: link };
      },
    ],
  ];

  it.each(ways)('by %s are read to their end', async (_, paging, query, answer) => {
    const list = { method: 'GET', path: '/users', query, result: 'body.items' };
    const { app, connector } = await open({
      settings: { pageSize: 3, users: users({ list, paging }) },
      answer: ({ path, headers }) => answer(path, `http://${headers.host}`),
    });
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const outcome = await connector.list('user', { cursor });
      if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
      ids.push(...outcome.value.objects.map(({ id }) => id));
      cursor = outcome.value.nextCursor;
    } while (cursor !== undefined);
    expect(ids).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(app.asked.length).toBeLessThanOrEqual(4);
  });

  it.each([
    ['offset', '{offset}'],
    ['page', '{page}'],
  ])('by %s that end before what the app counts are cut short', async (by, place) => {
    const list = { method: 'GET', path: '/users', query: { at: place }, result: 'body.items' };
    const { connector } = await open({
      settings: { users: users({ list, paging: { by, first: 0, total: 'body.total' } }) },
      answer: ({ path }) => ({
        body: { items: number(path, 'at') === 0 ? people.slice(0, 2) : [], total: 250 },
      }),
    });
    const first = await connector.list('user', {});
    const cursor = first.kind === 'ok' ? first.value.nextCursor : undefined;
    expect(cursor).toBeDefined();
    const last = await connector.list('user', { cursor });
    expect(last).toMatchObject({ kind: 'ok', value: { cutShort: expect.stringMatching(/250.* 2\b/) } });
  });

  it('send credentials to no other host a link names', async () => {
    const { app, connector } = await open({
      settings: {
        users: users({ list: { method: 'GET', path: '/users', result: 'body' }, paging: { by: 'link' } }),
      },
      credentials: { type: 'bearer', token: 'hush-hush' },
      answer: () => ({ body: [{ id: 1 }], headers: { link: '<http://127.0.0.2:9/users>; rel="next"' } }),
    });
    const first = await connector.list('user', {});
    expect(first.kind).toBe('ok');
    const cursor = first.kind === 'ok' ? first.value.nextCursor : undefined;
    expect(await connector.list('user', { cursor })).toMatchObject({ kind: 'rejected', code: 'bad-cursor' });
    expect(app.asked).toHaveLength(1);
  });

  it.each([
    ['the header', {}],
    ['the body', { next: 'body.next' }],
  ])('keep the key out of links that repeat it, in %s', async (_, paging) => {
    const list = { method: 'GET', path: '/users', result: 'body.items' };
    const { app, connector } = await open({
      settings: { users: users({ list, paging: { by: 'link', ...paging } }) },
      credentials: { type: 'query', name: 'api_key', value: 'hush-hush/42' },
      answer: ({ path, headers }) => {
        const from = number(path, 'from');
        const url = new URL(path, from === 0 ? `http://${headers.host}` : 'http://127.0.0.2:9');
        url.searchParams.set('from', String(from + 3));
        return {
          body: { items: part(from), next: url.href },
          headers: { link: `<${url.href}>; rel="next"` },
        };
      },
    });
    const seen: unknown[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 3; page += 1) {
      const outcome = await connector.list('user', { cursor });
      cursor = outcome.kind === 'ok' ? outcome.value.nextCursor : undefined;
      seen.push(outcome, Buffer.from(cursor ?? '', 'base64url').toString());
    }
    expect(JSON.stringify(seen)).not.toMatch(/hush|api_key/);
    expect(app.asked).toHaveLength(2);
    for (const { path } of app.asked)
      expect(new URL(path, 'http://x').searchParams.getAll('api_key')).toEqual(['hush-hush/42']);
  });

  it('are searched where the app cannot search, and results are compared', async () => {
    const { app, connector } = await open({
      settings: {
        pageSize: 3,
        users: users({
          find: {
            method: 'GET',
            path: '/search',
            query: { q: '{value}', skip: '{offset}' },
            attributes: ['login'],
            result: 'body.items',
          },
          list: { method: 'GET', path: '/users', query: { skip: '{offset}' }, result: 'body.items' },
          paging: { by: 'offset' },
          attributes: [{ name: 'mail', caseExact: true }],
        }),
      },
      answer: ({ path }) =>
        path.startsWith('/api/search')
          ? { body: { items: number(path, 'skip') > 0 ? [] : [...people, { id: 8, login: 'USER1' }] } }
          : { body: { items: part(number(path, 'skip')).map((each) => ({ ...each, mail: `M${each.id}` })) } },
    });
    const found = async (attribute: string, value: string) => {
      const outcome = await connector.find('user', { attribute, value });
      return outcome.kind === 'ok' ? outcome.value.map(({ id }) => id) : outcome.kind;
    };
    expect(await found('login', 'user1')).toEqual(['1']);
    expect(await found('login', 'User1')).toEqual(['1', '8']);
    expect(await found('login', 'user')).toEqual([]);
    const before = app.asked.length;
    expect(await found('mail', 'M6')).toEqual(['6']);
    expect(await found('mail', 'm6')).toEqual([]);
    expect(app.asked.slice(before).every(({ path }) => path.startsWith('/api/users'))).toBe(true);
  });
});

describe('members', () => {
  const groups = {
    create: { method: 'POST', path: '/groups' },
    get: { method: 'GET', path: '/groups/{id}' },
    changeMembers: {
      method: 'PATCH',
      path: '/groups/{id}/members',
      body: '{"add": [members.add.id], "remove": [members.remove.id]}',
    },
    read: { id: 'id', members: 'members' },
  };

  it('that are refused together are changed one by one, and the unknown one is named', async () => {
    const members = new Set<string>();
    const { connector } = await open({
      settings: { users: users(), groups },
      answer: ({ method, path, body }) => {
        if (path.startsWith('/api/users/'))
          return path.endsWith('/nobody') ? { status: 404 } : { body: { id: 1 } };
        if (method === 'GET') return { body: { id: 'g', members: [...members] } };
        const { add } = JSON.parse(body) as { add: string[] };
        if (add.includes('nobody')) return { status: 422, body: { error: 'nobody is not known' } };
        for (const id of add) members.add(id);
        return { status: 204 };
      },
    });
    const add = ['a', 'nobody', 'b'].map((id) => ({ id, type: 'user' as const }));
    expect(await connector.members('g', { add, remove: [] }, live)).toMatchObject({
      kind: 'ok',
      value: { added: ['a', 'b'], unknown: ['nobody'] },
    });
    expect([...members]).toEqual(['a', 'b']);
  });

  it.each<[string, object]>([
    ['together', { changeMembers: groups.changeMembers }],
    [
      'one by one',
      {
        addMember: {
          method: 'PUT',
          path: '/groups/{id}/members',
          body: '{"add": [member.id], "remove": []}',
        },
        removeMember: {
          method: 'DELETE',
          path: '/groups/{id}/members',
          body: '{"add": [], "remove": [member.id]}',
        },
      },
    ],
  ])('that leave do so whatever becomes of those that join, asked for %s', async (_, requests) => {
    for (const status of [422, 500]) {
      const members = new Set(['leaver1', 'leaver2']);
      const { connector } = await open({
        settings: { users: users(), groups: { get: groups.get, read: groups.read, ...requests } },
        answer: ({ method, path, body }) => {
          if (path.startsWith('/api/users/')) return { body: { id: 1 } };
          if (method === 'GET') return { body: { id: 'g', members: [...members] } };
          const { add, remove } = JSON.parse(body) as { add: string[]; remove: string[] };
          if (add.length + remove.length > 1) return { status: 400, body: { error: 'one is bad' } };
          if (add.includes('bad')) return { status, body: { error: 'bad is not wanted' } };
          for (const id of add) members.add(id);
          for (const id of remove) members.delete(id);
          return { status: 204 };
        },
      });
      const of = (...ids: string[]) => ids.map((id) => ({ id, type: 'user' as const }));
      const change = { add: of('bad', 'joiner'), remove: of('leaver1', 'leaver2') };
      expect(await connector.members('g', change, live)).toMatchObject({
        kind: status === 422 ? 'rejected' : 'retry',
        message: expect.stringContaining('bad is not wanted'),
      });
      expect([...members]).toEqual(status === 422 ? ['joiner'] : []);
    }
  });

  it('that are there already are added, also where it is told by a refusal and members cannot be read', async () => {
    const requests = {
      addMember: { method: 'POST', path: '/groups/{id}/members', body: '{"id": member.id}' },
      removeMember: { method: 'DELETE', path: '/groups/{id}/members/{member}' },
    };
    const { connector } = await open({
      settings: { users: users(), groups: requests },
      answer: ({ method, body }) => {
        if (method !== 'POST') return { body: { id: 1 } };
        return body.includes('there')
          ? { status: 409, body: { error: 'is a member already' } }
          : { status: 204 };
      },
    });
    const add = ['there', 'new'].map((id) => ({ id, type: 'user' as const }));
    expect(await connector.members('g', { add, remove: [] }, live)).toMatchObject({
      kind: 'ok',
      value: { added: ['there', 'new'], unknown: [] },
    });
  });

  it('that are refused for another reason are no unknown members', async () => {
    const { connector } = await open({
      settings: { users: users(), groups },
      answer: ({ method, path }) => {
        if (path.startsWith('/api/users/')) return { body: { id: 1 } };
        return method === 'GET'
          ? { body: { id: 'g', members: [] } }
          : { status: 422, body: { error: 'group is full' } };
      },
    });
    const add = [{ id: 'a', type: 'user' as const }];
    expect(await connector.members('g', { add, remove: [] }, live)).toMatchObject({
      kind: 'rejected',
      message: 'group is full',
    });
  });
});

describe('the network', () => {
  it('is asked for no address outside the allowed networks, and the test says so', async () => {
    const { app, connector } = await open({
      settings: { users: users({ list: { method: 'GET', path: '/users' } }) },
      allowAddress: () => false,
    });
    expect(await create(connector)).toMatchObject({
      kind: 'denied',
      remedy: expect.stringMatching(/HUB_TARGET_NETWORKS/),
    });
    const { ok, steps } = await connector.test();
    expect(ok).toBe(false);
    expect(steps[0]).toMatchObject({
      step: 'reach',
      status: 'failed',
      remedy: expect.stringMatching(/HUB_TARGET_NETWORKS/),
    });
    expect(app.asked).toEqual([]);
  });
});

describe('the test', () => {
  it('shows each request for a sample person, without credentials', async () => {
    const { app, connector } = await open({
      settings: {
        users: users({
          list: { method: 'GET', path: '/users' },
          attributes: [{ name: 'login', required: true, example: 'sample' }],
        }),
      },
      credentials: { type: 'query', name: 'key', value: 'hush-hush' },
      answer: ({ method }) => ({ body: method === 'GET' ? [{ id: 1, login: 'ada' }] : { id: 1 } }),
    });
    const { ok, steps } = await connector.test();
    expect(ok).toBe(true);
    const { message } = steps.find(({ step }) => step === 'discover')!;
    expect(message).toContain(`users.create: POST ${app.url}/api/users {"login":"sample"}`);
    expect(message).toContain(`users.update: PATCH ${app.url}/api/users/1234 {"login":"sample"}`);
    expect(message).toContain(`users.delete: DELETE ${app.url}/api/users/1234`);
    expect(JSON.stringify(steps)).not.toContain('hush');
    expect(app.asked.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('says which request cannot be made', async () => {
    const body = '{"login": $Left(attributes.login, "x")}';
    const { connector } = await open({
      settings: {
        users: users({
          create: { method: 'POST', path: '/users', body },
          list: { method: 'GET', path: '/users' },
          attributes: [{ name: 'login', example: 'sample' }],
        }),
      },
      answer: () => ({ body: [] }),
    });
    const failed = (await connector.test()).steps.find(({ status }) => status === 'failed');
    expect(failed).toMatchObject({ step: 'discover', message: expect.stringMatching(/create of users/) });
    expect(failed?.remedy).toBeTruthy();
  });

  it('makes, changes and deletes an account where the settings ask for it', async () => {
    const { app, connector } = await open({
      settings: {
        writeProbe: true,
        users: users({
          list: { method: 'GET', path: '/users' },
          attributes: [
            { name: 'login', example: 'rollcall-{random}' },
            { name: 'active', type: 'boolean', example: true },
          ],
        }),
      },
      answer: ({ method }) => ({ body: method === 'GET' ? [] : { id: 1 } }),
    });
    const { steps } = await connector.test();
    expect(steps.find(({ step }) => step === 'write-probe')).toMatchObject({ status: 'passed' });
    const writes = app.asked.filter(({ method }) => method !== 'GET');
    expect(writes.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PATCH', 'DELETE']);
  });
});
