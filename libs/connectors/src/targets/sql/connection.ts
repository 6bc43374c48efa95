import type { Socket } from 'node:net';
import type { Statement } from './sql-fragment.js';
import type { ColumnKind } from './table.js';

/** Values as the driver gives them: text, numbers where they are exact, bytes. */
export type Row = Record<string, unknown>;

export interface Result {
  rows: Row[];
  /** What the columns of the rows hold, where no table tells. */
  kinds: Record<string, ColumnKind>;
  /** Rows written, or matched by an update. */
  affected: number;
  /** What auto_increment gave, of MySQL. */
  insertId?: string;
}

/** A protocol on a socket that is open, encrypted where it is to be, and signed in. */
export interface Driver {
  socket: Socket;
  run(statement: Statement): Promise<Result>;
  /** Says goodbye. */
  quit(): Promise<void>;
}

/** One connection. It is never opened again. */
export class Connection {
  dead = false;
  tooLong = false;
  /** Fails when the socket is closed. */
  readonly ended: Promise<never>;
  private fail!: (why: Error) => void;
  private received = 0;

  constructor(
    private readonly driver: Driver,
    private readonly maxAnswerBytes: number,
  ) {
    this.ended = new Promise((_, reject) => (this.fail = reject));
    this.ended.catch(() => undefined);
    driver.socket.once('close', () => this.die());
    driver.socket.on('data', (data: Buffer) => this.count(data.length));
  }

  run(statement: Statement): Promise<Result> {
    this.received = 0;
    return this.driver.run(statement);
  }

  end(): void {
    this.die();
    this.driver.socket.destroy();
  }

  async close(): Promise<void> {
    if (!this.dead) await Promise.race([this.driver.quit(), this.ended]).catch(() => undefined);
    this.end();
  }

  private die(): void {
    this.dead = true;
    this.fail(new Error('Connection closed'));
  }

  private count(bytes: number): void {
    this.received += bytes;
    if (this.received <= this.maxAnswerBytes) return;
    this.tooLong = true;
    this.end();
  }
}
