import { posix } from 'node:path';
import type { SFTPWrapper, Stats } from 'ssh2';
import type { ConnectorRuntime } from '../../contract.js';
import type { FileState, FileStore } from './file-store.js';
import { noFolder } from './folder-store.js';
import { denied, later, Refused, rejected } from './refusals.js';
import type { CsvCredentials, CsvSettings } from './settings.js';
import { ConnectionLost, OpeningFailed, SftpConnection, StatusError } from './sftp-connection.js';

/** Status codes (SFTP version 3 draft, section 7). */
const status = {
  end: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  noConnection: 6,
  lost: 7,
  unsupported: 8,
};
/** What every server takes (section 3). */
const piece = 32_000;
const piecesAhead = 32;

const lacksSync =
  'It cannot be told to put a file on disk (fsync@openssh.com): one may be lost with its power.';
const lacksReplace = 'It cannot replace a file in one step (posix-rename@openssh.com).';

type Send<T> = (sftp: SFTPWrapper, done: (error: unknown, value?: T) => void) => void;

/** A folder at an SFTP server, over one connection that is opened when it is needed. */
export class SftpStore implements FileStore {
  private readonly folder: string;
  private readonly shown: string;
  private connection: Promise<SftpConnection> | undefined;
  private current: SftpConnection | undefined;
  private readonly missing = new Set<string>();
  private closed = false;

  constructor(
    private readonly settings: CsvSettings,
    private readonly credentials: CsvCredentials,
    private readonly runtime: ConnectorRuntime,
  ) {
    const { host, pathname } = new URL(settings.url);
    const path = decodeURIComponent(pathname);
    // "/~/" is where the user arrives.
    this.folder = path.startsWith('/~') ? path.slice(3) || '.' : path || '/';
    this.shown = `sftp://${host}${pathname.replace(/\/$/, '')}`;
  }

  url(name: string): string {
    return name === '.' ? this.shown : `${this.shown}/${encodeURI(name)}`;
  }

  /** @throws OpeningFailed */
  async greet(): Promise<void> {
    await this.open();
  }

  async reach(): Promise<void> {
    const stats = await this.ask<Stats | undefined>('.', (sftp, done) => sftp.stat(this.path('.'), done));
    if (!stats?.isDirectory()) throw noFolder(this.url('.'));
  }

  async state(name: string): Promise<FileState | undefined> {
    try {
      return stateOf(await this.ask<Stats>(name, (sftp, done) => sftp.stat(this.path(name), done)));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async read(name: string): Promise<AsyncIterable<Buffer> | undefined> {
    const connection = await this.connected();
    try {
      const handle = await this.on<Buffer>(connection, name, (sftp, done) =>
        sftp.open(this.path(name), 'r', done),
      );
      return this.pieces(connection, name, handle);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async create(name: string, content: Buffer): Promise<FileState> {
    const connection = await this.connected();
    const ask = <T>(send: Send<T>) => this.on(connection, name, send);
    const handle = await ask<Buffer>((sftp, done) => sftp.open(this.path(name), 'wx', done)).catch(
      (error: unknown) => {
        throw isMissing(error) ? noFolder(this.url(posix.dirname(name))) : error;
      },
    );
    const write = (at: number) => {
      const length = Math.min(piece, content.length - at);
      return ask((sftp, done) => sftp.write(handle, content, at, length, at, (error) => done(error)));
    };
    let asked: Promise<unknown>[] = [];
    for (let at = 0; at < content.length; at += piece) {
      if (asked.length === piecesAhead) {
        await Promise.all(asked);
        asked = [];
      }
      asked.push(write(at));
    }
    // A server answers in the order it was asked in: everything is written when it comes to these.
    const synced = this.sync(connection, name, handle);
    const stats = ask<Stats>((sftp, done) => sftp.fstat(handle, done));
    const closed = ask((sftp, done) => sftp.close(handle, (error) => done(error)));
    await Promise.all([...asked, synced, stats, closed]);
    return stateOf(await stats);
  }

  async replace(from: string, to: string): Promise<void> {
    try {
      await this.rename(from, to);
    } catch (error) {
      if (error instanceof Refused && error.refusal.kind === 'retry' && error.cause instanceof ConnectionLost)
        throw new Refused({ ...error.refusal, maybeDone: true });
      throw isMissing(error)
        ? new Refused({ kind: 'not-found', message: `${this.url(from)} is gone.` })
        : error;
    }
  }

  async claim(from: string, to: string): Promise<boolean> {
    try {
      await this.ask(from, (sftp, done) =>
        sftp.rename(this.path(from), this.path(to), (error) => done(error)),
      );
      return true;
    } catch (error) {
      // A server says no more than that where the name is taken.
      if (statusOf(error) === status.failure) return false;
      throw error;
    }
  }

  async remove(name: string): Promise<boolean> {
    try {
      await this.ask(name, (sftp, done) => sftp.unlink(this.path(name), (e) => done(e)));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async names(folder: string): Promise<string[] | undefined> {
    try {
      const list = await this.ask<{ filename: string }[]>(folder, (sftp, done) =>
        sftp.readdir(this.path(folder), done),
      );
      return list.map(({ filename }) => filename);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  lacks(): string[] {
    return [...this.missing];
  }

  async close(): Promise<void> {
    this.closed = true;
    const opening = this.connection;
    this.connection = undefined;
    this.current?.end();
    await opening?.then(
      (connection) => connection.end(),
      () => undefined,
    );
  }

  private path(name: string): string {
    return posix.join(this.folder, name);
  }

  /** @throws OpeningFailed */
  private async open(): Promise<SftpConnection> {
    if (this.closed) throw later('The connection was closed.');
    if (this.current?.dead) this.connection = undefined;
    this.connection ??= SftpConnection.open(this.settings, this.credentials, this.runtime);
    const opening = this.connection;
    try {
      this.current = await opening;
      return this.current;
    } catch (error) {
      if (this.connection === opening) this.connection = undefined;
      throw error;
    }
  }

  private async connected(): Promise<SftpConnection> {
    try {
      return await this.open();
    } catch (error) {
      throw error instanceof OpeningFailed ? error.refused : error;
    }
  }

  private async ask<T>(name: string, send: Send<T>): Promise<T> {
    return this.on(await this.connected(), name, send);
  }

  /** @throws Refused */
  private async on<T>(connection: SftpConnection, name: string, send: Send<T>): Promise<T> {
    try {
      return await connection.ask(send);
    } catch (error) {
      throw this.refused(error, name);
    }
  }

  private async sync(connection: SftpConnection, name: string, handle: Buffer): Promise<void> {
    await this.on(connection, name, (sftp, done) => {
      try {
        sftp.ext_openssh_fsync(handle, (error) => done(error));
      } catch {
        this.missing.add(lacksSync);
        done(undefined);
      }
    });
  }

  private async rename(from: string, to: string): Promise<void> {
    try {
      await this.ask(from, (sftp, done) => {
        try {
          sftp.ext_openssh_rename(this.path(from), this.path(to), (error) => done(error));
        } catch {
          this.missing.add(lacksReplace);
          // Without the extension a name that is taken is refused (section 6.5): new files only.
          sftp.rename(this.path(from), this.path(to), (error) => done(error));
        }
      });
    } catch (error) {
      const taken = statusOf(error) === status.failure;
      if (!taken || !this.missing.has(lacksReplace)) throw error;
      throw denied(
        `The server cannot replace ${this.url(to)} in one step (posix-rename@openssh.com).`,
        'Use a server that can, such as OpenSSH: readers would see no file, or half of one.',
      );
    }
  }

  /** A few pieces are asked for ahead. */
  private async *pieces(connection: SftpConnection, name: string, handle: Buffer): AsyncGenerator<Buffer> {
    const ask = (at: number) => {
      const asked = this.on<Buffer>(connection, name, (sftp, done) =>
        sftp.read(handle, Buffer.allocUnsafe(piece), 0, piece, at, (error, length, buffer) =>
          isEnd(error) ? done(undefined, Buffer.alloc(0)) : done(error, buffer?.subarray(0, length)),
        ),
      );
      asked.catch(() => undefined);
      return { at, asked };
    };
    const stats = this.on<Stats>(connection, name, (sftp, done) => sftp.fstat(handle, done));
    let ahead = [ask(0)];
    try {
      const { size } = await stats;
      let next = piece;
      while (ahead.length > 0) {
        const { at, asked } = ahead.shift()!;
        const got = await asked;
        const end = at + got.length;
        // It has become shorter meanwhile.
        if (got.length === 0) return;
        if (got.length < piece) {
          // A server may give less than was asked for: go on where it stopped.
          ahead = [];
          next = end;
        }
        for (; ahead.length < piecesAhead && next < size; next += piece) ahead.push(ask(next));
        yield got;
      }
    } finally {
      connection.ask((sftp, done) => sftp.close(handle, (error) => done(error))).catch(() => undefined);
    }
  }

  private refused(error: unknown, name: string): Error {
    const url = this.url(name);
    if (error instanceof ConnectionLost) {
      const lost = later(error.message);
      lost.cause = error;
      return lost;
    }
    if (!(error instanceof StatusError)) return error as Error;
    const { status: code, message } = error;
    const answer = `SFTP ${code} ${message}`;
    const of = (refused: Refused): Refused => {
      const whole = new Refused({ ...refused.refusal, answer });
      whole.cause = error;
      return whole;
    };
    switch (code) {
      case status.noSuchFile:
        return of(
          rejected('no-file', `There is no ${url}.`, 'Correct the folder in the settings, or make it.'),
        );
      case status.permissionDenied:
        return of(
          denied(
            `The user may not do this with ${url}: ${message}.`,
            'Give the user the right to read, write, rename and delete files in this folder.',
          ),
        );
      case status.unsupported:
        return of(
          denied(
            `The server cannot do this with ${url}: ${message}.`,
            'Use another SFTP server, such as OpenSSH, or files of changes (mode "changes").',
          ),
        );
      case status.noConnection:
      case status.lost:
        return of(later(`The server has lost the file: ${message}.`));
      default:
        return of(later(`The server failed at ${url}: ${message}. Is there room left?`));
    }
  }
}

const isEnd = (error: unknown): boolean => (error as { code?: unknown } | undefined)?.code === status.end;

const statusOf = (error: unknown): number | undefined =>
  error instanceof Refused && error.cause instanceof StatusError ? error.cause.status : undefined;

const isMissing = (error: unknown): boolean => statusOf(error) === status.noSuchFile;

const stateOf = (stats: Stats): FileState => ({
  size: stats.size,
  version: `${stats.mtime}.${stats.size}`,
  modifiedAt: new Date(stats.mtime * 1000),
});
