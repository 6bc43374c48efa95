import type { Attributes } from '@rollcall/connectors';
import { Database } from '@rollcall/platform';
import { searchDocument } from '@rollcall/read-model';
import { groupType, type ResourceType, shownAttributes } from '@rollcall/scim';
import { referencedIds } from '../mapping/map-attributes.js';
import { groupsBelow } from '../membership/nested-groups.js';
import type { Configuration, GroupState, TargetObject, UserState } from '../plan/plan.js';
import type { DirtyPair } from '../work/completion.js';
import { uuid } from '../work/uuid.js';

export interface LoadedUser {
  type: 'user';
  user: UserState | undefined;
  target: TargetObject | undefined;
}

export interface LoadedGroup {
  type: 'group';
  group: GroupState | undefined;
  target: TargetObject | undefined;
  /** The hub has written members there. */
  hasMembers: boolean;
  /** Memberships that may differ, with the revision each was read at; at most as many as were asked for. */
  dirty: DirtyPair[];
}

export interface Loaded {
  users: Map<string, LoadedUser>;
  groups: Map<string, LoadedGroup>;
  /** The target's ids by hub id, of what the loaded subjects refer to. */
  remoteIds: Map<string, string>;
}

interface TargetColumns {
  remoteId: string | null;
  origin: TargetObject['origin'];
  targetState: TargetObject['state'];
  written: Attributes;
  leavingSince: Date | null;
  kept: TargetObject['kept'] | null;
}

const targetColumns = `t.remote_id as "remoteId", t.origin, t.state as "targetState", t.written,
  t.leaving_since as "leavingSince", t.kept`;

/**
 * The newest state of subjects and of what is known of them at the connection. Called after the items are
 * leased, in statements of its own: only then is what it reads never older than what the items are due for.
 */
export async function loadSubjects(
  database: Database,
  tenantId: string,
  connectionId: string,
  configuration: Configuration,
  asked: { users: string[]; groups: string[]; memberLimit: number },
): Promise<Loaded> {
  const [users, groups] = await Promise.all([
    asked.users.length ? loadUsers(database, tenantId, connectionId, configuration, asked.users) : new Map(),
    asked.groups.length
      ? loadGroups(database, tenantId, connectionId, configuration, asked.groups, asked.memberLimit)
      : new Map<string, LoadedGroup>(),
  ]);
  const referenced = [...users.values()].flatMap(({ user }: LoadedUser) =>
    user ? referencedIds(configuration.users.attributes, user.resource, configuration.users.type) : [],
  );
  return { users, groups, remoteIds: await remoteIdsOf(database, tenantId, connectionId, referenced) };
}

async function loadUsers(
  database: Database,
  tenantId: string,
  connectionId: string,
  {
    scope: {
      users: { rule, groups },
    },
    users: { type },
  }: Configuration,
  ids: string[],
): Promise<Map<string, LoadedUser>> {
  const rows = await database.query<
    TargetColumns & {
      id: string;
      active: boolean | null;
      deletedAt: Date | null;
      resource: Record<string, unknown>;
      search: Record<string, unknown>;
      version: number;
      createdAt: Date;
      lastModified: Date;
      memberOf: string[] | null;
    }
  >(
    {
      name: groups ? 'push.load-users-with-groups' : 'push.load-users',
      text: `${groups ? `with recursive ${groupsBelow('below', 'select unnest($4::uuid[])')} ` : ''}select w.id, u.active, u.deleted_at as "deletedAt", u.resource, u.search, u.version,
               u.created_at as "createdAt", u.last_modified as "lastModified", ${targetColumns},
               ${
                 groups
                   ? `array(select distinct b.root::text from hub.directory_member m
                        join below b on b.group_id = m.group_id
                        where m.tenant_id = $1 and m.member_id = w.id)`
                   : 'null'
               } as "memberOf"
             from unnest($3::uuid[]) w(id)
             left join hub.directory_user u on u.tenant_id = $1 and u.id = w.id and u.id = any($3::uuid[])
             left join hub.target_object t on t.tenant_id = $1 and t.connection_id = $2 and t.subject_id = w.id
               and t.subject_id = any($3::uuid[])`,
    },
    [tenantId, connectionId, ids, ...(groups ? [[...groups]] : [])],
  );
  return new Map(
    rows.map((row) => {
      const user: UserState | undefined =
        row.active === null
          ? undefined
          : {
              id: row.id,
              active: row.active,
              ...(row.deletedAt && { deletedAt: row.deletedAt }),
              resource: { ...shownAttributes(row.resource, type), id: row.id },
              search: rule && type.custom.size > 0 ? documentOf(row, type) : row.search,
              memberOf: row.memberOf ?? [],
            };
      return [row.id, { type: 'user', user, target: targetFrom(row) }];
    }),
  );
}

/** The row's own may wait to be made again, after a schema has changed. */
function documentOf(
  row: {
    id: string;
    version: number;
    resource: Record<string, unknown>;
    createdAt: Date;
    lastModified: Date;
  },
  type: ResourceType,
): Record<string, unknown> {
  return searchDocument({ ...row, attributes: row.resource, deleted: false }, type);
}

async function loadGroups(
  database: Database,
  tenantId: string,
  connectionId: string,
  { groups: mapping, scope, policy }: Configuration,
  ids: string[],
  memberLimit: number,
): Promise<Map<string, LoadedGroup>> {
  const effective = policy.groups.membership === 'effective';
  const [rows, pairs] = await Promise.all([
    database.query<
      TargetColumns & {
        id: string;
        known: boolean;
        hasMembers: boolean;
        deletedAt: Date | null;
        resource: Record<string, unknown>;
        search: Record<string, unknown>;
        version: number;
        createdAt: Date;
        lastModified: Date;
      }
    >(
      {
        name: 'push.load-groups',
        text: `select w.id, g.id is not null as known, g.deleted_at as "deletedAt", g.resource, g.search, g.version,
                 g.created_at as "createdAt", g.last_modified as "lastModified", ${targetColumns},
                 exists (select from hub.target_member m where m.tenant_id = $1 and m.connection_id = $2
                   and m.group_id = w.id) as "hasMembers"
               from unnest($3::uuid[]) w(id)
               left join hub.directory_group g on g.tenant_id = $1 and g.id = w.id and g.id = any($3::uuid[])
               left join hub.target_object t on t.tenant_id = $1 and t.connection_id = $2 and t.subject_id = w.id
               and t.subject_id = any($3::uuid[])`,
      },
      [tenantId, connectionId, ids],
    ),
    database.query<DirtyPair & { groupId: string; remoteId: string | null; writtenAs: string | null }>(
      {
        name: effective ? 'push.load-dirty-effective-members' : 'push.load-dirty-members',
        text: `${effective ? `with recursive ${groupsBelow('below', 'select unnest($3::uuid[])')} ` : ''}select d.group_id as "groupId", d.member_id as "memberId", d.member_type as "memberType", d.revision,
                 ${effective ? effectively : 'm.member_id is not null'} as "inDirectory", o.remote_id as "remoteId", t.remote_id as "writtenAs"
               from unnest($3::uuid[]) w(id)
               cross join lateral (
                 select * from hub.work_member x where x.tenant_id = $1 and x.connection_id = $2
                   and x.group_id = w.id and not x.parked order by x.member_id limit $4) d
               left join hub.directory_member m on m.tenant_id = $1 and m.group_id = d.group_id
                 and m.member_id = d.member_id
               left join hub.target_object o on o.tenant_id = $1 and o.connection_id = $2
                 and o.subject_id = d.member_id and o.state in ('active', 'inactive')
               left join hub.target_member t on t.tenant_id = $1 and t.connection_id = $2
                 and t.group_id = d.group_id and t.member_id = d.member_id`,
      },
      [tenantId, connectionId, ids, memberLimit],
    ),
  ]);
  const type = mapping?.type ?? groupType;
  const loaded = new Map<string, LoadedGroup>(
    rows.map((row) => {
      const group = row.known
        ? {
            id: row.id,
            resource: { ...shownAttributes(row.resource, type), id: row.id },
            search: scope.groups.rule && type.custom.size > 0 ? documentOf(row, type) : row.search,
            ...(row.deletedAt && { deletedAt: row.deletedAt }),
          }
        : undefined;
      return [
        row.id,
        { type: 'group', group, target: targetFrom(row), hasMembers: row.hasMembers, dirty: [] },
      ];
    }),
  );
  for (const { groupId, remoteId, writtenAs, ...pair } of pairs) {
    loaded.get(groupId)!.dirty.push({
      ...pair,
      ...(remoteId !== null && { remoteId }),
      ...(writtenAs !== null && { writtenAs }),
    });
  }
  return loaded;
}

/** Whether the pair's user is in the group or in a group below it. Groups are nobody's members then. */
const effectively = `d.member_type = 'user' and exists (
  select from hub.directory_member e join below b on b.group_id = e.group_id
  where e.tenant_id = $1 and e.member_id = d.member_id and b.root = d.group_id)`;

export async function remoteIdsOf(
  database: Database,
  tenantId: string,
  connectionId: string,
  ids: string[],
): Promise<Map<string, string>> {
  const known = ids.filter((id) => uuid.test(id));
  if (known.length === 0) return new Map();
  const rows = await database.query<{ id: string; remoteId: string }>(
    {
      name: 'push.remote-ids',
      text: `select subject_id as id, remote_id as "remoteId" from hub.target_object
             where tenant_id = $1 and connection_id = $2 and subject_id = any($3::uuid[])
               and state in ('active', 'inactive')`,
    },
    [tenantId, connectionId, [...new Set(known)]],
  );
  return new Map(rows.map(({ id, remoteId }) => [id, remoteId]));
}

function targetFrom(row: TargetColumns): TargetObject | undefined {
  if (row.remoteId === null) return undefined;
  return {
    remoteId: row.remoteId,
    origin: row.origin,
    state: row.targetState,
    written: row.written,
    ...(row.leavingSince && { leavingSince: row.leavingSince }),
    ...(row.kept && { kept: row.kept }),
  };
}
