import { type FileState, type FileStore, readWhole } from './file-store.js';
import {
  anyWaiting,
  fingerprintOf,
  followersOf,
  hasFollowers,
  settleFollowers,
  waitingName,
} from './following-files.js';
import type { FolderLock } from './folder-lock.js';
import { fileGone, later, Refused, rejected } from './refusals.js';
import { encodeFile } from './rows-as-text.js';
import { type CsvSettings, fileOf, type TableName, tableNames } from './settings.js';
import { readTables, type Tables } from './tables.js';

export const partName = (file: string, token: string): string => `${file}.${token}.part`;

/** Stays beside a file that was written: should the file be missing, it is not the first one that is written then. */
const markName = (file: string): string => `${file}.known`;

/** SFTP tells times in whole seconds: a file may change again within the second it was read in. */
const coarseMs = 1_100;

/** The tables as they were read last, and the files they were read from. */
export class TableFiles {
  private tables: Tables | undefined;
  private states = new Map<TableName, FileState | undefined>();
  private fingerprints = new Set<string>();
  private readonly known = new Set<TableName>();
  private readonly marked = new Set<TableName>();
  private readAt = 0;
  private sure = false;
  /** Nothing that belongs to the tables as they were read waits to be put in place. */
  private settled = false;

  constructor(
    private readonly settings: CsvSettings,
    private readonly store: FileStore,
  ) {}

  forget(): void {
    this.tables = undefined;
  }

  /** As they are now, for reading only. */
  async look(): Promise<Tables> {
    if (!this.tables) return this.read();
    if (await this.changedMeanwhile()) return this.read();
    if (!this.sure && performance.now() - this.readAt > coarseMs) {
      const tables = await this.read();
      this.sure = true;
      return tables;
    }
    return this.tables;
  }

  /** Whether a process that was stopped may have left to others what belongs to the tables read last. */
  async needsSettling(): Promise<boolean> {
    if (!this.settled)
      this.settled = !hasFollowers(this.settings) || !(await anyWaiting(this.settings, this.store));
    return !this.settled;
  }

  /** The tables for changing, as they are in files that nobody else of the hub writes. */
  async hold(fresh: boolean): Promise<Tables> {
    if (!fresh && this.tables) return this.tables;
    const tables = await this.read();
    if (hasFollowers(this.settings)) await settleFollowers(this.settings, this.store, this.fingerprints);
    this.settled = true;
    return tables;
  }

  /**
   * Puts what was changed in place.
   * @param begin is told when something may be in place
   * @returns false where somebody else has written a file meanwhile: nothing was done
   */
  async write(lock: FolderLock, begin: () => void): Promise<boolean> {
    const tables = this.tables!;
    const parts = [];
    for (const name of tables.changed()) parts.push(await this.prepare(name, tables, lock.token));
    const [ours, meanwhile] = await Promise.all([lock.isOurs(), this.changedMeanwhile()]);
    if (!ours) throw later('Another process has taken the lock over; nothing was written.');
    if (meanwhile) {
      for (const { part } of parts) await this.store.remove(part);
      return false;
    }
    for (const { name, part, state, followers } of parts) {
      try {
        await this.store.replace(part, fileOf(this.settings, name));
      } catch (error) {
        if (error instanceof Refused && error.refusal.kind === 'retry' && error.refusal.maybeDone) begin();
        throw error;
      }
      begin();
      for (const { waiting, final } of followers) await this.store.replace(waiting, final);
      this.states.set(name, state);
      Object.assign(tables.byName.get(name)!, { log: [], hasFile: true });
      this.known.add(name);
    }
    for (const name of this.known) await this.mark(name);
    this.readAt = performance.now();
    this.sure = false;
    return true;
  }

  private async mark(name: TableName): Promise<void> {
    if (this.marked.has(name)) return;
    const mark = markName(fileOf(this.settings, name));
    if (!(await this.store.state(mark))) await this.store.create(mark, Buffer.alloc(0));
    this.marked.add(name);
  }

  private async prepare(name: TableName, tables: Tables, token: string) {
    const table = tables.byName.get(name)!;
    const file = fileOf(this.settings, name);
    const content = encodeFile(table.texts(this.settings), this.settings);
    if (content.length > this.settings.maxFileBytes) throw tooLarge(file, content.length, this.settings);
    const followers = [];
    const fingerprint = fingerprintOf(content);
    for (const { name: final, content: ofFollower } of followersOf(this.settings, name, table, content)) {
      const waiting = waitingName(final, fingerprint);
      await this.store.remove(waiting);
      await this.store.create(waiting, ofFollower);
      followers.push({ waiting, final });
    }
    const part = partName(file, token);
    return { name, part, state: await this.store.create(part, content, file), followers };
  }

  /** Whether somebody has written a file since it was read or written here. */
  async changedMeanwhile(): Promise<boolean> {
    const names = tableNames(this.settings);
    const states = await Promise.all(names.map((name) => this.store.state(fileOf(this.settings, name))));
    return names.some((name, at) => states[at]?.version !== this.states.get(name)?.version);
  }

  private async read(): Promise<Tables> {
    this.tables = undefined;
    this.settled = false;
    const states = new Map<TableName, FileState | undefined>();
    const contents = new Map<TableName, Buffer | undefined>();
    const read = async (name: TableName) => {
      const file = fileOf(this.settings, name);
      // Before the content: what is replaced in between shows as changed the next time.
      const state = await this.store.state(file);
      states.set(name, state);
      if (state && state.size > this.settings.maxFileBytes) throw tooLarge(file, state.size, this.settings);
      const content = state && (await readWhole(this.store, file));
      if (content) this.known.add(name);
      else if (state || this.known.has(name) || (await this.store.state(markName(file))))
        throw fileGone(file);
      contents.set(name, content);
    };
    await Promise.all(tableNames(this.settings).map(read));
    this.fingerprints = new Set(
      hasFollowers(this.settings)
        ? [...contents.values()].flatMap((each) => each ?? []).map(fingerprintOf)
        : [],
    );
    this.tables = await readTables(this.settings, contents);
    this.states = states;
    this.readAt = performance.now();
    this.sure = false;
    return this.tables;
  }
}

const tooLarge = (file: string, bytes: number, { maxFileBytes }: CsvSettings) =>
  rejected(
    'file-too-large',
    `${file} has ${bytes} bytes; this connection allows ${maxFileBytes}.`,
    'Raise the largest file in the settings, or narrow the scope of the connection.',
  );
