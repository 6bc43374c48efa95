import { constants } from 'node:fs';
import {
  type FileHandle,
  link,
  lstat,
  open,
  readdir,
  realpath,
  rename,
  stat,
  unlink,
} from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FileState, FileStore } from './file-store.js';
import { denied, later, Refused, rejected } from './refusals.js';

/** A folder of this machine, if the operator allows it. */
export class FolderStore implements FileStore {
  private readonly folder: string;

  constructor(
    url: string,
    /** HUB_CSV_FOLDERS. */
    private readonly allowed: readonly string[],
  ) {
    this.folder = fileURLToPath(url);
  }

  url(name: string): string {
    return pathToFileURL(join(this.folder, name)).href;
  }

  async reach(): Promise<void> {
    await this.place('.');
  }

  async state(name: string): Promise<FileState | undefined> {
    const file = await this.open(name, constants.O_RDONLY);
    if (!file) return undefined;
    try {
      return await stateOf(file);
    } finally {
      await file.close();
    }
  }

  async read(name: string): Promise<AsyncIterable<Buffer> | undefined> {
    const file = await this.open(name, constants.O_RDONLY);
    return file && (file.createReadStream({ highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>);
  }

  async create(name: string, content: Buffer, like?: string): Promise<FileState> {
    const mode = like === undefined ? undefined : await this.modeOf(like);
    const file = await this.open(name, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
    try {
      if (mode !== undefined) await file!.chmod(mode);
      await file!.writeFile(content);
      await file!.sync();
      return await stateOf(file!);
    } catch (error) {
      throw this.refused(error, name);
    } finally {
      await file!.close();
    }
  }

  async replace(from: string, to: string): Promise<void> {
    const [source, target] = [await this.place(from), await this.place(to)];
    await rename(source, target).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw new Refused({ kind: 'not-found', message: `${this.url(from)} is gone.` });
      throw this.refused(error, from);
    });
    await syncFolder(dirname(target));
  }

  async claim(from: string, to: string): Promise<boolean> {
    const [source, target] = [await this.place(from), await this.place(to)];
    try {
      await link(source, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw this.refused(error, to);
    }
    await this.remove(from);
    return true;
  }

  async remove(name: string): Promise<boolean> {
    try {
      await unlink(await this.place(name));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw this.refused(error, name);
    }
  }

  async names(folder: string): Promise<string[] | undefined> {
    try {
      return await readdir(await this.place(join(folder, '.')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw this.refused(error, folder);
    }
  }

  lacks(): string[] {
    return [];
  }

  async close(): Promise<void> {}

  private async modeOf(name: string): Promise<number | undefined> {
    const stats = await lstat(await this.place(name)).catch(() => undefined);
    return stats?.isFile() ? stats.mode & 0o777 : undefined;
  }

  private async open(name: string, flags: number): Promise<FileHandle | undefined> {
    const path = await this.place(name);
    try {
      // A link could lead out of the folder, and a pipe would be waited for.
      const file = await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o640);
      if ((await file.stat()).isFile()) return file;
      await file.close();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' && (flags & constants.O_CREAT) === 0) return undefined;
      if (code !== 'ELOOP' && code !== 'EISDIR') throw this.refused(error, name);
    }
    throw denied(
      `${this.url(name)} is not a plain file.`,
      'Put a plain file in its place: links are not followed.',
    );
  }

  /** Where it really is. @throws Refused unless that is within the folder, and the folder within the allowed ones */
  private async place(name: string): Promise<string> {
    const root = await this.real(this.folder);
    const allowed = await Promise.all(this.allowed.map((each) => realpath(each).catch(() => undefined)));
    if (!root || !allowed.some((each) => each !== undefined && isWithin(root, each)))
      throw this.allowed.length === 0
        ? denied(
            'This hub works in no folder of its machine.',
            'Let the operator of the hub name the folder in HUB_CSV_FOLDERS, or use SFTP.',
          )
        : root
          ? denied(
              `${this.folder} is not within the folders this hub may work in.`,
              'Let the operator of the hub add it to HUB_CSV_FOLDERS, or give a folder within one of those.',
            )
          : noFolder(this.url('.'));
    const path = join(root, name);
    const parent = await this.real(dirname(path));
    if (!parent) throw noFolder(this.url(dirname(name)));
    if (isWithin(parent, root) || path === root) return path;
    throw denied(
      `${this.url(name)} leads out of the folder.`,
      'Put a plain folder in the place of the link.',
    );
  }

  private async real(path: string): Promise<string | undefined> {
    try {
      const real = await realpath(path);
      return (await stat(real)).isDirectory() ? real : undefined;
    } catch {
      return undefined;
    }
  }

  private refused(error: unknown, name: string): Error {
    const { code, message } = error as NodeJS.ErrnoException;
    const url = this.url(name);
    switch (code) {
      case 'ENOENT':
        return later(`${url} is gone.`);
      case 'EACCES':
      case 'EPERM':
      case 'EROFS':
        return denied(
          `The hub may not do this with ${url} (${code}).`,
          'Give the account the hub runs under the right to read, write and rename in this folder.',
        );
      case 'ENOSPC':
      case 'EDQUOT':
        return later(`There is no room left for ${url} (${code}): make some.`);
      default:
        return code === undefined ? (error as Error) : later(`${url}: ${message}`);
    }
  }
}

export const noFolder = (url: string): Error =>
  rejected('no-folder', `There is no folder ${url}.`, 'Make it, or correct the folder in the settings.');

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

async function stateOf(file: FileHandle): Promise<FileState> {
  const { size, ino, mtimeNs, mtime } = await file.stat({ bigint: true });
  return { size: Number(size), version: `${ino}.${mtimeNs}.${size}`, modifiedAt: mtime };
}

/** A rename is on disk when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
