import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome, Refusal, WireCall } from '../../contract.js';
import type { FileStore } from './file-store.js';
import { FolderLock } from './folder-lock.js';
import { later, Refused, stopped } from './refusals.js';
import { type CsvSettings, fileOf, tableNames } from './settings.js';
import { partName, TableFiles } from './table-files.js';
import type { Tables } from './tables.js';

/** The lock is kept a little while for what comes next, and not for so long that others never get it. */
const lingerMs = 60;
const longestHoldMs = 2_000;
const longestFarewellMs = 1_000;
const mostRereads = 3;

interface Waiting {
  write: boolean;
  /** Throws Refused, or answers otherwise than ok, only where it has changed nothing. */
  work(tables: Tables): Outcome<unknown>;
  answer(outcome: Outcome<unknown>): void;
}

/**
 * Calls that wait together are carried out together: the files are read once and written once for all of them, and
 * each is answered when its files are in place.
 */
export class Turns {
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  private readonly files: TableFiles;
  private readonly lock: FolderLock;
  private heldSince = 0;
  private linger: NodeJS.Timeout | undefined;
  private releasing: Promise<void> | undefined;
  private closed = false;

  constructor(settings: CsvSettings, store: FileStore) {
    this.files = new TableFiles(settings, store);
    const names = tableNames(settings).map((name) => fileOf(settings, name));
    this.lock = new FolderLock(
      store,
      `${settings.usersFile}.lock`,
      (token) => names.map((name) => partName(name, token)),
      2 * settings.timeoutMs + 5_000,
    );
  }

  read<T>(look: (tables: Tables) => Outcome<T>): Promise<Outcome<T>> {
    return this.queue(false, look, undefined);
  }

  async write<T>(
    apply: (tables: Tables) => Outcome<T>,
    calls: WireCall[],
    signal: AbortSignal | undefined,
  ): Promise<Outcome<T>> {
    return { ...(await this.queue(true, apply, signal)), calls };
  }

  async close(): Promise<void> {
    this.closed = true;
    // What still runs then is cut off with the connection.
    await Promise.race([this.running, sleep(longestFarewellMs, undefined, { ref: false })]);
    if (this.running) return;
    clearTimeout(this.linger);
    await this.releasing;
    await this.release();
  }

  private queue<T>(
    write: boolean,
    work: (tables: Tables) => Outcome<T>,
    signal: AbortSignal | undefined,
  ): Promise<Outcome<T>> {
    return new Promise((resolve) => {
      const item: Waiting = {
        write,
        work,
        answer: (outcome) => {
          signal?.removeEventListener('abort', stop);
          resolve(outcome as Outcome<T>);
        },
      };
      const stop = () => {
        const before = this.waiting.length;
        this.waiting = this.waiting.filter((each) => each !== item);
        item.answer(stopped(this.waiting.length === before));
      };
      if (signal?.aborted || this.closed) return resolve(stopped(false));
      signal?.addEventListener('abort', stop, { once: true });
      this.waiting.push(item);
      this.running ??= this.run();
    });
  }

  private async run(): Promise<void> {
    // Calls made in the same moment travel together.
    await new Promise(setImmediate);
    clearTimeout(this.linger);
    await this.releasing;
    while (this.waiting.length > 0) {
      const items = this.waiting.splice(0);
      await this.serve(
        items.filter(({ write }) => !write),
        (reads) => this.look(reads),
      );
      await this.serve(
        items.filter(({ write }) => write),
        (writes) => this.carryOut(writes),
      );
    }
    this.linger = setTimeout(() => (this.releasing = this.release()), lingerMs);
    this.running = undefined;
  }

  /** Whatever goes wrong is the answer to all that have none yet. */
  private async serve(items: Waiting[], carryOut: (items: Waiting[]) => Promise<void>): Promise<void> {
    if (items.length === 0) return;
    try {
      await carryOut(items);
    } catch (error) {
      this.files.forget();
      const { refusal } = error instanceof Refused ? error : later(`The files: ${String(error)}`);
      for (const { answer } of items) answer(ofAll(refusal));
    }
  }

  private async look(items: Waiting[]): Promise<void> {
    let tables = await this.files.look();
    // Whoever sees that a change is in place sends it no more: nobody else would settle it.
    if (await this.files.needsSettling()) tables = await this.settle();
    for (const { work, answer } of items) answer(settled(() => work(tables)));
  }

  private async settle(): Promise<Tables> {
    try {
      await this.hold();
      return await this.files.hold(true);
    } catch (error) {
      await this.leave(error);
      throw error;
    }
  }

  private async carryOut(items: Waiting[]): Promise<void> {
    let begun = false;
    try {
      for (let times = 0; times < mostRereads; times += 1) {
        const fresh = await this.hold();
        const tables = await this.files.hold(fresh || times > 0);
        const outcomes = items.map(({ work }) => settled(() => work(tables)));
        // Where nothing is to be done, too, only the files as they are now can say so.
        const written =
          tables.changed().length > 0
            ? await this.files.write(this.lock, () => (begun = true))
            : fresh || times > 0 || !(await this.files.changedMeanwhile());
        if (!written) continue;
        for (const [at, { answer }] of items.entries()) answer(outcomes[at]!);
        return;
      }
      throw later('Somebody else keeps writing these files at the same time; nothing was written.');
    } catch (error) {
      await this.leave(error);
      throw begun && error instanceof Refused ? new Refused(doubtful(error.refusal)) : error;
    }
  }

  /** What was held when it went wrong. */
  private async leave(error: unknown): Promise<void> {
    if (!(error instanceof Refused)) return;
    this.lock.leaveParts();
    if (error.refusal.kind === 'retry') this.lock.lose();
    else await this.release();
  }

  /** @returns whether the lock was taken anew, so that what was read before counts no more */
  private async hold(): Promise<boolean> {
    if (this.lock.isHeld && performance.now() - this.heldSince > longestHoldMs) await this.lock.release();
    if (this.lock.isHeld) return false;
    await this.lock.take();
    this.heldSince = performance.now();
    return true;
  }

  private async release(): Promise<void> {
    try {
      await this.lock.release();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.lock.lose();
    }
  }
}

function settled(work: () => Outcome<unknown>): Outcome<unknown> {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

/** What is wrong with a file is nobody's fault in particular, and is over when it is mended. */
const ofAll = (refusal: Refusal): Refusal =>
  refusal.kind === 'rejected' || refusal.kind === 'not-found'
    ? later('remedy' in refusal ? `${refusal.message} ${refusal.remedy}` : refusal.message).refusal
    : refusal;

/** One file is in place, or may be, and not all that belongs to it. */
const doubtful = (refusal: Refusal): Refusal =>
  refusal.kind === 'retry'
    ? { ...refusal, maybeDone: true }
    : { kind: 'retry', scope: 'connection', maybeDone: true, message: refusal.message };
