import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import { recordProcess, waitFor } from '../harness/index.js';

const program = fileURLToPath(new URL('../../dist/apps/demo/src/main.js', import.meta.url));

async function start(...flags: string[]) {
  const folder = await mkdtemp(join(inject('runFolder'), 'demo-'));
  const child = spawn(process.execPath, [program, ...flags], {
    env: { ...process.env, TMPDIR: folder, HUB_PORT: 'not for the demo', DATABASE_URL: 'nor this' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const ended = once(child, 'close');
  await once(child, 'spawn');
  const forget = await recordProcess(inject('runFolder'), child.pid!);
  return {
    output: () => output,
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    async end() {
      const [code] = (await ended) as [number | null];
      forget();
      return { code, left: await readdir(folder) };
    },
  };
}

/** Its programs too: the addresses it printed answer no more. */
async function expectNobodyAt(output: string): Promise<void> {
  const origins = new Set(output.match(/http:\/\/[\d.]+:\d+/g));
  expect(origins.size).toBe(2);
  for (const origin of origins) await expect(fetch(origin)).rejects.toThrow();
}

describe('the demo', () => {
  it('plays the day, shows what arrived, and leaves nothing behind', async () => {
    const demo = await start();
    const { code, left } = await demo.end();
    expect(demo.output()).toMatch(/All 18 changes arrived, the slowest after \d+ ms\./);
    expect(demo.output()).toMatch(/Alan left a month ago: deleted +delete +\d+ ms/);
    expect(demo.output()).toMatch(/edsger@contoso\.example +no /);
    expect(code).toBe(0);
    expect(left).toEqual([]);
    await expectNobodyAt(demo.output());
  });

  it('keeps running with --keep until it is told to end', async () => {
    const demo = await start('--keep');
    await waitFor(() => demo.output().includes('Ctrl-C ends it.'), { what: 'the day to be over' });
    const hub = /API docs +(http:\S+)\/api\/docs/.exec(demo.output())![1]!;
    const key = /Admin key +(\S+)/.exec(demo.output())![1]!;
    const answer = await fetch(`${hub}/api/v1/sources`, { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(200);
    demo.signal('SIGINT');
    expect(await demo.end()).toEqual({ code: 0, left: [] });
    await expectNobodyAt(demo.output());
  });

  it('stops in the middle of the day, and leaves nothing behind', async () => {
    const demo = await start();
    await waitFor(() => demo.output().includes('08:55'), { what: 'the first joiner' });
    demo.signal('SIGTERM');
    expect(await demo.end()).toEqual({ code: 130, left: [] });
    expect(demo.output()).not.toContain('changes arrived');
    await expectNobodyAt(demo.output());
  });

  it('knows no other flag', async () => {
    const demo = await start('--forever');
    expect(await demo.end()).toEqual({ code: 2, left: [] });
    expect(demo.output()).toContain('--keep');
  });
});
