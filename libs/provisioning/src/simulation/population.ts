import { Database } from '@rollcall/platform';

const pageSize = 1_000;

const live = `select s.id, 'user' as type from hub.directory_user s where s.tenant_id = $1 and s.deleted_at is null`;
const liveGroups = `select s.id, 'group' as type from hub.directory_group s
  where s.tenant_id = $1 and s.deleted_at is null`;
/** What is still at the target of those that are gone from the directory. */
const leftThere = `select t.subject_id as id, t.subject_type as type from hub.target_object t
  left join hub.directory_user u on u.tenant_id = t.tenant_id and u.id = t.subject_id and u.deleted_at is null
  left join hub.directory_group g on g.tenant_id = t.tenant_id and g.id = t.subject_id and g.deleted_at is null
  where t.tenant_id = $1 and t.connection_id = $2 and t.state in ('active', 'inactive')
    and u.id is null and g.id is null`;

export async function countPopulation(
  database: Database,
  tenantId: string,
  id: string,
  connectionId: string,
): Promise<void> {
  await database.query(
    `update hub.simulation set total = (select count(*)::int from (
       ${live} union all ${liveGroups} union all ${leftThere}) p)
     where tenant_id = $1 and connection_id = $2 and id = $3`,
    [tenantId, connectionId, id],
  );
}

export interface Page {
  subjects: { id: string; type: 'user' | 'group' }[];
  /** Undefined: nothing comes after. */
  reached: string | undefined;
}

/** In the order of the ids. The target's objects are looked through once, a range of ids with each page. */
export async function pageAfter(
  database: Database,
  tenantId: string,
  connectionId: string,
  after: string | null,
): Promise<Page> {
  const from = (column: string) => `and ($2::uuid is null or ${column} > $2) order by id limit ${pageSize}`;
  const found = await database.query<Page['subjects'][number]>(
    `select * from ((${live} ${from('s.id')}) union all (${liveGroups} ${from('s.id')})) p
     order by id limit ${pageSize}`,
    [tenantId, after],
  );
  const end = found.length === pageSize ? found.at(-1)!.id : undefined;
  const left = await database.query<Page['subjects'][number]>(
    `${leftThere} and ($3::uuid is null or t.subject_id > $3) and ($4::uuid is null or t.subject_id <= $4)
     order by t.subject_id limit ${pageSize}`,
    [tenantId, connectionId, after, end ?? null],
  );
  const reached = left.length === pageSize ? left.at(-1)!.id : end;
  const within = reached === undefined ? found : found.filter(({ id }) => id <= reached);
  return { subjects: [...within, ...left], reached };
}
