import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { evidenceRig } from './evidence-rig.js';

/* eslint-disable @typescript-eslint/no-explicit-any */
const rig = evidenceRig();
const many = 200_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function insert(count: number, begun: string, more: string = ''): Promise<void> {
  await rig.store.database.query(
    `insert into hub.operation (tenant_id, id, connection_id, subject_type, subject_id, action, status, attempts, at,
       started_at, position, cause, config_version, attributes, members_added, members_removed, reason, answer,
       duration_ms)
     select (select tenant_id from hub.tenant limit 1), gen_random_uuid(), '00000000-0000-4000-8000-000000000001',
       'user', gen_random_uuid(), (array['create', 'update', 'deactivate'])[1 + n % 3],
       (array['succeeded', 'failed', 'held', 'skipped'])[1 + n % 4], 1, ${begun}, ${begun}, n, n, 1,
       array['userName', 'title'], 0, 0, '=HYPERLINK("http://evil")', 'HTTP 200', 12
     from generate_series(1, ${count}) n ${more}`,
  );
}

async function lines(path: string, onLine: (line: string) => void): Promise<void> {
  const answer = await fetch(`${rig.hub.url}/api/v1/reports/provisioning?${path}`, {
    headers: { authorization: `Bearer ${rig.hub.keys.adminKey}` },
  });
  expect(answer.status).toBe(200);
  const body = Readable.fromWeb(answer.body as ReadableStream);
  for await (const line of createInterface({ input: body })) onLine(line);
}

it('streams 200,000 operations as CSV and as JSON in flat memory', { timeout: 240_000 }, async () => {
  await insert(many, `timestamptz '2026-01-01' + n * interval '1 second'`);
  for (const format of ['csv', 'ndjson']) {
    let count = 0;
    let formulas = 0;
    let least = Infinity;
    let most = 0;
    await lines(`format=${format}`, (line) => {
      count += 1;
      if (/(?:^|,)"?[=+\-@]/.test(line)) formulas += 1;
      if (count % 20_000 === 0) {
        collectGarbage();
        const { heapUsed } = process.memoryUsage();
        least = Math.min(least, heapUsed);
        most = Math.max(most, heapUsed);
      }
    });
    expect(count, format).toBe(format === 'csv' ? many + 1 : many);
    if (format === 'csv') expect(formulas).toBe(0);
    // All rows at once would be more than a hundred megabytes.
    expect((most - least) / 1024 / 1024, `${format} megabytes`).toBeLessThan(40);
  }
});

it('finds by action, status, time and subject', async () => {
  const count = async (query: string) => {
    let found = 0;
    await lines(`format=ndjson&${query}`, () => (found += 1));
    return found;
  };
  const day = 'from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z';
  expect(await count(day)).toBe(86_399);
  expect(await count(`${day}&status=held`)).toBe(21_600);
  expect(await count(`${day}&status=skipped&action=update`)).toBe(7_200);
  expect(await count('connection=00000000-0000-4000-8000-000000000002')).toBe(0);
  const [{ id }] = (await rig.store.database.query<{ id: string }>(
    'select subject_id as id from hub.operation limit 1',
  )) as [{ id: string }];
  expect(await count(`user=${id}`)).toBe(1);
  expect(await count(`group=${id}`)).toBe(0);
  const bad = await rig.call('GET', 'reports/provisioning?format=xml');
  expect([bad.status, bad.body.errors[0].field]).toEqual([400, 'format']);
  expect((await rig.call('GET', 'reports/provisioning?cursor=nonsense')).status).toBe(400);
  expect((await rig.call('GET', 'reports/provisioning/nonsense')).status).toBe(404);
});

it(
  'shows each operation once, though new ones come in and old ones are tried again',
  { timeout: 60_000 },
  async () => {
    const { database } = rig.store;
    await database.query('delete from hub.operation');
    await insert(100, `timestamptz '2026-01-01' + n * interval '1 second'`);
    const before = new Set(
      (await database.query<{ id: string }>('select id from hub.operation')).map(({ id }) => id),
    );
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: any = await rig.get(`reports/provisioning?limit=7${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map((item: any) => item.id));
      cursor = page.nextCursor;
      await insert(3, 'now()');
      // Ten old ones get another attempt: their last attempt is new, when they began is not.
      await database.query(
        `update hub.operation set at = now(), status = 'succeeded'
       where id in (select id from hub.operation where started_at < '2026-02-01' order by random() limit 10)`,
      );
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => before.has(id))).toHaveLength(100);
    const late = await rig.get(
      'reports/provisioning?from=2026-06-01T00:00:00Z&to=2026-01-01T01:00:00Z&limit=1000',
    );
    expect(late.items.length).toBeGreaterThan(20);
    expect(late.items.every(({ at, startedAt }: any) => at > startedAt)).toBe(true);
  },
);
