import type { Capabilities, Connector, WireCall } from '@rollcall/connectors';
import { Database } from '@rollcall/platform';
import { differingMembers } from '../membership/nested-groups.js';
import { writtenMembers } from '../push/written-members.js';
import { type MemberPair, membersAfter, planMembers } from '../plan/plan-members.js';
import type { Configuration } from '../plan/plan.js';
import { plannedMemberCalls, plannedWholeList } from './planned-calls.js';
import type { PreviewMembers } from './preview.js';

const mostLookedAt = 10_000;
const mostCalls = 5;
/** Stands for the id that a new group is given by the target. */
const notYet = 'id-of-the-new-group';

/** What would be sent about a group's members. */
export async function previewMembers(
  database: Database,
  tenantId: string,
  connectionId: string,
  groupId: string,
  { remoteId = notYet, letGo }: { remoteId?: string; letGo: boolean },
  { policy }: Configuration,
  capabilities: Capabilities['members'],
  connector: Connector,
): Promise<{ members: PreviewMembers; calls: WireCall[]; callsLeftOut: number; refusal?: string }> {
  const { membership } = policy.groups;
  const effective = membership === 'effective';
  const all = await differing(database, tenantId, connectionId, groupId, effective);
  const pairs = all
    .slice(0, mostLookedAt)
    .filter(({ memberType }) => memberType === 'user' || capabilities.nested);
  const { change, parked } = planMembers(pairs, !letGo, Infinity);
  const counted: PreviewMembers = {
    membership,
    add: change.add.length,
    remove: change.remove.length,
    waiting: parked.length,
    more: all.length > mostLookedAt,
  };
  if (!capabilities.addRemove) {
    const current = await writtenMembers(database, tenantId, connectionId, groupId);
    const changed = change.add.length + change.remove.length > 0;
    const told = changed
      ? await plannedWholeList(connector, remoteId, membersAfter(current, change))
      : { calls: [] };
    return { members: counted, ...told, callsLeftOut: 0 };
  }
  const steps = [
    ...change.remove.map((member) => ({ remove: [member], add: [] })),
    ...change.add.map((member) => ({ remove: [], add: [member] })),
  ];
  const calls: WireCall[] = [];
  let refusal: string | undefined;
  const chunks = Math.ceil(steps.length / capabilities.maxPerCall);
  for (let chunk = 0; chunk < Math.min(chunks, mostCalls); chunk += 1) {
    const part = steps.slice(chunk * capabilities.maxPerCall, (chunk + 1) * capabilities.maxPerCall);
    const told = await plannedMemberCalls(connector, remoteId, {
      remove: part.flatMap(({ remove }) => remove),
      add: part.flatMap(({ add }) => add),
    });
    calls.push(...told.calls);
    refusal ??= told.refusal;
  }
  return {
    members: counted,
    calls,
    callsLeftOut: Math.max(0, chunks - mostCalls),
    ...(refusal !== undefined && { refusal }),
  };
}

async function differing(
  database: Database,
  tenantId: string,
  connectionId: string,
  groupId: string,
  effective: boolean,
): Promise<MemberPair[]> {
  const rows = await database.query<
    Omit<MemberPair, 'remoteId' | 'writtenAs'> & { remoteId: string | null; writtenAs: string | null }
  >(
    `select d.member_id as "memberId", d.member_type as "memberType", d.wanted as "inDirectory",
       o.remote_id as "remoteId", t.remote_id as "writtenAs"
     from (${differingMembers('select $3::uuid', effective)}) d
     left join hub.target_object o on o.tenant_id = $1 and o.connection_id = $2 and o.subject_id = d.member_id
       and o.state in ('active', 'inactive')
     left join hub.target_member t on t.tenant_id = $1 and t.connection_id = $2 and t.group_id = d.group_id
       and t.member_id = d.member_id
     order by d.member_id limit ${mostLookedAt + 1}`,
    [tenantId, connectionId, groupId],
  );
  return rows.map(({ remoteId, writtenAs, ...pair }) => ({
    ...pair,
    ...(remoteId !== null && { remoteId }),
    ...(writtenAs !== null && { writtenAs }),
  }));
}
