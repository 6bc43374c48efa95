import { Metrics } from '@rollcall/platform';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrations } from '../../apps/hub/src/migrations.js';
import { eraseFromRequestLog } from '../../apps/hub/src/request-log/erase-from-request-log.js';
import { firstIdAt, type LogRow, timeOf } from '../../apps/hub/src/request-log/log-row.js';
import { RequestLog } from '../../apps/hub/src/request-log/request-log.js';
import { changeRequestLogSettings, pruneRequestLog } from '../../apps/hub/src/request-log/retention.js';
import { createTestDatabase, startHubHere, type TestDatabase, waitFor } from '../harness/index.js';
import { type Json, ScimSource } from '../harness/scim-source.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ migrations });
});
afterAll(() => test?.drop());

async function newTenant(): Promise<string> {
  const id = uuid();
  await test.database.query(
    `insert into hub.tenant (tenant_id, name, is_default) values ($1, 'north', false)`,
    [id],
  );
  return id;
}

function row(tenantId: string, more: Partial<LogRow> = {}): LogRow {
  const id = more.id ?? uuid();
  return {
    tenant_id: tenantId,
    id,
    at: timeOf(id).toISOString(),
    source_id: null,
    client: 'entra',
    user_agent: null,
    method: 'GET',
    path: '/Users',
    meaning: 'list users',
    subject_type: null,
    subject_id: null,
    subject_display: null,
    subject_key: null,
    others: null,
    status: 200,
    failed: false,
    scim_type: null,
    detail: null,
    duration_ms: 1,
    body: null,
    events: null,
    deviations: null,
    ...more,
  };
}

const count = async (tenantId: string) => {
  const [found] = await test.database.query<{ n: number }>(
    'select count(*)::int as n from hub.request_log where tenant_id = $1',
    [tenantId],
  );
  return found!.n;
};

const newLog = () => {
  const metrics = new Metrics();
  const log = new RequestLog(test.database, metrics);
  const metric = async (name: string) => (await metrics.getSingleMetric(name)!.get()).values[0]?.value ?? 0;
  return { log, metric };
};

describe('ids', () => {
  it('tell when a request came, and bound those of a time', () => {
    const before = new Date();
    const id = uuid();
    expect(timeOf(id).getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(firstIdAt(before) <= id).toBe(true);
    expect(firstIdAt(new Date(Date.now() + 1)) > id).toBe(true);
  });
});

describe('writing', () => {
  it('takes many at a time, each once, whatever characters they hold', async () => {
    const tenant = await newTenant();
    const { log } = newLog();
    const odd = row(tenant, {
      meaning: 'a \u0000 b \ud800 c',
      body: { '\u0000': ['\udfff', String.raw`\u0000`] },
    });
    log.add(odd);
    log.add(odd);
    for (let n = 0; n < 2_500; n++) log.add(row(tenant));
    await log.flush();
    expect(await count(tenant)).toBe(2_501);
    const [kept] = await test.database.query('select meaning from hub.request_log where id = $1', [odd.id]);
    expect(kept).toEqual({ meaning: 'a \ufffd b \ufffd c' });
  });

  it('leaves out a row that Postgres refuses, and only that', async () => {
    const tenant = await newTenant();
    const { log, metric } = newLog();
    for (let n = 0; n < 20; n++) log.add(row(tenant, n === 7 ? { status: 1_000_000 } : {}));
    await log.flush();
    expect(await count(tenant)).toBe(19);
    expect(await metric('rollcall_request_log_dropped_total')).toBe(1);
  });

  it('happens at the latest when the hub stops', async () => {
    const tenant = await newTenant();
    const { log } = newLog();
    log.add(row(tenant));
    await log.onApplicationShutdown();
    expect(await count(tenant)).toBe(1);
  });
});

describe('while Postgres is away', () => {
  it('rows wait within bounds, those beyond are counted, and afterwards the rest is written', async () => {
    const tenant = await newTenant();
    const { log, metric } = newLog();
    await test.database.query('alter table hub.request_log rename to request_log_away');
    try {
      for (let n = 0; n < 21_000; n++) log.add(row(tenant));
      await expect(log.flush()).rejects.toThrow('request_log');
      expect(await metric('rollcall_request_log_waiting')).toBe(20_000);
      expect(await metric('rollcall_request_log_dropped_total')).toBe(1_000);
    } finally {
      await test.database.query('alter table hub.request_log_away rename to request_log');
    }
    await waitFor(async () => (await count(tenant)) === 20_000, { what: 'the rows that waited' });
    expect(await metric('rollcall_request_log_waiting')).toBe(0);
  });

  it('rows with long texts wait within the same memory', async () => {
    const tenant = await newTenant();
    const { log, metric } = newLog();
    for (let n = 0; n < 4_000; n++) log.add(row(tenant, { detail: 'x'.repeat(16_000) }));
    const waiting = await metric('rollcall_request_log_waiting');
    expect(waiting).toBeLessThan(2_200);
    expect(await metric('rollcall_request_log_dropped_total')).toBe(4_000 - waiting);
    await log.flush();
  });
});

describe('keeping', () => {
  const day = 24 * 60 * 60 * 1000;

  it('ends with age', async () => {
    const tenant = await newTenant();
    const { log } = newLog();
    const ages = [0, 1, 6, 8, 29, 31, 400];
    for (const days of ages) {
      const id = firstIdAt(new Date(Date.now() - days * day)).slice(0, 14) + uuid().slice(14);
      log.add(row(tenant, { id }));
    }
    await log.flush();
    await pruneRequestLog(test.database);
    expect(await count(tenant)).toBe(5);
    await changeRequestLogSettings(test.database, tenant, { keepDays: 7 });
    await pruneRequestLog(test.database);
    expect(await count(tenant)).toBe(3);
  });

  it('ends for the oldest of too many, and for nobody else', async () => {
    const [tenant, neighbour] = [await newTenant(), await newTenant()];
    const { log } = newLog();
    const rows = Array.from({ length: 12_000 }, () => row(tenant));
    for (const one of rows) log.add(one);
    for (let n = 0; n < 5; n++) log.add(row(neighbour));
    await log.flush();
    await changeRequestLogSettings(test.database, tenant, { keepEntries: 1_000 });
    await Promise.all([pruneRequestLog(test.database), pruneRequestLog(test.database)]);
    await pruneRequestLog(test.database);
    const kept = await test.database.query<{ id: string }>(
      'select id from hub.request_log where tenant_id = $1 order by id',
      [tenant],
    );
    expect(kept.map(({ id }) => id)).toEqual(rows.slice(-1_000).map(({ id }) => id));
    expect(await count(neighbour)).toBe(5);
  });
});

describe('a person who is erased', () => {
  it('is in no request any more, and the others stay as they were', async () => {
    const tenant = await newTenant();
    const { log } = newLog();
    const [ann, group] = [uuid(), uuid()];
    const about = { subject_type: 'User' as const, subject_display: 'ann@x.org', subject_key: 'ann@x.org' };
    const rows = [
      row(tenant, {
        ...about,
        subject_id: ann,
        meaning: 'create user "ann@x.org"',
        body: { userName: 'ann@x.org' },
      }),
      row(tenant, {
        ...about,
        meaning: 'look for a user with userName eq "ann@x.org"',
        path: '/Users?filter=ann@x.org',
      }),
      row(tenant, { meaning: 'bulk of 2 operations', others: [ann, group], body: { value: 'ann' } }),
      row(tenant, {
        meaning: 'look for users with emails eq "ann.smith@x.org"',
        detail: 'ANN.SMITH@x.org is odd',
      }),
      row(tenant, { subject_type: 'Group', subject_id: group, meaning: 'read group "Ann-Arbor"' }),
    ];
    for (const one of rows) log.add(one);
    await log.flush();
    const erased = await eraseFromRequestLog(test.database, tenant, ann, ['Ann@x.org', 'ann.smith@x.org']);
    expect(erased).toBe(4);
    const left = await test.database.query<{ row: string; meaning: string }>(
      'select l::text as row, meaning from hub.request_log l where tenant_id = $1 order by id',
      [tenant],
    );
    expect(left.map(({ meaning }) => meaning)).toEqual([
      ...Array(4).fill('(erased)'),
      'read group "Ann-Arbor"',
    ]);
    expect(left.slice(0, 4).filter((one) => /ann@|ann\.smith/i.test(one.row))).toEqual([]);
  });
});

describe('a hub', () => {
  it('that stops has written what it answered, and one that loses Postgres says what is missing', async () => {
    const own = await createTestDatabase();
    try {
      const hub = await startHubHere({ DATABASE_URL: own.url });
      const admin = (path: string, body: unknown) =>
        fetch(`${hub.url}/api/v1/${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${hub.keys.adminKey}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }).then((response) => response.json() as Promise<Json>);
      const { id, token } = await admin('sources', { name: 'S', client: 'entra' });
      const source = new ScimSource(`${hub.url}/scim/v2`, token);
      for (let n = 0; n < 5; n++) await source.get('/Users?count=1');
      await own.database.query('alter table hub.source_token rename to source_token_away');
      await waitFor(async () => (await source.get('/Users')).status >= 500, {
        what: 'the hub to miss its tokens',
      });
      const counted = async () =>
        /^rollcall_request_log_dropped_total [1-9]/m.test(await (await fetch(`${hub.url}/metrics`)).text());
      await waitFor(counted, { what: 'the request of nobody known to be counted' });
      await own.database.query('alter table hub.source_token_away rename to source_token');
      const issued = await admin(`sources/${id}/tokens`, {
        expiresAt: new Date(Date.now() + 1_500).toISOString(),
      });
      const expiring = new ScimSource(`${hub.url}/scim/v2`, issued.token);
      expect((await expiring.get('/Users')).status).toBe(200);
      await waitFor(async () => (await expiring.get('/Users')).status === 401, {
        what: 'the token to expire',
      });
      await hub.stop();
      const rows = await own.database.query<{
        meaning: string;
        status: number;
        source_id: string;
        detail: string;
      }>('select meaning, status, source_id, detail from hub.request_log order by id');
      expect(rows.filter(({ meaning }) => meaning.includes('1 at most'))).toHaveLength(5);
      expect(rows.at(-1)).toMatchObject({
        status: 401,
        source_id: id,
        meaning: 'not let in: list users',
        detail: expect.stringMatching(/has expired at .*Z/),
      });
    } finally {
      await own.drop();
    }
  });
});
