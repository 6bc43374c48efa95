import type { Member } from '@rollcall/directory';
import type { ClientBase } from 'pg';

export type MemberChange =
  | { op: 'add'; groupId: string; members: Member[]; position: number }
  | { op: 'remove'; groupId: string; members: Member[]; position: number }
  /** The group is gone. */
  | { op: 'clear'; groupId: string }
  /** The member is gone. */
  | { op: 'forget'; memberId: string };

/** Applies changes in order; runs of additions and of removals travel in one statement each. */
export async function writeMembers(
  client: ClientBase,
  tenantId: string,
  changes: MemberChange[],
): Promise<void> {
  for (let at = 0; at < changes.length;) {
    const { op } = changes[at]!;
    let end = at;
    while (end < changes.length && changes[end]!.op === op) end++;
    await writeRun(client, tenantId, changes.slice(at, end));
    at = end;
  }
}

async function writeRun(client: ClientBase, tenantId: string, run: MemberChange[]): Promise<void> {
  const { op } = run[0]!;
  if (op === 'add' || op === 'remove') {
    const pairs = run.flatMap((change) =>
      change.op === 'add' || change.op === 'remove'
        ? change.members.map(({ id, type }) => ({ g: change.groupId, m: id, t: type, p: change.position }))
        : [],
    );
    await client.query(op === 'add' ? insertPairs : deletePairs, [tenantId, JSON.stringify(pairs)]);
    return;
  }
  const ids = run.map((change) =>
    change.op === 'clear' ? change.groupId : (change as { memberId: string }).memberId,
  );
  const column = op === 'clear' ? 'group_id' : 'member_id';
  await client.query(
    `delete from hub.directory_member where tenant_id = $1 and ${column} = any($2::uuid[])`,
    [tenantId, ids],
  );
}

/** A membership decided while its member was being deleted must not outlive it. */
const insertPairs = `
  insert into hub.directory_member (tenant_id, group_id, member_id, member_type, position)
  select distinct on (g, m) $1::uuid, g, m, t, p
  from jsonb_to_recordset($2) as r(g uuid, m uuid, t text, p bigint)
  where not exists (select from hub.directory_user u where u.tenant_id = $1 and u.id = r.m and u.deleted_at is not null)
    and not exists (select from hub.directory_group d
      where d.tenant_id = $1 and d.id in (r.g, r.m) and d.deleted_at is not null)
  order by g, m, p
  on conflict do nothing`;

const deletePairs = `
  delete from hub.directory_member d
  using jsonb_to_recordset($2) as r(g uuid, m uuid)
  where d.tenant_id = $1 and d.group_id = r.g and d.member_id = r.m`;
