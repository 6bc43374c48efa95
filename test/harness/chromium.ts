import { spawnSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';
import { describe } from 'vitest';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const installed = names.find((name) => spawnSync(name, ['--version']).status === 0);

/**
 * describe() for tests of pages in a real Chromium. Where none is installed they are skipped by name; under
 * CI=true they run, and fail.
 */
export function describeWithChromium(name: string, tests: () => void): void {
  if (installed || process.env.CI === 'true') describe(name, tests);
  else describe.skip(`${name} (needs Chromium: apt-get install chromium)`, tests);
}

export function openChromium(): Promise<Browser> {
  const path = spawnSync('which', [installed ?? 'chromium'])
    .stdout.toString()
    .trim();
  return chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
