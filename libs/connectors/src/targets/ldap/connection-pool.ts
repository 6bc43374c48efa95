import type { Connection } from './connection.js';

/** Connections that are open and free, up to a number; who finds none waits in line. */
export class ConnectionPool {
  private readonly free: Connection[] = [];
  private readonly waiting: ((turn: Connection | undefined) => void)[] = [];
  private readonly all = new Set<Connection>();
  private open = 0;
  private closed = false;

  constructor(
    private readonly most: number,
    private readonly opener: () => Promise<Connection>,
  ) {}

  async take(): Promise<Connection> {
    if (this.closed) throw new Error('The connector is closed.');
    const free = this.freeOne();
    if (free) return free;
    if (this.open >= this.most) {
      const given = await new Promise<Connection | undefined>((turn) => this.waiting.push(turn));
      if (given && !given.dead) return given;
      if (given) this.forget(given);
      if (!given && this.closed) throw new Error('The connector is closed.');
      if (!given) this.open -= 1;
    }
    this.open += 1;
    try {
      const connection = await this.opener();
      if (this.closed) {
        await connection.close();
        throw new Error('The connector is closed.');
      }
      this.all.add(connection);
      return connection;
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  give(connection: Connection): void {
    if (connection.dead || this.closed) {
      this.all.delete(connection);
      this.leave();
      return;
    }
    const next = this.waiting.shift();
    if (next) next(connection);
    else this.free.push(connection);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const next of this.waiting.splice(0)) next(undefined);
    await Promise.all([...this.all].map((connection) => connection.close()));
    this.all.clear();
  }

  private freeOne(): Connection | undefined {
    for (let one = this.free.pop(); one; one = this.free.pop()) {
      if (!one.dead) return one;
      this.forget(one);
    }
    return undefined;
  }

  private forget(connection: Connection): void {
    this.all.delete(connection);
    this.open -= 1;
  }

  /** A place is free: whoever waits longest takes it over and opens a connection of its own. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next) next(undefined);
    else this.open -= 1;
  }
}
