import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FileStore, readWhole } from './file-store.js';
import { later, Refused } from './refusals.js';

const lookAgainMs = 50;
const longestWaitMs = 5_000;
const longestLock = 200;

/** Locks this process has left behind, whichever of its connectors did: it need not wait for its own. */
const abandoned = new Set<string>();

/**
 * A lock file, for the hub processes that share a connection. It appears with its owner's name in it, in one step.
 *
 * Nobody compares clocks: whoever waits for a lock watches it, and takes it for left behind when it has been the same
 * for longer than any work takes. So that a writer who was cut off cannot finish later, whoever takes over a lock first
 * removes the files its owner was about to put in place (`parts`).
 */
export class FolderLock {
  /** Of this holding of the lock: names of part files carry it. */
  token = '';
  private held = false;
  private readonly leftovers = new Set<string>();
  private watched: { token: string; since: number } | undefined;

  constructor(
    private readonly store: FileStore,
    private readonly name: string,
    private readonly parts: (token: string) => string[],
    private readonly staleMs: number,
  ) {}

  get isHeld(): boolean {
    return this.held;
  }

  /** @throws Refused where others hold it for long */
  async take(): Promise<void> {
    const until = performance.now() + Math.min(this.staleMs, longestWaitMs);
    while (!(await this.claim())) {
      const there = await this.look();
      const isLeft = there !== undefined && (abandoned.has(there) || this.isStale(there));
      if (isLeft) await this.takeOver(there);
      else if (performance.now() > until)
        throw later(`Another process writes these files: it holds ${this.store.url(this.name)}.`, 1_000);
      else await sleep(lookAgainMs);
    }
    this.watched = undefined;
    for (const name of this.leftovers) {
      await this.store.remove(name);
      this.leftovers.delete(name);
    }
  }

  /** Locks of one size, made within one second, have the same version where SFTP tells it: the content counts. */
  async isOurs(): Promise<boolean> {
    return this.held && (await this.look()) === this.token;
  }

  /** The holding has come to an end unseen: the connection was lost, or somebody else took over. */
  lose(): void {
    if (this.held) abandoned.add(this.token);
    this.held = false;
  }

  /** What was not put in place is removed when the lock is taken the next time. */
  leaveParts(): void {
    for (const name of this.parts(this.token)) this.leftovers.add(name);
  }

  async release(): Promise<void> {
    if (!this.held) return;
    if (await this.isOurs()) await this.store.remove(this.name);
    this.held = false;
  }

  private async claim(): Promise<boolean> {
    const token = randomUUID();
    const draft = `${this.name}.${token}`;
    this.leftovers.add(draft);
    try {
      await this.store.create(draft, Buffer.from(token));
      if (await this.store.claim(draft, this.name)) {
        this.token = token;
        this.held = true;
      } else {
        await this.store.remove(draft);
      }
    } catch (error) {
      // It may be there all the same.
      abandoned.add(token);
      throw error;
    }
    this.leftovers.delete(draft);
    return this.held;
  }

  private async look(): Promise<string | undefined> {
    const content = await readWhole(this.store, this.name);
    return content?.subarray(0, longestLock).toString('latin1');
  }

  private isStale(token: string): boolean {
    if (this.watched?.token !== token) this.watched = { token, since: performance.now() };
    return performance.now() - this.watched.since > this.staleMs;
  }

  private async takeOver(token: string): Promise<void> {
    if (/^[\w-]{36}$/.test(token)) for (const name of this.parts(token)) await this.store.remove(name);
    const aside = `${this.name}.${randomUUID()}`;
    try {
      await this.store.replace(this.name, aside);
    } catch (error) {
      // Somebody else was faster.
      if (error instanceof Refused && error.refusal.kind === 'not-found') return;
      throw error;
    }
    const content = await readWhole(this.store, aside);
    if (content?.toString('latin1') !== token && (await this.store.claim(aside, this.name))) return;
    await this.store.remove(aside);
    abandoned.delete(token);
  }
}
