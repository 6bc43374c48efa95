import type { SubjectType } from '../../contract.js';

/** What values of a column look like; `other`: nothing this connector writes. */
export type ColumnKind =
  | 'text'
  | 'boolean'
  | 'integer'
  | 'decimal'
  | 'dateTime'
  | 'date'
  | 'uuid'
  | 'json'
  | 'binary'
  | 'texts'
  | 'other';

export interface Column {
  name: string;
  /** As the server calls it, for people. */
  type: string;
  kind: ColumnKind;
  nullable: boolean;
  hasDefault: boolean;
  /** The server alone sets it. */
  generated: boolean;
  /** auto_increment, serial, identity. */
  counted: boolean;
  /** A text that is filled up with blanks: char(n) of PostgreSQL. */
  padded?: boolean;
  /** Characters of a text at most. */
  maxLength?: number;
  /** Of integers. */
  range?: [least: bigint, most: bigint];
  unsigned: boolean;
  /** Texts that differ in case only are the same to the server. */
  ignoresCase: boolean;
  /** The values an enum or a check takes. */
  allowed?: string[];
  rights: { select: boolean; insert: boolean; update: boolean };
}

/** Columns that together are unique. */
export interface UniqueIndex {
  name: string;
  columns: string[];
}

export interface Table {
  schema: string;
  name: string;
  columns: Column[];
  unique: UniqueIndex[];
  /** false: changes are final at once (MyISAM). */
  transactional: boolean;
  mayDelete?: boolean;
}

/** A table by the settings, with the columns that mean something to this connector. */
export interface ObjectTable extends Table {
  type: SubjectType;
  key: Column[];
  /** For each column of the key, how a new row comes to its value. */
  keyFrom: ('server' | 'hub' | 'mapping')[];
  active?: Column;
  deleted?: Column;
  updated?: Column;
}

export interface MemberTable extends Table {
  group: Column[];
  user: Column[];
}

/** All that the settings name, found at the server. */
export interface Tables {
  user: ObjectTable;
  group?: ObjectTable;
  member?: MemberTable;
}

/** `schema.table` or `table`. */
export function tableName(given: string): { schema?: string; name: string } {
  const dot = given.indexOf('.');
  return dot < 0 ? { name: given } : { schema: given.slice(0, dot), name: given.slice(dot + 1) };
}

/** A column by its name, in whatever case where only one has it. */
export function columnNamed({ columns }: Pick<Table, 'columns'>, name: string): Column | undefined {
  const exact = columns.find((each) => each.name === name);
  if (exact) return exact;
  const lower = name.toLowerCase();
  const alike = columns.filter((each) => each.name.toLowerCase() === lower);
  return alike.length === 1 ? alike[0] : undefined;
}
