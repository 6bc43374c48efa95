import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Snapshot } from './account-store.js';

const calmMs = 200;

/** Keeps a snapshot in a JSON file, replaced as a whole and at most a few times a second. */
export class AccountFile {
  private timer: NodeJS.Timeout | undefined;
  private take: (() => Snapshot) | undefined;
  private writing = Promise.resolve();

  constructor(private readonly path: string) {}

  async read(): Promise<Snapshot | undefined> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const snapshot = JSON.parse(text) as Partial<Snapshot>;
    if (!Array.isArray(snapshot.users) || !Array.isArray(snapshot.groups)) {
      throw new Error(`${this.path} is not a file of this sandbox`);
    }
    return { users: snapshot.users, groups: snapshot.groups };
  }

  saveSoon(take: () => Snapshot): void {
    this.take = take;
    this.timer ??= setTimeout(() => void this.flush(), calmMs);
  }

  /** Written when this resolves. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { take } = this;
    this.take = undefined;
    if (take) {
      this.writing = this.writing.then(async () => {
        await writeFile(`${this.path}.new`, JSON.stringify(take()));
        await rename(`${this.path}.new`, this.path);
      });
    }
    return this.writing;
  }
}
