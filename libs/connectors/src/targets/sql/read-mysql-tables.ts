import { allowedBy, enumValues } from './allowed-values.js';
import type { Row } from './connection.js';
import type { Run } from './session.js';
import { bind, fixed, type Fragment, joined, sql } from './sql-fragment.js';
import { type Column, type ColumnKind, type Table, tableName } from './table.js';

const kinds: Record<string, ColumnKind> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  year: 'integer',
  decimal: 'decimal',
  float: 'decimal',
  double: 'decimal',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  enum: 'text',
  datetime: 'dateTime',
  timestamp: 'dateTime',
  date: 'date',
  uuid: 'uuid',
  json: 'json',
  binary: 'binary',
  varbinary: 'binary',
  tinyblob: 'binary',
  blob: 'binary',
  mediumblob: 'binary',
  longblob: 'binary',
};
const bits: Record<string, bigint> = { tinyint: 8n, smallint: 16n, mediumint: 24n, int: 32n, bigint: 64n };
const withoutTransactions = new Set(['myisam', 'aria', 'memory', 'csv', 'archive', 'merge', 'blackhole']);

/** @param tables `database.table` or `table`; @returns undefined where there is no such table, or none that may be seen */
export async function readMysqlTables(run: Run, tables: string[]): Promise<(Table | undefined)[]> {
  const wanted = tables.map(tableName);
  const theirs = (schema: Fragment, name: Fragment): Fragment =>
    joined(
      wanted.map(
        (each) =>
          sql`(${schema} = ${each.schema === undefined ? fixed('database()') : bind(each.schema)} and ${name} = ${bind(each.name)})`,
      ),
      ' or ',
    );
  const { rows: columns } = await run(
    sql`select c.table_schema as s, c.table_name as t, c.column_name as name, c.data_type as type,
        c.column_type as declared, c.character_maximum_length as length, c.is_nullable as nullable,
        c.column_default is not null as has_default, c.extra as extra, c.generation_expression as expression,
        c.collation_name as collation, c.privileges as rights, t.engine as engine, database() as here,
        version() as version
      from information_schema.columns c
      join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
      where ${theirs(fixed('c.table_schema'), fixed('c.table_name'))} order by c.ordinal_position`,
  );
  const mariadb = String(columns[0]?.version).includes('MariaDB');
  // MariaDB gives checks the same name in several tables, and tells the table; MySQL does neither.
  const sameTable = fixed(mariadb ? 'and k.table_name = o.table_name' : '');
  const { rows: rules } = await run(
    sql`select table_schema as s, table_name as t, index_name as name, column_name as col, null as definition
      from information_schema.statistics
      where non_unique = 0 and (${theirs(fixed('table_schema'), fixed('table_name'))})
      union all
      select o.table_schema, o.table_name, o.constraint_name, null, k.check_clause
      from information_schema.table_constraints o
      join information_schema.check_constraints k on k.constraint_schema = o.constraint_schema
        and k.constraint_name = o.constraint_name ${sameTable}
      where o.constraint_type = 'CHECK' and (${theirs(fixed('o.table_schema'), fixed('o.table_name'))})`,
  );
  return wanted.map(({ schema, name }) => {
    const of = (row: Row) => row.s === (schema ?? columns[0]?.here) && row.t === name;
    const [first] = columns.filter(of);
    if (!first) return undefined;
    const its = rules.filter(of);
    const checks = its.flatMap(({ definition }) => (definition === null ? [] : [text(definition)]));
    const indexes = its.filter(({ col }) => col !== null);
    return {
      schema: text(first.s),
      name: text(first.t),
      transactional: !withoutTransactions.has(text(first.engine).toLowerCase()),
      columns: columns.filter(of).map((row) => columnOf(row, checks)),
      unique: [...new Set(indexes.map((index) => text(index.name)))].map((index) => ({
        name: index,
        columns: indexes.filter((each) => each.name === index).map(({ col }) => text(col)),
      })),
    };
  });
}

const text = (value: unknown): string =>
  Buffer.isBuffer(value) ? value.toString() : String((value ?? '') as string | number);

function columnOf(row: Row, checks: string[]): Column {
  const name = text(row.name);
  const type = text(row.type).toLowerCase();
  const declared = text(row.declared);
  const unsigned = /unsigned/i.test(declared);
  const truth = /^tinyint\(1\)/i.test(declared);
  const kind = truth ? 'boolean' : (kinds[type] ?? 'other');
  const size = truth ? undefined : bits[type];
  const expressed = text(row.expression) !== '';
  const granted = text(row.rights).split(',');
  const counted = /auto_increment/i.test(text(row.extra));
  const allowed =
    type === 'enum'
      ? enumValues(declared)
      : checks.map((check) => allowedBy(check, name)).find((each) => each !== undefined);
  // MariaDB keeps JSON as a text with a check.
  const json = checks.some((check) => check.toLowerCase() === `json_valid(\`${name.toLowerCase()}\`)`);
  return {
    name,
    type: declared,
    kind: json ? 'json' : kind,
    nullable: row.nullable === 'YES',
    hasDefault: Number(row.has_default) === 1 || counted || /DEFAULT_GENERATED/i.test(text(row.extra)),
    generated: expressed,
    counted,
    ...(kind === 'text' && type.endsWith('char') && { maxLength: Number(row.length) }),
    ...(size !== undefined && { range: rangeOf(size, unsigned) }),
    unsigned,
    ignoresCase: text(row.collation).endsWith('_ci'),
    ...(allowed && { allowed }),
    rights: {
      select: granted.includes('select'),
      insert: granted.includes('insert'),
      update: granted.includes('update'),
    },
  };
}

const rangeOf = (size: bigint, unsigned: boolean): [bigint, bigint] =>
  unsigned ? [0n, 2n ** size - 1n] : [-(2n ** (size - 1n)), 2n ** (size - 1n) - 1n];
