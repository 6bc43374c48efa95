import type { Row } from './connection.js';
import { allowedBy } from './allowed-values.js';
import type { Run } from './session.js';
import type { Column, ColumnKind, Table } from './table.js';

const kinds: Record<string, ColumnKind> = {
  bool: 'boolean',
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  numeric: 'decimal',
  float4: 'decimal',
  float8: 'decimal',
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  citext: 'text',
  name: 'text',
  timestamp: 'dateTime',
  timestamptz: 'dateTime',
  date: 'date',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'json',
  bytea: 'binary',
};
const bits: Record<string, bigint> = { int2: 16n, int4: 32n, int8: 64n };

/** The catalogue rather than information_schema, which knows neither unique indexes nor the values of enums. */
const columnsQuery = `
  select w.at, n.nspname as schema, c.relname as table, a.attname as name,
    format_type(a.atttypid, a.atttypmod) as declared, bt.typname as type, bt.typtype as sort,
    case when bt.typname in ('varchar', 'bpchar') then
      nullif(greatest(a.atttypmod, t.typtypmod), -1) - 4 end as length,
    a.attnotnull or t.typnotnull as not_null, a.atthasdef or t.typdefault is not null as has_default,
    a.attgenerated <> '' or a.attidentity = 'a' as generated,
    a.attidentity <> '' or coalesce(pg_get_expr(d.adbin, d.adrelid), '') like 'nextval(%' as counted,
    et.typname as element, coalesce(not co.collisdeterministic, false) as ignores_case,
    (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = bt.oid) as labels,
    has_column_privilege(c.oid, a.attnum, 'select') as may_select,
    has_column_privilege(c.oid, a.attnum, 'insert') as may_insert,
    has_column_privilege(c.oid, a.attnum, 'update') as may_update,
    has_table_privilege(c.oid, 'delete') as may_delete
  from unnest($1::text[]) with ordinality w (named, at)
  join pg_class c on c.oid = to_regclass(w.named)
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  join pg_type bt on bt.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
  left join pg_type et on et.oid = bt.typelem and bt.typcategory = 'A'
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  left join pg_collation co on co.oid = a.attcollation
  order by w.at, a.attnum`;

/** Partial indexes and those of expressions do not make a column unique. */
const rulesQuery = `
  select w.at, i.relname as name, null as definition,
    (select json_agg(a.attname order by k.at) from unnest(x.indkey::int2[]) with ordinality k (num, at)
     join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.num where k.at <= x.indnkeyatts) as columns
  from unnest($1::text[]) with ordinality w (named, at)
  join pg_index x on x.indrelid = to_regclass(w.named) and x.indisunique and x.indexprs is null
    and x.indpred is null
  join pg_class i on i.oid = x.indexrelid
  union all
  select w.at, o.conname, pg_get_constraintdef(o.oid), null
  from unnest($1::text[]) with ordinality w (named, at)
  join pg_constraint o on o.conrelid = to_regclass(w.named) and o.contype = 'c'`;

/** @param named quoted names, with their schema or by search_path; @returns undefined where there is no such table */
export async function readPostgresqlTables(run: Run, named: string[]): Promise<(Table | undefined)[]> {
  const { rows: columns } = await run({ text: columnsQuery, values: [named] });
  const { rows: rules } = await run({ text: rulesQuery, values: [named] });
  return named.map((_, at) => {
    const of = ({ at: its }: Row) => its === String(at + 1);
    const [first] = columns.filter(of);
    if (!first) return undefined;
    const checks = rules.filter((rule) => of(rule) && rule.definition !== null);
    return {
      schema: String(first.schema),
      name: String(first.table),
      transactional: true,
      mayDelete: first.may_delete === 't',
      columns: columns.filter(of).map((row) =>
        columnOf(
          row,
          checks.map(({ definition }) => String(definition)),
        ),
      ),
      unique: rules
        .filter((rule) => of(rule) && rule.columns !== null)
        .map(({ name, columns: each }) => ({
          name: String(name),
          columns: JSON.parse(String(each)) as string[],
        })),
    };
  });
}

function columnOf(row: Row, checks: string[]): Column {
  const name = String(row.name);
  const type = String(row.type);
  const enumerated = row.sort === 'e';
  const size = bits[type];
  const allowed = enumerated
    ? (JSON.parse(String(row.labels)) as string[])
    : checks.map((check) => allowedBy(check, name)).find((each) => each !== undefined);
  const texts = ['text', 'varchar', 'citext'].includes(String(row.element));
  return {
    name,
    type: String(row.declared),
    kind: enumerated ? 'text' : texts ? 'texts' : (kinds[type] ?? 'other'),
    nullable: row.not_null === 'f',
    hasDefault: row.has_default === 't' || row.counted === 't',
    generated: row.generated === 't',
    counted: row.counted === 't',
    ...(type === 'bpchar' && { padded: true }),
    ...(row.length !== null && { maxLength: Number(row.length) }),
    ...(size !== undefined && { range: [-(2n ** (size - 1n)), 2n ** (size - 1n) - 1n] as [bigint, bigint] }),
    unsigned: false,
    ignoresCase: type === 'citext' || row.ignores_case === 't',
    ...(allowed && { allowed }),
    rights: {
      select: row.may_select === 't',
      insert: row.may_insert === 't',
      update: row.may_update === 't',
    },
  };
}
