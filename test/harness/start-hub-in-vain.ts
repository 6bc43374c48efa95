import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { recordProcess } from './run-folder.js';

const program = fileURLToPath(new URL('../../dist/apps/hub/src/main.js', import.meta.url));

/** For a start that is meant to fail: the exit code, and what the hub printed on either stream. */
export async function startHubInVain(
  environment: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--enable-source-maps', program], {
    env: {
      PATH: process.env.PATH,
      HUB_PORT: '0',
      HUB_DATA_DIR: join(inject('runFolder'), 'in-vain'),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const ended = once(child, 'close');
  await once(child, 'spawn');
  const forget = await recordProcess(inject('runFolder'), child.pid!);
  const [code] = (await ended) as [number | null];
  forget();
  return { code, output };
}
