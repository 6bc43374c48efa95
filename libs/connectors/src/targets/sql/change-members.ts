import type { MemberChange, MembersResult, Outcome } from '../../contract.js';
import { settings, touched } from './create-row.js';
import { listed, named, tableIn } from './names.js';
import { anyOf, idIn, keyIn, keyOf, matches } from './object-id.js';
import { tableOf } from './read-rows.js';
import { gone } from './refusals.js';
import { isLiving } from './row-values.js';
import type { Run, Session, Work } from './session.js';
import { fixed, joined, sql } from './sql-fragment.js';
import type { Tables } from './table.js';

/**
 * Adds and removes members in one transaction, with one statement each. The group's row is locked meanwhile, so no two
 * calls put the same member in, whether or not an index forbids it. Accounts that are not there are unknown.
 */
export async function changeRowsOfMembers(
  session: Session,
  tables: Tables,
  groupId: string,
  change: MemberChange,
  work: Work,
): Promise<Outcome<MembersResult>> {
  const { dialect } = session;
  const group = tableOf(tables, 'group');
  const key = keyIn(group, groupId);
  work.calls.push(membersCall(session, groupId, change));
  const value = await session.transaction(work, async (run) => {
    const { rows } = await run(
      sql`select 1 as there from ${tableIn(dialect, group)}
        where ${matches(dialect, group.key, key)} and ${isLiving(dialect, group)} for update`,
    );
    if (rows.length === 0) throw gone('group');
    await removeAll(session, tables, key, change.remove, run);
    const { added, unknown } = await addAll(session, tables, key, change.add, run);
    const touch = touched(session, group, []);
    if (touch.length > 0)
      await run(
        sql`update ${tableIn(dialect, group)} set ${settings(session, touch)} where ${matches(dialect, group.key, key)}`,
      );
    return { added, removed: change.remove.map(({ id }) => id), unknown };
  });
  return { kind: 'ok', value, calls: work.calls };
}

export const membersCall = (session: Session, groupId: string, { add, remove }: MemberChange) =>
  session.call('MEMBERS', `${session.settings.memberTable}/${encodeURIComponent(groupId)}`, {
    ...(add.length > 0 && { add: add.map(({ id }) => id) }),
    ...(remove.length > 0 && { remove: remove.map(({ id }) => id) }),
  });

async function removeAll(
  { dialect }: Session,
  { member, user }: Tables,
  group: string[],
  remove: MemberChange['remove'],
  run: Run,
): Promise<void> {
  const keys = remove.flatMap(({ id }) => {
    const key = keyOf(id, user.key);
    return key ? [key] : [];
  });
  if (keys.length === 0) return;
  await run(
    sql`delete from ${tableIn(dialect, member!)}
      where ${matches(dialect, member!.group, group)} and ${anyOf(dialect, member!.user, keys)}`,
  );
}

async function addAll(
  { dialect }: Session,
  { member, user, group: groups }: Tables,
  group: string[],
  add: MemberChange['add'],
  run: Run,
): Promise<{ added: string[]; unknown: string[] }> {
  const wanted = new Map(
    add.flatMap(({ id, type }) => {
      const key = type === 'user' ? keyOf(id, user.key) : undefined;
      return key ? [[id, key] as const] : [];
    }),
  );
  if (wanted.size === 0) return { added: [], unknown: add.map(({ id }) => id) };
  const people = sql`${anyOf(dialect, user.key, [...wanted.values()], 'u')} and ${isLiving(dialect, user, 'u')}`;
  const { rows } = await run(
    sql`select ${listed(dialect, user.key, 'u')} from ${tableIn(dialect, user)} u where ${people}`,
  );
  const there = new Set(rows.map((row) => idIn(row, user.key)));
  if (there.size > 0) {
    const same = [
      ...member!.group.map((column, at) => [column, named(dialect, groups!.key[at]!.name, 'g')] as const),
      ...member!.user.map((column, at) => [column, named(dialect, user.key[at]!.name, 'u')] as const),
    ];
    const already = joined(
      same.map(([column, value]) => sql`${named(dialect, column.name, 'm')} = ${value}`),
      ' and ',
    );
    const [first] = member!.group;
    // Another program may put the same row in at the same moment.
    const harmless =
      dialect.name === 'postgresql'
        ? fixed('on conflict do nothing')
        : sql`on duplicate key update ${named(dialect, first!.name)} = ${tableIn(dialect, member!)}.${named(dialect, first!.name)}`;
    await run(
      sql`insert into ${tableIn(dialect, member!)} (${listed(
        dialect,
        same.map(([column]) => column),
      )})
        select ${joined(
          same.map(([, value]) => value),
          ', ',
        )} from ${tableIn(dialect, groups!)} g, ${tableIn(dialect, user)} u
        where ${matches(dialect, groups!.key, group, 'g')} and ${people}
          and not exists (select 1 from ${tableIn(dialect, member!)} m where ${already}) ${harmless}`,
    );
  }
  const ids = add.map(({ id }) => id);
  return { added: ids.filter((id) => there.has(id)), unknown: ids.filter((id) => !there.has(id)) };
}
