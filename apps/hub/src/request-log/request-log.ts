import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Database, Metrics } from '@rollcall/platform';
import { Counter, Gauge } from 'prom-client';
import { insertRows } from './insert-rows.js';
import type { LogRow } from './log-row.js';

const writeEveryMs = 500;
const tryAgainMs = 2_000;
const together = 1_000;
const mostRows = 20_000;
const mostCharacters = 32 * 1024 * 1024;

/**
 * Takes the lines of the request log and writes them many at a time, away from the requests. While Postgres is
 * away they wait, as far as memory is set aside for them; what does not fit is counted and told.
 */
@Injectable()
export class RequestLog implements OnApplicationShutdown {
  private readonly log = new Logger('RequestLog');
  /** As JSON. */
  private waiting: string[] = [];
  private characters = 0;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private away = false;
  private lost = 0;
  private readonly dropped: Counter;

  constructor(
    private readonly database: Database,
    metrics: Metrics,
  ) {
    this.dropped = new Counter({
      name: 'rollcall_request_log_dropped_total',
      help: 'Requests that are missing in the request log because it could not be written',
      registers: [metrics],
    });
    const rows = () => this.waiting.length;
    new Gauge({
      name: 'rollcall_request_log_waiting',
      help: 'Requests that wait to be written to the request log',
      registers: [metrics],
      collect() {
        this.set(rows());
      },
    });
  }

  add(row: LogRow): void {
    const json = JSON.stringify(row);
    if (this.waiting.length >= mostRows || this.characters + json.length > mostCharacters) {
      this.lose(1);
      return;
    }
    this.waiting.push(json);
    this.characters += json.length;
    if (this.waiting.length === together && !this.away) void this.flush().catch(() => undefined);
    else this.schedule(this.away ? tryAgainMs : writeEveryMs);
  }

  /** Writes what waits. Rejects when it cannot be written; it then waits on. */
  flush(): Promise<void> {
    this.writing ??= this.write().finally(() => {
      this.writing = undefined;
      if (this.waiting.length > 0) this.schedule(this.away ? tryAgainMs : writeEveryMs);
    });
    return this.writing;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush().catch(() => undefined);
    if (this.waiting.length > 0) await this.flush().catch(() => undefined);
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    this.lose(this.waiting.length);
    this.waiting = [];
    this.tellLost();
  }

  private schedule(delayMs: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.flush().catch(() => undefined);
    }, delayMs).unref();
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, together);
      try {
        await this.insert(batch);
      } catch (error) {
        if (!this.away) this.log.warn(`The request log cannot be written: ${(error as Error).message}`);
        this.away = true;
        throw error;
      }
      this.waiting.splice(0, batch.length);
      this.characters -= batch.reduce((sum, json) => sum + json.length, 0);
      this.away = false;
      this.tellLost();
    }
  }

  /** One row that Postgres refuses must not hold up the others. */
  private async insert(rows: string[]): Promise<void> {
    try {
      await insertRows(this.database, rows);
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (!/^2[23]/.test(code)) throw error;
      if (rows.length === 1) {
        // The message may quote what is in the row.
        this.log.error(`A request cannot be kept in the request log: Postgres refuses it (${code})`);
        this.lose(1);
        return;
      }
      const half = Math.ceil(rows.length / 2);
      await this.insert(rows.slice(0, half));
      await this.insert(rows.slice(half));
    }
  }

  /** Of requests that are not to be found in the log. */
  lose(count: number): void {
    this.lost += count;
    this.dropped.inc(count);
  }

  private tellLost(): void {
    if (this.lost > 0) this.log.warn(`${this.lost} requests are missing in the request log`);
    this.lost = 0;
  }
}
