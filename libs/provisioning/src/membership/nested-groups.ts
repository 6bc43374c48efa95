/**
 * Groups in groups, in SQL. Each fragment is the body of a common table expression under `with recursive`; $1 is
 * the tenant. `union` and not `union all`: that ends groups that hold each other.
 */

/** (root, group_id): every given group with itself and the groups in it, at any depth. */
export function groupsBelow(name: string, roots: string): string {
  return `${name}(root, group_id) as (
      select r.id, r.id from (${roots}) r(id)
      union
      select b.root, m.member_id from ${name} b
        join hub.directory_member m on m.tenant_id = $1 and m.group_id = b.group_id and m.member_type = 'Group')`;
}

/** (group_id, above): every given group with itself and the groups it is in, at any depth. */
export function groupsAbove(name: string, groups: string): string {
  return `${name}(group_id, above) as (
      select g.id, g.id from (${groups}) g(id)
      union
      select a.group_id, m.group_id from ${name} a
        join hub.directory_member m on m.tenant_id = $1 and m.member_id = a.above and m.member_type = 'Group')`;
}

/** Of a connection's row: the ids of the groups that users must be in, as a JSON list; null without any. */
export const scopeGroupsOfUsers = (connection: string): string =>
  `coalesce(${connection}.scope->'users'->'groups', case when jsonb_typeof(${connection}.scope->'groups') = 'array'
     then ${connection}.scope->'groups' end)`;

export const pushesGroups = `coalesce((c.policy->'groups'->>'enabled')::boolean, true)`;

export const effectiveMembers = `coalesce(c.policy->'groups'->>'membership', 'direct') = 'effective'`;

/**
 * (group_id, member_id, member_type, wanted) of every membership that is in the directory and was not written, or the
 * other way round, and of those that are just being written. $1 is
 * the tenant.
 * @param groups a query of ids: the groups that are looked at
 * @param connection where its id stands
 */
export function differingMembers(groups: string, effective: boolean, connection = '$2'): string {
  const wanted = effective
    ? `select distinct b.root as group_id, m.member_id, 'user' as member_type from looked_below b
         join hub.directory_member m on m.tenant_id = $1 and m.group_id = b.group_id and m.member_type = 'User'`
    : `select d.group_id, d.member_id, lower(d.member_type) as member_type from hub.directory_member d
         where d.tenant_id = $1 and d.group_id in (select id from looked)`;
  return `with recursive looked(id) as materialized (${groups})${
    effective ? `, ${groupsBelow('looked_below', 'select id from looked')}` : ''
  },
    wanted as materialized (${wanted})
    select w.group_id, w.member_id, w.member_type, true as wanted from wanted w
      where not exists (select from hub.target_member t where t.tenant_id = $1 and t.connection_id = ${connection}
        and t.group_id = w.group_id and t.member_id = w.member_id)
    union all
    select t.group_id, t.member_id, t.member_type, false from hub.target_member t
      where t.tenant_id = $1 and t.connection_id = ${connection} and t.group_id in (select id from looked)
        and not exists (select from wanted w where w.group_id = t.group_id and w.member_id = t.member_id)
    union all
    select p.group_id, p.member_id, p.member_type, true from hub.work_member p
      join wanted w on w.group_id = p.group_id and w.member_id = p.member_id
      join hub.target_member t on t.tenant_id = $1 and t.connection_id = ${connection} and t.group_id = p.group_id
        and t.member_id = p.member_id
      where p.tenant_id = $1 and p.connection_id = ${connection} and not p.parked
    union all
    select p.group_id, p.member_id, p.member_type, false from hub.work_member p
      where p.tenant_id = $1 and p.connection_id = ${connection} and p.group_id in (select id from looked)
        and not p.parked
        and not exists (select from wanted w where w.group_id = p.group_id and w.member_id = p.member_id)
        and not exists (select from hub.target_member t where t.tenant_id = $1 and t.connection_id = ${connection}
          and t.group_id = p.group_id and t.member_id = p.member_id)`;
}
