import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FileState, type FileStore, readWhole } from './file-store.js';
import { readRows, type RowsOfFile } from './read-rows.js';
import { later, rejected } from './refusals.js';
import { columnsOf, type CsvSettings, fileOf, type TableName } from './settings.js';

/** A file that is whole and has passed the guard. */
export interface Accepted {
  name: string;
  state: FileState;
  /** Rows that can be read. */
  rows: number;
}

/** Files that others write: taken when they are whole, refused when they look broken. */
export class ImportFiles {
  private readonly accepted = new Map<TableName, Accepted>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly settings: CsvSettings,
    private readonly store: FileStore,
  ) {}

  /**
   * The newest file that may be read.
   * @param known how many rows the last one had, where that was remembered elsewhere
   * @throws Refused
   */
  accept(table: TableName, known?: number): Promise<Accepted> {
    const next = this.last.then(() => this.look(table, known));
    this.last = next.catch(() => undefined);
    return next;
  }

  async open(name: string, table: TableName): Promise<RowsOfFile> {
    const source = await this.store.read(name);
    if (!source) throw noFile(this.store.url(name));
    return readRows(source, this.settings, name, columnsOf(this.settings, table));
  }

  private async look(table: TableName, known: number | undefined): Promise<Accepted> {
    const arriving = fileOf(this.settings, table);
    const taken = this.settings.pickUp ? `${arriving}.current` : arriving;
    const state = await this.store.state(arriving);
    const before = this.accepted.get(table);
    if (!state) {
      if (!this.settings.pickUp) throw noFile(this.store.url(arriving));
      return this.again(table, taken, before, known);
    }
    if (!this.settings.pickUp && before?.state.version === state.version) return before;
    const sum = await this.waitUntilWhole(arriving, state);
    const rows = await this.inspect(arriving, table, sum);
    const previous = before?.rows ?? known ?? (this.settings.pickUp ? await this.countOf(taken, table) : 0);
    this.guard(arriving, rows, previous);
    if (this.settings.pickUp) await this.take(arriving, taken);
    const accepted = { name: taken, state, rows };
    this.accepted.set(table, accepted);
    return accepted;
  }

  /** Nothing new has come: the file that was taken last holds. */
  private async again(
    table: TableName,
    name: string,
    before: Accepted | undefined,
    known: number | undefined,
  ): Promise<Accepted> {
    const state = await this.store.state(name);
    if (!state) throw noFile(this.store.url(fileOf(this.settings, table)));
    if (before?.state.version === state.version) return before;
    const rows = await this.inspect(name, table, undefined);
    this.guard(name, rows, before?.rows ?? known ?? 0);
    const accepted = { name, state, rows };
    this.accepted.set(table, accepted);
    return accepted;
  }

  /** @returns the SHA-256 the file must have, where a side file tells it */
  private async waitUntilWhole(name: string, state: FileState): Promise<string | undefined> {
    const { wholeWhen, stableMs } = this.settings;
    if (wholeWhen === 'ok-file') {
      for (const side of [`${name}.ok`, `${name}.sha256`]) {
        const there = await this.store.state(side);
        // An older one belongs to the file before.
        if (!there || there.modifiedAt < state.modifiedAt) continue;
        const text = (await readWhole(this.store, side))?.toString('latin1') ?? '';
        return /^[0-9a-f]{64}\b/i.exec(text)?.[0].toLowerCase();
      }
      throw later(`${this.store.url(name)} is there, its .ok file is not yet.`, stableMs);
    }
    await sleep(stableMs);
    const now = await this.store.state(name);
    if (now?.version !== state.version)
      throw later(`${this.store.url(name)} is still being written.`, stableMs);
    return undefined;
  }

  private async inspect(name: string, table: TableName, sum: string | undefined): Promise<number> {
    const source = await this.store.read(name);
    if (!source) throw noFile(this.store.url(name));
    const hash = createHash('sha256');
    const { columns, rows } = await readRows(
      hashed(source, hash),
      this.settings,
      name,
      columnsOf(this.settings, table),
    );
    this.checkColumns(name, table, columns);
    let count = 0;
    for await (const { wrong } of rows) if (wrong === undefined) count += 1;
    if (sum !== undefined && hash.digest('hex') !== sum)
      throw rejected(
        'wrong-sum',
        `${this.store.url(name)} does not have the SHA-256 that stands beside it.`,
        'Write the file again: it is not what was written, or not all of it.',
      );
    return count;
  }

  private checkColumns(name: string, table: TableName, columns: readonly string[]): void {
    const { idColumn, groupColumn, memberColumn, requiredColumns, userKey, groupKey } = this.settings;
    const needed =
      table === 'memberships'
        ? [groupColumn, memberColumn]
        : table === 'groups'
          ? [idColumn, groupKey]
          : [idColumn, userKey, ...requiredColumns];
    const missing = needed.filter((each) => !columns.includes(each));
    if (missing.length === 0) return;
    throw rejected(
      'missing-column',
      `${this.store.url(name)} has no column ${missing.map((each) => `"${each}"`).join(', ')}.`,
      'Let whoever writes the file add it, or correct columns, delimiter and encoding in the settings.',
      missing[0],
    );
  }

  private async countOf(name: string, table: TableName): Promise<number> {
    return (await this.store.state(name)) ? this.inspect(name, table, undefined) : 0;
  }

  private guard(name: string, rows: number, previous: number): void {
    const { maxShrinkPercent } = this.settings;
    const url = this.store.url(name);
    if (rows === 0)
      throw rejected('empty', `${url} has no row that can be read.`, 'Let whoever writes it look why.');
    if (rows >= previous * (1 - maxShrinkPercent / 100)) return;
    throw rejected(
      'shrunk',
      `${url} has ${rows} rows, the one before had ${previous}: more than ${maxShrinkPercent} % are missing.`,
      'If so many have really gone, raise "Most rows that may be missing" until this file is read; if not, let it be written again.',
    );
  }

  private async take(arriving: string, taken: string): Promise<void> {
    const { archiveFolder } = this.settings;
    if (archiveFolder !== undefined) {
      const before = await this.store.state(taken);
      if (before) await this.store.replace(taken, posix.join(archiveFolder, archiveName(arriving, before)));
    }
    await this.store.replace(arriving, taken);
    for (const side of ['.ok', '.sha256']) await this.store.remove(arriving + side);
  }
}

function archiveName(name: string, { modifiedAt, size }: FileState): string {
  const { name: stem, ext } = posix.parse(name);
  return `${stem}-${modifiedAt.toISOString().replace(/[-:]/g, '')}-${size}${ext}`;
}

const noFile = (url: string) =>
  rejected(
    'no-file',
    `There is no file ${url}.`,
    'Let it be written there, or correct folder and file in the settings.',
  );

async function* hashed(
  source: AsyncIterable<Buffer>,
  hash: { update(chunk: Buffer): unknown },
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}
