import type { Connection } from './connection.js';

/** Connections that are open and free, up to a number; who finds none waits in line. */
export class ConnectionPool {
  private readonly free: Connection[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly all = new Set<Connection>();
  private taken = 0;
  private closed = false;

  constructor(
    private readonly most: number,
    private readonly opener: () => Promise<Connection>,
  ) {}

  async take(): Promise<Connection> {
    // A place is handed over by `leave` without being free in between, so nobody is overtaken.
    if (this.taken >= this.most) await new Promise<void>((turn) => this.waiting.push(turn));
    else this.taken += 1;
    try {
      return this.freeOne() ?? (await this.openOne());
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  give(connection: Connection): void {
    if (connection.dead || this.closed) this.all.delete(connection);
    else this.free.push(connection);
    this.leave();
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.all].map((connection) => connection.close()));
    this.all.clear();
  }

  private freeOne(): Connection | undefined {
    this.refuseWhenClosed();
    for (let one = this.free.pop(); one; one = this.free.pop()) {
      if (!one.dead) return one;
      this.all.delete(one);
    }
    return undefined;
  }

  private async openOne(): Promise<Connection> {
    const connection = await this.opener();
    if (this.closed) await connection.close();
    this.refuseWhenClosed();
    this.all.add(connection);
    return connection;
  }

  private refuseWhenClosed(): void {
    if (this.closed) throw new Error('The connector is closed.');
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.taken -= 1;
  }
}
