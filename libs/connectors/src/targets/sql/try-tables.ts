import { randomUUID } from 'node:crypto';
import type { AttributeChange, AttributeValue, SubjectType } from '../../contract.js';
import { failed, passed, skipped, type Verdict } from '../../graded-test/test-run.js';
import { named, tableIn } from './names.js';
import { idIn, keyOf, matches } from './object-id.js';
import { tableOf } from './read-rows.js';
import { Refused, refused } from './refusals.js';
import { assignments, isLiving, isMeaningful } from './row-values.js';
import type { Run, Session, Work } from './session.js';
import { fixed, joined, sql } from './sql-fragment.js';
import type { Column, ObjectTable, Table, Tables } from './table.js';

const mostCounted = 5_000;

/** @throws Refused where rights to read are missing */
export function describeTables({ user, group, member }: Tables): string {
  const tables = [user, group, member].filter((each) => each !== undefined);
  for (const table of tables) {
    if (table.columns.some(({ rights }) => rights.select)) continue;
    throw refused(
      'no-rights',
      `The user may not read ${table.name}.`,
      `GRANT SELECT ON ${table.schema}.${table.name} to it.`,
    );
  }
  const each = tables.map(({ schema, name, columns }) => `${schema}.${name} (${columns.length} columns)`);
  return `Found ${each.join(', ')}.`;
}

/** A unique column, as accounts are told apart by. */
export function searchableColumn({ user }: Tables): string | undefined {
  const unique = user.unique
    .filter(({ columns }) => columns.length === 1)
    .map(({ columns }) => user.columns.find(({ name }) => name === columns[0])!);
  const column = unique.find(({ kind }) => kind === 'text') ?? unique[0] ?? user.key[0]!;
  return column.name;
}

export async function countRows(session: Session, tables: Tables, type: SubjectType, work: Work) {
  const { dialect } = session;
  const table = tableOf(tables, type);
  const { rows } = await session.run(
    work,
    sql`select count(*) as seen from (select 1 as one from ${tableIn(dialect, table)}
      where ${isLiving(dialect, table)} limit ${fixed(String(mostCounted + 1))}) counted`,
  );
  const seen = Number(rows[0]!.seen);
  return { seen: Math.min(seen, mostCounted), more: seen > mostCounted };
}

/** Adds an account, changes it and deletes it, and takes all of that back. */
export async function writeAndRollBack(session: Session, tables: Tables, work: Work): Promise<Verdict> {
  const { user } = tables;
  const missing = missingRights(tables);
  if (missing !== undefined)
    return failed(`The user may not ${missing}.`, 'Grant it the rights that the connector names.');
  if (!session.settings.writeProbe)
    return skipped('The rights to write are there; nothing was written. "Write in tests" tries it.');
  return session.transaction(
    work,
    async (run) => {
      const key = await insertProbe(session, user, run);
      const { dialect } = session;
      const which = matches(dialect, user.key, key);
      const there = tableIn(dialect, user);
      const column = user.columns.find((each) => isPlain(user, each) && each.rights.update);
      if (column)
        await run(
          sql`update ${there} set ${named(dialect, column.name)} = ${named(dialect, column.name)} where ${which}`,
        );
      if (!user.deleted) await run(sql`delete from ${there} where ${which}`);
      return passed('An account was added, changed and deleted, and all of that rolled back.');
    },
    'rollback',
  );
}

const isPlain = (table: ObjectTable, column: Column): boolean =>
  !column.generated && !table.key.includes(column) && !isMeaningful(table, column);

async function insertProbe(session: Session, table: ObjectTable, run: Run): Promise<string[]> {
  const { dialect, settings } = session;
  const needed = table.columns.filter(
    (column) => !column.generated && !column.hasDefault && (!column.nullable || table.key.includes(column)),
  );
  const changes: AttributeChange[] = needed
    .filter((column) => column !== table.active)
    .map((column) => ({ op: 'set', attribute: column.name, value: inventedFor(column) }));
  if (table.active) changes.push({ op: 'set', attribute: 'active', value: false });
  const values = assignments(settings, dialect, table, changes, true);
  const columns = joined(
    values.map(({ column }) => named(dialect, column.name)),
    ', ',
  );
  const returning = dialect.name === 'postgresql';
  const { rows, insertId } = await run(
    sql`insert into ${tableIn(dialect, table)} (${columns}) values (${joined(
      values.map(({ value }) => value),
      ', ',
    )}) ${
      returning
        ? sql`returning ${joined(
            table.key.map(({ name }) => named(dialect, name)),
            ', ',
          )}`
        : fixed('')
    }`,
  ).catch((error: unknown) => {
    throw withAdvice(error);
  });
  if (rows[0]) return keyOf(idIn(rows[0], table.key), table.key)!;
  return table.key.map((key) =>
    String(values.find(({ column }) => column === key)?.value.values[0] ?? insertId),
  );
}

/** The probe cannot know what a foreign key or a check wants: that says nothing against real accounts. */
function withAdvice(error: unknown): unknown {
  if (!(error instanceof Refused) || error.refusal.kind !== 'rejected') return error;
  const { message, code } = error.refusal;
  return refused(
    code,
    `An account made up for the test is refused: ${message}`,
    'Turn "Write in tests" off where a table takes special values only, and preview a real person instead.',
  );
}

function inventedFor({ kind, allowed, maxLength = 60, range }: Column): AttributeValue {
  if (allowed) return allowed[0]!;
  switch (kind) {
    case 'integer':
      return String(range ? range[1] : 2_147_483_647n);
    case 'decimal':
      return 0;
    case 'boolean':
      return false;
    case 'dateTime':
      return new Date().toISOString();
    case 'date':
      return new Date().toISOString().slice(0, 10);
    case 'uuid':
      return randomUUID();
    case 'json':
      return {};
    case 'texts':
      return [];
    case 'binary':
      return '';
    default:
      return `rollcall-probe-${randomUUID()}`.slice(0, Math.max(1, maxLength));
  }
}

function missingRights({ user, group, member }: Tables): string | undefined {
  const may = (table: Table, right: 'insert' | 'update') => table.columns.some(({ rights }) => rights[right]);
  for (const table of [user, ...(group ? [group] : [])])
    for (const right of ['insert', 'update'] as const)
      if (!may(table, right)) return `${right} into ${table.name}`.replace('update into', 'update');
  if (member && !may(member, 'insert')) return `insert into ${member.name}`;
  for (const table of [user, group, member])
    if (table?.mayDelete === false && !('deleted' in table && table.deleted))
      return `delete from ${table.name}`;
  return undefined;
}
