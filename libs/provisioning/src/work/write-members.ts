import type { PoolClient } from 'pg';
import { groupsBelow } from '../membership/nested-groups.js';
import type { Completion } from './completion.js';

export async function writeMembers(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  completions: Completion[],
): Promise<void> {
  for (const { item, members, target } of completions) {
    if (item.subjectType !== 'group') continue;
    if (target && (target.after.state === 'deleted' || target.after.state === 'absent')) {
      await client.query(
        `delete from hub.target_member where tenant_id = $1 and connection_id = $2 and group_id = $3`,
        [tenantId, connectionId, item.subjectId],
      );
    }
    if (!members) continue;
    const pairs = [
      ...members.added.map((pair) => ({ ...pair, remote_id: pair.remoteId, outcome: 'added' })),
      ...members.removed.map((pair) => ({ ...pair, outcome: 'removed' })),
      ...members.settled.map((pair) => ({ ...pair, outcome: 'settled' })),
      ...members.parked.map((pair) => ({ ...pair, outcome: pair.writtenAs ? 'parked-removed' : 'parked' })),
    ].map(({ memberId, memberType, revision, remoteId, outcome }) => ({
      member_id: memberId,
      member_type: memberType,
      revision,
      remote_id: remoteId ?? null,
      outcome,
    }));
    if (pairs.length > 0) {
      await client.query({
        name: 'work.write-members',
        text: `with given as (
                 select * from jsonb_to_recordset($4::jsonb) as g(member_id uuid, member_type text, revision int,
                   remote_id text, outcome text)),
               added as (
                 insert into hub.target_member (tenant_id, connection_id, group_id, member_id, member_type, remote_id)
                 select $1, $2, $3, member_id, member_type, remote_id from given where outcome = 'added'
                 on conflict (tenant_id, connection_id, group_id, member_id) do update set
                   remote_id = excluded.remote_id),
               removed as (
                 delete from hub.target_member t using given g
                 where t.tenant_id = $1 and t.connection_id = $2 and t.group_id = $3
                   and t.member_id = any($5::uuid[]) and t.member_id = g.member_id and g.outcome in ('removed', 'parked-removed')),
               parked as (
                 update hub.work_member m set parked = true from given g
                 where m.tenant_id = $1 and m.connection_id = $2 and m.group_id = $3
                   and m.member_id = any($5::uuid[]) and m.member_id = g.member_id and m.revision = g.revision and g.outcome in ('parked', 'parked-removed'))
               delete from hub.work_member m using given g
               where m.tenant_id = $1 and m.connection_id = $2 and m.group_id = $3
                 and m.member_id = any($5::uuid[]) and m.member_id = g.member_id and m.revision = g.revision and g.outcome in ('added', 'removed', 'settled')`,
        values: [
          tenantId,
          connectionId,
          item.subjectId,
          JSON.stringify(pairs),
          pairs.map(({ member_id }) => member_id),
        ],
      });
    }
    if (members.markEvery) {
      await client.query(
        `insert into hub.work_member (tenant_id, connection_id, group_id, member_id, member_type)
         select $1, $2, $3, d.* from (${everyMember[members.markEvery]}) d(member_id, member_type)
         order by member_id on conflict do nothing`,
        [tenantId, connectionId, item.subjectId],
      );
    }
  }
}

const everyMember = {
  'member-of-directory':
    'select member_id, lower(member_type) from hub.directory_member where tenant_id = $1 and group_id = $3',
  'effective-member': `with recursive ${groupsBelow('below', 'select $3::uuid')}
    select distinct m.member_id, 'user' from below b join hub.directory_member m on m.tenant_id = $1
      and m.group_id = b.group_id and m.member_type = 'User'`,
  'member-written':
    'select member_id, member_type from hub.target_member where tenant_id = $1 and connection_id = $2 and group_id = $3',
} as const;
