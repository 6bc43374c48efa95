import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { EmbeddedPostgres, freePort } from '@rollcall/platform';
import pg from 'pg';

/** Starts what a benchmark needs, on free ports in a temporary folder, and ends all of it. */
export class Bench {
  private readonly children: ChildProcess[] = [];

  private constructor(
    readonly folder: string,
    private readonly postgres: EmbeddedPostgres,
  ) {}

  static async open(): Promise<Bench> {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
    const postgres = await EmbeddedPostgres.start({
      folder: join(folder, 'database'),
      durable: true,
      maxConnections: 200,
    });
    const bench = new Bench(folder, postgres);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void bench.close().finally(() => process.exit(130)));
    }
    return bench;
  }

  async database(name: string): Promise<string> {
    const url = new URL(this.postgres.url);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    url.pathname = `/${name}`;
    return url.href;
  }

  /** Starts a compiled program and waits for the first line that `ready` understands. */
  async start<T>(
    program: string,
    environment: Record<string, string>,
    ready: (line: string) => T | undefined,
  ): Promise<{ value: T; child: ChildProcess }> {
    const path = fileURLToPath(new URL(program, import.meta.url));
    const child = spawn(process.execPath, [path], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.children.push(child);
    const lines = createInterface({ input: child.stdout! });
    const value = await new Promise<T>((resolve, reject) => {
      lines.on('line', (line) => {
        const found = ready(line);
        if (found !== undefined) resolve(found);
      });
      child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
    });
    return { value, child };
  }

  async startHub(databaseUrl: string, environment: Record<string, string> = {}): Promise<Hub> {
    const port = await freePort();
    const adminKey = 'bench-admin-key-0123456789abcdef0123456789';
    const { child } = await this.start(
      '../../apps/hub/src/main.js',
      {
        HUB_PORT: String(port),
        HUB_DATA_DIR: join(this.folder, 'hub'),
        HUB_ADMIN_KEY: adminKey,
        DATABASE_URL: databaseUrl,
        ...environment,
      },
      (line) => (line.includes(`:${port}`) ? true : undefined),
    );
    return new Hub(`http://127.0.0.1:${port}`, adminKey, child);
  }

  /** Undefined where redis-server is not installed. */
  async startRedis(): Promise<string | undefined> {
    if (spawnSync('redis-server', ['--version']).error) return undefined;
    const port = await freePort();
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', this.folder];
    const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.children.push(child);
    const lines = createInterface({ input: child.stdout });
    for await (const line of lines) if (line.includes('Ready to accept connections')) break;
    child.stdout.resume();
    return `redis://127.0.0.1:${port}`;
  }

  async stop(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }

  async close(): Promise<void> {
    await Promise.all(this.children.map((child) => this.stop(child)));
    await this.postgres.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export class Hub {
  constructor(
    readonly origin: string,
    private readonly adminKey: string,
    readonly child: ChildProcess,
  ) {}

  async admin<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.origin}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.adminKey}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  async source(): Promise<string> {
    const { token } = await this.admin<{ token: string }>('POST', 'sources', {
      name: 'Bench',
      client: 'entra',
    });
    return token;
  }
}
