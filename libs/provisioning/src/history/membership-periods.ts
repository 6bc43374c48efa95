import type { Member } from '@rollcall/directory';
import type { RecordedEvent } from '@rollcall/event-store';
import type { PoolClient } from 'pg';

interface Change {
  op: 'add' | 'remove' | 'group-deleted' | 'member-deleted';
  group?: string;
  member?: string;
  type?: string;
  position: number;
  at: Date;
}

/** Changes in order; runs of one kind travel in one statement. */
export async function writeMembershipPeriods(
  events: RecordedEvent[],
  client: PoolClient,
  tenantId: string,
): Promise<void> {
  const changes = events.flatMap(changesOf);
  for (let at = 0; at < changes.length;) {
    const { op } = changes[at]!;
    let end = at;
    while (end < changes.length && changes[end]!.op === op) end++;
    await client.query(statements[op], [tenantId, JSON.stringify(changes.slice(at, end))]);
    at = end;
  }
}

function changesOf({ type, streamId, position, recordedAt: at, payload }: RecordedEvent): Change[] {
  switch (type) {
    case 'group.members-added':
    case 'group.members-removed': {
      const op = type === 'group.members-added' ? 'add' : 'remove';
      const members = (payload?.members ?? []) as Member[];
      return members.map((member) => ({
        op,
        group: streamId,
        member: member.id,
        type: member.type.toLowerCase(),
        position,
        at,
      }));
    }
    case 'group.deleted':
      return [
        { op: 'group-deleted', group: streamId, position, at },
        { op: 'member-deleted', member: streamId, position, at },
      ];
    case 'user.deleted':
      return [{ op: 'member-deleted', member: streamId, position, at }];
    default:
      return [];
  }
}

const given = `jsonb_to_recordset($2::jsonb) as g("group" uuid, member uuid, type text, position bigint, at timestamptz)`;

const ended = (how: string, which: string) => `
  update hub.membership_period p set to_position = g.position, to_at = g.at, ended = '${how}'
  from ${given} where p.tenant_id = $1 and p.to_position is null and p.from_position < g.position and ${which}`;

/** A membership decided while its member was being deleted must not outlive it. */
const statements: Record<Change['op'], string> = {
  add: `
    insert into hub.membership_period (tenant_id, group_id, member_id, member_type, from_position, from_at)
    select distinct on (g."group", g.member) $1::uuid, g."group", g.member, g.type, g.position, g.at from ${given}
    where not exists (select from hub.membership_period p where p.tenant_id = $1 and p.group_id = g."group"
        and p.member_id = g.member and p.to_position is null)
      and not exists (select from hub.directory_user u where u.tenant_id = $1 and u.id = g.member
        and u.deleted_at is not null and u.position < g.position)
      and not exists (select from hub.directory_group d where d.tenant_id = $1 and d.id in (g."group", g.member)
        and d.deleted_at is not null and d.position < g.position)
    order by g."group", g.member, g.position on conflict do nothing`,
  remove: ended('removed', 'p.group_id = g."group" and p.member_id = g.member'),
  'group-deleted': ended('group-deleted', 'p.group_id = g."group"'),
  'member-deleted': ended('member-deleted', 'p.member_id = g.member'),
};
