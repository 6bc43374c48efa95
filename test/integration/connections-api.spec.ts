import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { type ScimTarget, startScimTarget } from '../doubles/scim-target/scim-target.mjs';
import { createTestDatabase, startHubHere, type TestDatabase, waitFor } from '../harness/index.js';

/* eslint-disable @typescript-eslint/no-explicit-any */
describe('connections over the admin API', () => {
  let store: TestDatabase;
  let hub: RunningHub;
  let target: ScimTarget;
  let source: { scimUrl: string; token: string };

  beforeAll(async () => {
    store = await createTestDatabase();
    target = await startScimTarget();
    hub = await startHubHere({ DATABASE_URL: store.url });
    source = (await call('POST', 'sources', { name: 'Entra', client: 'entra' })).body;
  });
  afterAll(async () => {
    await hub?.stop();
    await target?.stop();
    await store?.drop();
  });

  async function call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: any; text: string }> {
    const answer = await fetch(`${hub.url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${hub.keys.adminKey}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json');
    return { status: answer.status, text, body: isJson ? JSON.parse(text) : undefined };
  }

  async function scim(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await fetch(`${source.scimUrl}/${path}`, {
      method,
      headers: { authorization: `Bearer ${source.token}`, 'content-type': 'application/scim+json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  const given = (name: string) => ({
    name,
    connector: 'scim2',
    settings: { baseUrl: target.baseUrl },
    credentials: { type: 'bearer', token: target.token },
  });

  const person = (userName: string, more: object = {}) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    active: true,
    ...more,
  });

  const accountNamed = async (userName: string) =>
    (await target.report()).accounts.find((account) => account.userName === userName);

  it('refuses what cannot be a connection, naming the field, and makes nothing', async () => {
    const bad = [
      [{ ...given('x'), connector: 'nonsense' }, 'connector'],
      [{ ...given('x'), settings: {} }, 'settings.baseUrl'],
      [{ ...given('x'), settings: { baseUrl: target.baseUrl, colour: 'red' } }, 'settings.colour'],
      [{ ...given('x'), credentials: { type: 'bearer' } }, 'credentials.token'],
      [{ ...given('x'), credentials: { type: 'magic' } }, 'credentials.type'],
      [{ ...given('x'), scope: { rule: 'shoeSize eq 43 and' } }, 'scope.rule'],
      [{ ...given('x'), scope: { groups: ['not an id'] } }, 'scope.groups.0'],
      [
        { ...given('x'), policy: { users: { onDeletedAtSource: 'forget' } } },
        'policy.users.onDeletedAtSource',
      ],
      [{ ...given('x'), policy: { push: { concurrency: 1_000 } } }, 'policy.push.concurrency'],
      [
        {
          ...given('x'),
          mappings: { users: { matching: [], attributes: [{ target: 'userName', apply: 'always' }] } },
        },
        'mappings.users.attributes.0',
      ],
      [
        {
          ...given('x'),
          mappings: {
            users: { matching: [], attributes: [{ source: 'emails[', target: 'emails', apply: 'always' }] },
          },
        },
        'mappings.users.attributes.0.source',
      ],
      [{ ...given('x'), colour: 'red' }, 'colour'],
      [{ ...given('') }, 'name'],
    ] as const;
    for (const [body, field] of bad) {
      const { status, body: problem } = await call('POST', 'connections', body);
      expect([status, problem.errors.map((error: any) => error.field)], field).toEqual([
        400,
        expect.arrayContaining([field]),
      ]);
      expect(JSON.stringify(problem)).not.toContain(target.token);
    }
    expect((await call('GET', 'connections')).body.items).toEqual([]);
  });

  it('keeps credentials to itself, and names apart', async () => {
    const created = await call('POST', 'connections', given('Kept'));
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ name: 'Kept', state: 'disabled', configVersion: 1 });
    const { id } = created.body;
    const again = await call('POST', 'connections', given('kept'));
    expect([again.status, again.body.errors[0].field]).toEqual([409, 'name']);
    const texts = [
      created.text,
      (await call('GET', `connections/${id}`)).text,
      (await call('GET', 'connections')).text,
      (await call('PATCH', `connections/${id}`, { name: 'Still kept' })).text,
    ];
    for (const text of texts) expect(text).not.toContain(target.token);
    const rows = await store.database.query<{ credentials: Buffer }>(
      'select credentials from hub.connection',
    );
    expect(rows[0]!.credentials.toString('latin1')).not.toContain(target.token);
    expect((await call('POST', `connections/${id}/test`)).body.ok).toBe(true);
    for (const [body, field] of [
      [{ name: null }, 'name'],
      [{ settings: null }, 'settings'],
      [{ credentials: {} }, 'credentials.type'],
      [{ scope: { rule: 7 } }, 'scope.rule'],
      [{ connector: 'ldap' }, 'connector'],
    ] as const) {
      const { status, body: problem } = await call('PATCH', `connections/${id}`, body);
      expect([status, problem.errors?.[0]?.field], field).toEqual([400, field]);
    }
    expect((await call('DELETE', `connections/${id}`)).status).toBe(204);
    expect((await call('GET', `connections/${id}`)).status).toBe(404);
    expect((await call('GET', 'connections/nonsense')).status).toBe(404);
  });

  it('brings a person from the source to the target, and says what was done', async () => {
    const { id } = (await call('POST', 'connections', given('App'))).body;
    await call('POST', `connections/${id}/enable`);
    const ada = await scim('POST', 'Users', person('ada@example.com', { displayName: '=HYPERLINK("x")' }));
    const account = await waitFor(() => accountNamed('ada@example.com'), { what: 'Ada at the target' });
    await scim('PATCH', `Users/${ada.id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
    });
    await waitFor(async () => (await accountNamed('ada@example.com'))?.active === false, {
      what: 'Ada to lose access',
    });

    const report = await waitFor(
      async () => {
        const { items } = (await call('GET', 'reports/provisioning?user=ada@example.com')).body;
        return items.length === 2 && items;
      },
      { what: 'both operations in the report' },
    );
    expect(report.map(({ action, status }: any) => [action, status])).toEqual([
      ['deactivate', 'succeeded'],
      ['create', 'succeeded'],
    ]);
    expect(report[0]).toMatchObject({
      connection: { id, name: 'App' },
      subject: { type: 'user', id: ada.id, display: 'ada@example.com' },
      attempts: 1,
      attributes: ['active'],
      remoteId: account.id,
    });
    const { items } = (await call('GET', `users/${ada.id}/targets`)).body;
    expect(items).toEqual([
      expect.objectContaining({
        state: 'inactive',
        remoteId: account.id,
        work: expect.objectContaining({ state: 'done' }),
      }),
    ]);
    expect((await call('GET', `users/${randomUUID()}/targets`)).status).toBe(404);
    expect((await call('GET', `connections/${id}/progress`)).body).toMatchObject({
      phase: 'idle',
      total: 1,
      done: 1,
      dead: 0,
    });
    await call('DELETE', `connections/${id}`);
  });

  it('shows dead letters with what to do, and tries them again when asked', async () => {
    const { id } = (await call('POST', 'connections', given('Strict'))).body;
    await call('POST', `connections/${id}/enable`);
    await target.setFaults({ fail: { every: 1, status: 400 } });
    const bob = await scim('POST', 'Users', person('bob@example.com'));
    const [letter] = await waitFor(
      async () => {
        const { items } = (await call('GET', `connections/${id}/dead-letters`)).body;
        return items.length > 0 && items;
      },
      { what: 'a dead letter' },
    );
    expect(letter).toMatchObject({ subject: { type: 'user', display: expect.any(String) }, attempts: 1 });
    expect(letter.error.message.length).toBeGreaterThan(5);
    await target.setFaults({});
    const neither = await call('POST', `connections/${id}/retries`, {});
    expect([neither.status, neither.body.errors[0].field]).toEqual([400, 'subjectIds']);
    const { retried } = (await call('POST', `connections/${id}/retries`, { all: true })).body;
    expect(retried).toBeGreaterThanOrEqual(1);
    await waitFor(() => accountNamed('bob@example.com'), { what: 'Bob at the target' });
    await waitFor(async () => (await call('GET', `connections/${id}/progress`)).body.phase === 'idle', {
      what: 'all done',
    });
    expect((await call('GET', `connections/${id}/dead-letters`)).body.items).toEqual([]);
    const failed = await waitFor(
      async () => {
        const { items } = (await call('GET', `reports/provisioning?status=failed&connection=${id}`)).body;
        return items.some(({ subject }: any) => subject.id === bob.id) && items;
      },
      { what: 'the failure in the report' },
    );
    expect(failed[0].error.message.length).toBeGreaterThan(5);
  });

  it('pages the report without gaps, filters it, and streams it as CSV that no spreadsheet runs', async () => {
    const { id } = (await call('POST', 'connections', given('=Paged'))).body;
    await Promise.all(
      Array.from({ length: 25 }, (_, at) => scim('POST', 'Users', person(`+page${at}@example.com`))),
    );
    await call('POST', `connections/${id}/enable`);
    const everything = `reports/provisioning?connection=${id}`;
    await waitFor(async () => (await call('GET', `${everything}&limit=1000`)).body.items.length >= 26, {
      what: 'everybody in the report',
    });
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: { body: any } = await call(
        'GET',
        `${everything}&limit=10${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...body.items.map((item: any) => item.id));
      cursor = body.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe((await call('GET', `${everything}&limit=1000`)).body.items.length);
    expect((await call('GET', `${everything}&to=2020-01-01T00:00:00Z`)).body.items).toEqual([]);
    expect((await call('GET', `${everything}&action=delete`)).body.items).toEqual([]);
    for (const wrong of [
      'status=odd',
      'action=odd',
      'from=yesterday',
      'cursor=odd',
      'limit=0',
      'format=xml',
    ]) {
      const { status, body } = await call('GET', `${everything}&${wrong}`);
      expect([status, body.errors?.[0]?.field]).toEqual([400, wrong.split('=')[0]]);
    }
    const csv = (await call('GET', `${everything}&format=csv`)).text.trimEnd().split('\r\n');
    const connectionColumn = csv[0]!.split(',').indexOf('connection');
    expect(connectionColumn).toBeGreaterThan(0);
    expect(csv.length - 1).toBe(seen.length);
    for (const line of csv.slice(1)) {
      expect(line.split(',')[connectionColumn]).toBe("'=Paged");
      expect(line.split(',').some((cell) => /^"?[=+@-]/.test(cell))).toBe(false);
    }
  });
});
