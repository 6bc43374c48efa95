import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Another app of this build, running as a process of its own. */
export class Program {
  private printed = '';
  private isClosed = false;

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.printed += text));
    }
    child.on('close', () => (this.isClosed = true));
  }

  /** @param environment takes the place of every setting of the hub or the sandbox that is in ours */
  static start(name: 'hub' | 'sandbox', environment: Record<string, string>): Program {
    const own = Object.entries(process.env).filter(
      ([key]) => !/^(HUB_|SANDBOX_|DATABASE_URL$|REDIS_URL$|NODE_ENV$|npm_)/.test(key),
    );
    const main = fileURLToPath(new URL(`../../${name}/src/main.js`, import.meta.url));
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      env: { ...Object.fromEntries(own), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Program(name, child);
  }

  /** The first group of the pattern, once the program has printed it. */
  async prints(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.printed)?.[1];
      if (found !== undefined) return found;
      if (this.isClosed) throw new Error(`The ${this.name} ended at its start:\n${this.printed}`);
      await new Promise<void>((resolve) => {
        const done = () => {
          this.child.stdout!.off('data', done);
          this.child.off('close', done);
          resolve();
        };
        this.child.stdout!.on('data', done);
        this.child.on('close', done);
      });
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}
