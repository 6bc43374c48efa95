import { expect } from 'vitest';
import type { Faults, Report, ScimTarget } from '../doubles/scim-target/scim-target.mjs';
import { spawnScimTarget } from '../doubles/scim-target/spawn-scim-target.mjs';
import { createTestDatabase, waitFor } from '../harness/index.js';
import { HubProcesses } from './hub-processes.js';
import { ScimSender } from './scim-sender.js';

export interface StageOptions {
  redisUrl?: string;
  /** Unset: a database of its own on the server of the test run. Empty: embedded. */
  databaseUrl?: string;
  environment?: Record<string, string>;
  /** API and worker as processes of their own. */
  apart?: boolean;
  faults?: Faults;
  /** Of the connection. */
  policy?: object;
  scope?: object;
}

export interface Progress {
  phase: string;
  total: number;
  done: number;
  due: number;
  retrying: number;
  dead: number;
}

/** A hub, a source that sends, a target that goes wrong, and a connection between them. */
export class Stage {
  private constructor(
    readonly hub: HubProcesses,
    readonly target: ScimTarget,
    readonly source: ScimSender,
    readonly connection: string,
    readonly databaseUrl: string,
    private readonly cleanUp: (() => Promise<unknown>)[],
  ) {}

  static async open(options: StageOptions = {}): Promise<Stage> {
    const cleanUp: (() => Promise<unknown>)[] = [];
    try {
      let { databaseUrl } = options;
      if (databaseUrl === undefined) {
        const test = await createTestDatabase({ poolSize: 1 });
        cleanUp.push(() => test.drop());
        databaseUrl = test.url;
      }
      const target = await spawnScimTarget({ faults: options.faults });
      cleanUp.push(() => target.stop());
      const { redisUrl, environment, policy, scope } = options;
      const hub = new HubProcesses({ databaseUrl, redisUrl, environment }, options.apart);
      cleanUp.push(() => hub.end());
      await hub.start();
      const { token } = await hub.admin<{ token: string }>('POST', 'sources', {
        name: 'Source',
        client: 'entra',
      });
      const { id } = await hub.admin<{ id: string }>('POST', 'connections', {
        name: 'Target',
        connector: 'scim2',
        settings: { baseUrl: target.baseUrl },
        credentials: { type: 'bearer', token: target.token },
        policy,
        scope,
      });
      await hub.admin('POST', `connections/${id}/enable`);
      const source = new ScimSender(() => hub.url, token);
      return new Stage(hub, target, source, id, databaseUrl, cleanUp);
    } catch (error) {
      await closeAll(cleanUp);
      throw error;
    }
  }

  close(): Promise<void> {
    return closeAll(this.cleanUp);
  }

  progress(): Promise<Progress> {
    return this.hub.admin('GET', `connections/${this.connection}/progress`);
  }

  /** Until so many subjects are known to the connection and nothing is left to do for any. */
  async settled(subjects: number, timeoutMs = 120_000): Promise<void> {
    let last: Progress | undefined;
    await waitFor(
      async () => {
        last = await this.progress();
        return last.total >= subjects && last.done === last.total;
      },
      { timeoutMs, intervalMs: 100, what: 'nothing to be left to do' },
    ).catch(async (error: Error) => {
      const open = await this.hub
        .admin('GET', `reports/provisioning?connection=${this.connection}&status=retrying`)
        .catch(String);
      const details = [JSON.stringify(last), JSON.stringify(open).slice(0, 2_000), this.hub.output()];
      throw new Error([error.message, ...details].join('\n'), { cause: error });
    });
  }

  /** Until at least so many accounts are at the target. */
  async arrived(accounts: number, timeoutMs = 120_000): Promise<void> {
    await waitFor(async () => (await this.target.counts()).accounts >= accounts, {
      timeoutMs,
      what: `${accounts} accounts to be at the target`,
    });
  }

  /** Everybody acknowledged, nobody else, nobody twice, and never two calls at once for one. */
  async expectEachOnce(): Promise<Report> {
    const report = await this.target.report();
    const names = report.accounts.map(({ userName }) => userName as string).sort();
    expect(names).toEqual([...this.source.acknowledged.keys()].sort());
    expect(report.duplicates).toEqual([]);
    expect(report.created).toBe(names.length);
    const twiceAtOnce = Object.entries(report.mostAtOnceByAccount)
      .filter(([, most]) => most > 1)
      .map(([name]) => report.calls.filter(({ account }) => account === name));
    expect(twiceAtOnce).toEqual([]);
    return report;
  }
}

async function closeAll(cleanUp: (() => Promise<unknown>)[]): Promise<void> {
  for (const each of cleanUp.splice(0).reverse()) await each();
}
