import type { AttributeChange, Outcome, SubjectType } from '../../contract.js';
import { settings, touched } from './create-row.js';
import { tableIn } from './names.js';
import { keyIn, keyOf, matches } from './object-id.js';
import { gone, Refused } from './refusals.js';
import { tableOf } from './read-rows.js';
import { type Assignment, assignments, deletedMark, isLiving, shown } from './row-values.js';
import { isUniqueViolation, refusalOf, refusalOfDeletion } from './server-errors.js';
import { Answered, type Run, type Session, type Work } from './session.js';
import { sql } from './sql-fragment.js';
import type { ObjectTable, Tables } from './table.js';

export async function updateRow(
  session: Session,
  tables: Tables,
  type: SubjectType,
  id: string,
  changes: AttributeChange[],
  work: Work,
): Promise<Outcome<{ id: string }>> {
  const { dialect } = session;
  const table = tableOf(tables, type);
  const key = keyIn(table, id);
  const values = assignments(session.settings, dialect, table, changes, false);
  work.calls.push(updateCall(session, table.name, id, changes));
  const statement = sql`update ${tableIn(dialect, table)}
    set ${settings(session, [...values, ...touched(session, table, values)])}
    where ${matches(dialect, table.key, key)} and ${isLiving(dialect, table)}`;
  const { affected } = await session.run(work, statement, true).catch((error: unknown) => {
    throw withColumns(error, table);
  });
  if (affected === 0) throw gone(type === 'user' ? 'account' : 'group');
  return { kind: 'ok', value: { id }, calls: work.calls };
}

export const updateCall = (session: Session, table: string, id: string, changes: AttributeChange[]) =>
  session.call('UPDATE', `${table}/${encodeURIComponent(id)}`, shown(changes));

/** A conflict tells which columns must be unique. */
function withColumns(error: unknown, table: ObjectTable): unknown {
  if (!(error instanceof Answered) || !isUniqueViolation(error.error)) return error;
  const index = table.unique.find(({ name }) => name === error.error.constraint);
  return new Refused(refusalOf(error.error, true, index?.columns), error.code);
}

/** Marked where a column marks deleted rows. Memberships go with it, and either both or nothing. */
export async function deleteRow(
  session: Session,
  tables: Tables,
  type: SubjectType,
  id: string,
  work: Work,
): Promise<Outcome<void>> {
  const { dialect } = session;
  const table = tableOf(tables, type);
  const key = keyOf(id, table.key);
  if (!key) return { kind: 'no-op', why: 'already-absent', calls: work.calls };
  work.calls.push(deleteCall(session, table.name, id));
  const here = sql`${tableIn(dialect, table)}`;
  const which = sql`${matches(dialect, table.key, key)} and ${isLiving(dialect, table)}`;
  const removal = table.deleted
    ? sql`update ${here} set ${settings(session, marks(session, table, table.deleted))} where ${which}`
    : sql`delete from ${here} where ${which}`;
  const { member } = tables;
  const removing = member
    ? session.transaction(work, async (run) => {
        await removeMemberships(session, tables, type, key, run);
        return run(removal);
      })
    : session.run(work, removal, true);
  const { affected } = await removing.catch((error: unknown) => {
    throw error instanceof Answered ? new Refused(refusalOfDeletion(error.error), error.code) : error;
  });
  if (affected === 0) return { kind: 'no-op', why: 'already-absent', calls: work.calls };
  return { kind: 'ok', value: undefined, calls: work.calls };
}

export const deleteCall = (session: Session, table: string, id: string) =>
  session.call('DELETE', `${table}/${encodeURIComponent(id)}`);

/** A deleted account is disabled as well: some readers look at that column only. */
function marks(session: Session, table: ObjectTable, deleted: NonNullable<ObjectTable['deleted']>) {
  const { dialect } = session;
  const off: AttributeChange[] = table.active ? [{ op: 'set', attribute: 'active', value: false }] : [];
  const values: Assignment[] = [
    { column: deleted, value: deletedMark(dialect, deleted) },
    ...assignments(session.settings, dialect, table, off, false),
  ];
  return [...values, ...touched(session, table, values)];
}

async function removeMemberships(
  { dialect }: Session,
  { member }: Tables,
  type: SubjectType,
  key: string[],
  run: Run,
): Promise<void> {
  const columns = type === 'user' ? member!.user : member!.group;
  await run(sql`delete from ${tableIn(dialect, member!)} where ${matches(dialect, columns, key)}`);
}
