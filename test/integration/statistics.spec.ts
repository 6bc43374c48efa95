import { eventStoreMigrations } from '@rollcall/event-store';
import { keepStatistics } from '@rollcall/platform';
import { readModelMigrations } from '@rollcall/read-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase, waitFor } from '../harness/index.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ migrations: [...eventStoreMigrations, ...readModelMigrations] });
});
afterAll(() => test?.drop());

it('a filter is answered by its index right after a first load, long before PostgreSQL looks by itself', async () => {
  const { database } = test;
  const tenantId = '01990000-0000-7000-8000-000000000000';
  await database.query(
    `insert into hub.directory_user (tenant_id, id, version, position, user_name, user_name_key, active, resource,
       search, created_at, last_modified)
     select $1, gen_random_uuid(), 1, n, 'u' || n, 'u' || n, true, '{}',
       jsonb_build_object('username', 'u' || n, 'title', 't' || n), now(), now()
     from generate_series(1, 5000) n`,
    [tenantId],
  );
  const plan = async () => {
    const rows = await database.query<{ 'QUERY PLAN': string }>(
      `explain select id from hub.directory_user r where tenant_id = '${tenantId}' and deleted_at is null
         and search @> '{"title": "t77"}'`,
    );
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  expect(await plan()).not.toContain('directory_user_search');
  await waitFor(
    async () => {
      await keepStatistics(database);
      return (await plan()).includes('directory_user_search');
    },
    { what: 'the statistics to be kept' },
  );
});
