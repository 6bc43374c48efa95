import { Database } from '@rollcall/platform';
import type { OutcomeCounts } from './failure-window.js';

/**
 * Adds what this process has seen to what all have, and answers the sum. Counts of before a person's change, and those
 * older than the window, are dropped.
 * @param epoch of the configuration the operations were made under
 */
export async function shareOutcomes(
  database: Database,
  tenantId: string,
  connectionId: string,
  epoch: number,
  { counts, oldest }: { counts: OutcomeCounts[]; oldest: number },
): Promise<OutcomeCounts[]> {
  return database.query<OutcomeCounts>(
    `with added as (
       insert into hub.connection_outcome as o (tenant_id, connection_id, epoch, slice, good, faults)
       select $1, $2, $3, seen.slice, seen.good, seen.faults
       from unnest($4::bigint[], $5::int[], $6::int[]) seen(slice, good, faults)
       where exists (select from hub.connection where tenant_id = $1 and id = $2)
       order by seen.slice
       on conflict (tenant_id, connection_id, epoch, slice)
         do update set good = o.good + excluded.good, faults = o.faults + excluded.faults
       returning slice, good, faults
     ), dropped as (
       delete from hub.connection_outcome
       where tenant_id = $1 and connection_id = $2 and (epoch < $3 or epoch = $3 and slice < $7)
     )
     select slice::float8 as slice, good, faults from added
     union all
     select slice::float8, good, faults from hub.connection_outcome
     where tenant_id = $1 and connection_id = $2 and epoch = $3 and slice >= $7 and slice <> all($4)`,
    [
      tenantId,
      connectionId,
      epoch,
      counts.map(({ slice }) => slice),
      counts.map(({ good }) => good),
      counts.map(({ faults }) => faults),
      oldest,
    ],
  );
}
