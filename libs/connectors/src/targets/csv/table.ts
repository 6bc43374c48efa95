import { rowAsText, type Format } from './rows-as-text.js';

export interface Row {
  readonly values: readonly string[];
  /** As it stands in the file; made when first needed. */
  text?: string;
}

export type RowAction = 'create' | 'update' | 'delete';

interface TableShape {
  /** Of the file, in its order. */
  columns: string[];
  /** Rows are looked up by it regardless of case. */
  keyColumn?: string;
  /** Kept in the file, but nobody's any more. */
  isGone?(row: Row, table: Table): boolean;
}

/** The rows of one file, in its order, and what was done to them since it was written. */
export class Table {
  readonly columns: readonly string[];
  /** Whether there is a file of it: where there is none, nobody can say of an id that its row is gone. */
  hasFile = true;
  /** What a file of changes tells. Empty: the table is as the file is. */
  log: { action: RowAction; row: Row }[] = [];
  private readonly rows = new Map<string, Row>();
  private readonly places: ReadonlyMap<string, number>;
  private readonly byKey = new Map<string, string[]>();
  private readonly keyPlace: number | undefined;

  constructor(private readonly shape: TableShape) {
    this.columns = shape.columns;
    this.places = new Map(shape.columns.map((column, at) => [column, at]));
    this.keyPlace = shape.keyColumn === undefined ? undefined : this.places.get(shape.keyColumn);
  }

  has(column: string): boolean {
    return this.places.has(column);
  }

  value(row: Row, column: string): string {
    const at = this.places.get(column);
    return at === undefined ? '' : (row.values[at] ?? '');
  }

  /** The row with other values in these columns. */
  changed(row: Row | undefined, cells: ReadonlyMap<string, string>): Row {
    return {
      values: this.columns.map((column, at) => cells.get(column) ?? row?.values[at] ?? ''),
    };
  }

  get(id: string): Row | undefined {
    const row = this.rows.get(id);
    return row && !this.shape.isGone?.(row, this) ? row : undefined;
  }

  /** Those that are there, in the order of the file. */
  *entries(): Generator<[string, Row]> {
    for (const [id, row] of this.rows) if (!this.shape.isGone?.(row, this)) yield [id, row];
  }

  get size(): number {
    return this.rows.size;
  }

  withKey(key: string): string[] {
    return this.byKey.get(key.toLowerCase()) ?? [];
  }

  /** As read from the file. @returns false when there is a row of this id */
  load(id: string, row: Row): boolean {
    if (this.rows.has(id)) return false;
    this.rows.set(id, row);
    this.index(id, row);
    return true;
  }

  put(id: string, row: Row, action: RowAction): void {
    this.unindex(id);
    this.rows.set(id, row);
    this.index(id, row);
    this.log.push({ action, row });
  }

  remove(id: string): void {
    const row = this.rows.get(id);
    if (!row) return;
    this.unindex(id);
    this.rows.delete(id);
    this.log.push({ action: 'delete', row });
  }

  *texts(format: Format): Generator<string> {
    if (format.header) yield rowAsText(this.columns, { ...format, guardFormulas: false });
    for (const row of this.rows.values()) yield (row.text ??= rowAsText(row.values, format));
  }

  private index(id: string, row: Row): void {
    const key = this.keyOf(row);
    if (key === undefined) return;
    const ids = this.byKey.get(key);
    if (ids) ids.push(id);
    else this.byKey.set(key, [id]);
  }

  private unindex(id: string): void {
    const row = this.rows.get(id);
    const key = row && this.keyOf(row);
    if (key === undefined) return;
    const left = this.byKey.get(key)!.filter((each) => each !== id);
    if (left.length > 0) this.byKey.set(key, left);
    else this.byKey.delete(key);
  }

  private keyOf(row: Row): string | undefined {
    if (this.keyPlace === undefined || this.shape.isGone?.(row, this)) return undefined;
    return row.values[this.keyPlace]?.toLowerCase();
  }
}
