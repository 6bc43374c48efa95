import { Database } from '@rollcall/platform';
import { allowedOf, type GuardedAction, limitOf } from '../guard/guard.decide.js';
import { differingMembers } from '../membership/nested-groups.js';
import type { Configuration } from '../plan/plan.js';
import type { SimulationResult, WouldBeHeld } from './simulation.js';

/** Members that would be added to and taken out of groups, once all users are looked at. */
export async function memberships(
  database: Database,
  tenantId: string,
  id: string,
  connectionId: string,
  { policy, groups }: Configuration,
): Promise<{ add: number; remove: number }> {
  if (!groups || !policy.groups.enabled || !policy.groups.members) return { add: 0, remove: 0 };
  const kept = `select subject_id from hub.simulation_subject where tenant_id = $1 and simulation_id = $3
    and subject_type = 'group' and has_account`;
  const [row] = await database.query<{ add: number; remove: number }>(
    `select count(*) filter (where d.wanted and t.member_id is null and s.has_account)::int as add,
       count(*) filter (where not d.wanted and t.member_id is not null)::int as remove
     from (${differingMembers(kept, policy.groups.membership === 'effective')}) d
     left join hub.target_member t on t.tenant_id = $1 and t.connection_id = $2 and t.group_id = d.group_id
       and t.member_id = d.member_id
     left join hub.simulation_subject s on s.tenant_id = $1 and s.simulation_id = $3 and s.subject_id = d.member_id`,
    [tenantId, connectionId, id],
  );
  return row!;
}

const guarded: GuardedAction[] = ['create', 'update', 'deactivate', 'delete'];

/** Everybody is looked at when a configuration is saved, so all of it counts at once. */
export async function wouldBeHeld(
  database: Database,
  tenantId: string,
  connectionId: string,
  { policy }: Configuration,
  { draft }: SimulationResult,
): Promise<WouldBeHeld[]> {
  const rows = await database.query<{ type: 'user' | 'group'; active: number; all: number }>(
    `select subject_type as type, count(*) filter (where state = 'active')::int as active, count(*)::int as all
     from hub.target_object where tenant_id = $1 and connection_id = $2 and state in ('active', 'inactive')
     group by 1`,
    [tenantId, connectionId],
  );
  return (['user', 'group'] as const).flatMap((subjectType) =>
    guarded.flatMap((action) => {
      const limit = limitOf(policy.guard, action);
      const planned = draft[subjectType][action] ?? 0;
      const standing = rows.find(({ type }) => type === subjectType);
      const live = (action === 'deactivate' ? standing?.active : standing?.all) ?? 0;
      if (!limit || planned <= allowedOf(live, limit)) return [];
      const { above, abovePercent, withinMinutes } = limit;
      return [{ action, subjectType, count: planned, live, above, abovePercent, withinMinutes }];
    }),
  );
}
