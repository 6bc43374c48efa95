import { type HubOptions, newHubKeys, startHub, type StartedHub } from '../harness/index.js';

export type Part = 'api' | 'worker';

/** Hub processes on one database, API and worker apart or both in one, that can be killed and started again. */
export class HubProcesses {
  private readonly keys = newHubKeys();
  private readonly running = new Map<Part, StartedHub>();
  private crashing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: Omit<HubOptions, 'roles' | 'keys'>,
    private readonly apart = false,
  ) {}

  async start(): Promise<void> {
    for (const part of this.apart ? (['api', 'worker'] as const) : (['api'] as const))
      await this.launch(part);
  }

  /** Of the API, also while that is down. */
  get url(): string {
    return this.running.get('api')!.url;
  }

  admin<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.running.get('api')!.admin<T>(method, path, body);
  }

  /** SIGKILL, and a new one in its place. One at a time. */
  crash(part: Part): Promise<void> {
    const crash = this.crashing.then(async () => {
      const which = this.apart ? part : 'api';
      await this.running.get(which)!.kill();
      await this.launch(which);
    });
    this.crashing = crash.catch(() => undefined);
    return crash;
  }

  /** In good order, by this signal. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    for (const [part, hub] of this.running) {
      this.running.delete(part);
      hub.signal(signal);
      await hub.stop();
    }
  }

  /** For the end of a test, however it went. */
  async end(): Promise<void> {
    await this.crashing;
    for (const hub of this.running.values()) await hub.kill();
  }

  /** What the processes that run now have written. */
  output(): string {
    return [...this.running].map(([part, hub]) => `${part}: ${hub.output().slice(-2_000)}`).join('\n');
  }

  private async launch(part: Part): Promise<void> {
    const roles = this.apart ? part : 'api,worker';
    this.running.set(part, await startHub({ ...this.options, roles, keys: this.keys }));
  }
}
