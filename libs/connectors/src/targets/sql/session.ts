import type { ConnectorRuntime, WireCall } from '../../contract.js';
import { Connection, type Result } from './connection.js';
import { ConnectionPool } from './connection-pool.js';
import { dialectOf, type Dialect } from './dialect.js';
import { openMysql } from './mysql-driver.js';
import { openPostgresql } from './postgresql-driver.js';
import { OpeningFailed } from './reach-server.js';
import { lost, openingRefusal, Refused, stopped, tooLong } from './refusals.js';
import { refusalOf, type ServerError, serverErrorOf } from './server-errors.js';
import { isWriteOnly, type SqlCredentials, type SqlSettings } from './settings.js';
import { type Fragment, rendered, type Statement } from './sql-fragment.js';

/** One operation of the connector: its calls as they were made, and whether a change has been carried out. */
export interface Work {
  calls: WireCall[];
  changed: boolean;
  signal?: AbortSignal;
}

/** Runs a statement where the operation has got to. @throws Refused */
export type Run = (statement: Fragment | Statement) => Promise<Result>;

/** Statements on the server, one attempt each, over a few connections that are opened as they are needed. */
export class Session {
  readonly dialect: Dialect;
  private readonly pool: ConnectionPool;

  constructor(
    readonly settings: SqlSettings,
    private readonly credentials: SqlCredentials,
    private readonly runtime: ConnectorRuntime,
  ) {
    this.dialect = dialectOf(settings.preset);
    this.pool = new ConnectionPool(settings.connections, () => this.open());
  }

  /** @throws OpeningFailed */
  async open(): Promise<Connection> {
    const { settings, credentials, runtime } = this;
    const opener = settings.preset === 'postgresql' ? openPostgresql : openMysql;
    const late = AbortSignal.timeout(settings.timeoutMs);
    const opening = opener(settings, credentials, runtime, late);
    const driver = await opening.catch((error: unknown) => {
      const told = error instanceof OpeningFailed && serverErrorOf(error.cause);
      if (!late.aborted || told || !(error instanceof OpeningFailed)) throw error;
      throw new OpeningFailed(error.stage, 'The server did not answer in time.', error.cause);
    });
    return new Connection(driver, settings.maxAnswerBytes);
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  /** As it is shown, without what is never shown. */
  call(method: string, table: string, body?: Record<string, unknown>): WireCall {
    const { preset, host, port, database } = this.settings;
    const server = host.includes(':') ? `[${host}]` : host;
    const shown =
      body &&
      Object.fromEntries(
        Object.entries(body).map(([name, value]) => [name, isWriteOnly(this.settings, name) ? '***' : value]),
      );
    return {
      method,
      url: `${preset}://${server}:${port}/${encodeURIComponent(database)}/${table}`,
      ...(shown && { body: shown }),
    };
  }

  /** One statement, final at once. @throws Refused */
  run(work: Work, statement: Fragment | Statement, write = false): Promise<Result> {
    return this.on(work, (connection) => this.send(connection, work, statement, write));
  }

  /** All or nothing. Until the end is said nothing has been carried out. @throws Refused */
  transaction<T>(work: Work, operate: (run: Run) => Promise<T>, end = 'commit'): Promise<T> {
    const say = (connection: Connection, text: string, write = false) =>
      this.send(connection, work, { text, values: [] }, write);
    return this.on(work, async (connection) => {
      // In the level MySQL begins with, inserting what is selected locks all that was looked at.
      if (this.dialect.name === 'mysql')
        await say(connection, 'set transaction isolation level read committed');
      await say(connection, 'start transaction');
      try {
        const result = await operate((statement) => this.send(connection, work, statement, false));
        await say(connection, end, end === 'commit');
        return result;
      } catch (error) {
        if (!connection.dead) await say(connection, 'rollback').catch(() => connection.end());
        throw error;
      }
    });
  }

  /** Several statements on one connection, each of them final at once. @throws Refused */
  async on<T>(work: Work, operate: (connection: Connection) => Promise<T>): Promise<T> {
    if (work.signal?.aborted) throw new Refused(stopped(false));
    const connection = await this.taken(work.signal);
    try {
      return await operate(connection);
    } finally {
      this.pool.give(connection);
    }
  }

  /** A connection of the pool; who is stopped meanwhile does not wait for it. */
  private async taken(signal: AbortSignal | undefined): Promise<Connection> {
    const taking = this.pool.take();
    let stop: (() => void) | undefined;
    const stopping = new Promise<'stopped'>((resolve) => {
      stop = () => resolve('stopped');
      signal?.addEventListener('abort', stop, { once: true });
    });
    try {
      const taken = await Promise.race([taking, stopping]);
      if (taken !== 'stopped') return taken;
    } catch (error) {
      throw new Refused(openingRefusal(error));
    } finally {
      signal?.removeEventListener('abort', stop!);
    }
    taking.then(
      (connection) => this.pool.give(connection),
      () => undefined,
    );
    throw new Refused(stopped(false));
  }

  async send(
    connection: Connection,
    work: Work,
    statement: Fragment | Statement,
    write: boolean,
  ): Promise<Result> {
    const { signal } = work;
    if (signal?.aborted) throw new Refused(stopped(false));
    let late = false;
    const end = () => connection.end();
    const timer = setTimeout(() => {
      late = true;
      end();
    }, this.settings.timeoutMs);
    signal?.addEventListener('abort', end, { once: true });
    try {
      const running = connection.run('texts' in statement ? rendered(statement, this.dialect) : statement);
      running.catch(() => undefined);
      const result = await Promise.race([running, connection.ended]);
      if (write) work.changed = true;
      return result;
    } catch (error) {
      const told = serverErrorOf(error);
      if (told) throw new Answered(told, write);
      end();
      if (signal?.aborted) throw new Refused(stopped(write));
      if (connection.tooLong) throw new Refused(tooLong);
      throw new Refused(lost(late, write));
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    }
  }
}

/** The server has refused a statement. */
export class Answered extends Refused {
  constructor(
    readonly error: ServerError,
    write: boolean,
  ) {
    super(refusalOf(error, write), error.code);
  }
}
