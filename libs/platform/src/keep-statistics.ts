import type { Database } from './database.js';

/** A table that grew by half, and by more than a few hundred rows, is not what its statistics say. */
const outgrown = `
  select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
  where schemaname = 'hub' and n_mod_since_analyze > 500 + n_live_tup / 2`;

/**
 * Brings the planner's statistics up to date where a table has outgrown them. PostgreSQL does so itself, but
 * only after a minute or more: until then a first load of 100,000 users would be searched by reading all of
 * them, since a table without statistics counts as one of many tenants' few rows. Of processes that come at
 * once, one works.
 */
export async function keepStatistics(database: Database): Promise<void> {
  for (const { name } of await database.query<{ name: string }>(outgrown)) {
    await database.query(`analyze (skip_locked) ${name}`);
  }
}
