import { describe, expect, it } from 'vitest';
import type { FileState, FileStore } from './file-store.js';
import { FolderLock } from './folder-lock.js';

/** Tells versions as SFTP does, within one second: by size alone. */
class CoarseStore implements FileStore {
  readonly files = new Map<string, Buffer>();

  url = (name: string) => `memory:${name}`;
  reach = async () => undefined;
  lacks = () => [];
  close = async () => undefined;
  names = async () => [...this.files.keys()];
  remove = async (name: string) => this.files.delete(name);

  async state(name: string): Promise<FileState | undefined> {
    const size = this.files.get(name)?.length;
    return size === undefined ? undefined : { size, version: `0.${size}`, modifiedAt: new Date(0) };
  }

  async read(name: string): Promise<AsyncIterable<Buffer> | undefined> {
    const content = this.files.get(name);
    return (
      content &&
      (async function* () {
        yield content;
      })()
    );
  }

  async create(name: string, content: Buffer): Promise<FileState> {
    this.files.set(name, content);
    return (await this.state(name))!;
  }

  async replace(from: string, to: string): Promise<void> {
    this.files.set(to, this.files.get(from)!);
    this.files.delete(from);
  }

  async claim(from: string, to: string): Promise<boolean> {
    if (this.files.has(to)) return false;
    await this.replace(from, to);
    return true;
  }
}

describe('the lock', () => {
  it('is seen to be lost within the second it was taken over in, and is then left alone', async () => {
    const store = new CoarseStore();
    const lockWith = (staleMs: number) => new FolderLock(store, 'users.csv.lock', () => [], staleMs);
    const [first, second] = [lockWith(60_000), lockWith(60)];
    await first.take();
    expect(await first.isOurs()).toBe(true);
    await second.take().catch(() => second.take());
    expect([await first.isOurs(), await second.isOurs()]).toEqual([false, true]);
    await first.release();
    expect(await second.isOurs()).toBe(true);
    await second.release();
    expect([...store.files.keys()]).toEqual([]);
  });
});
