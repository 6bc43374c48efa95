import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SeededHistory } from './seeded/history.js';
import { Lane } from './seeded/lane.js';
import { targetModule } from './seeded/seeded-target.js';
import { bendTime } from './seeded/world.js';

vi.mock('node:crypto', async (original) => (await import('./seeded/world.js')).bentCrypto(await original()));
vi.mock('node:timers/promises', async (original) =>
  (await import('./seeded/world.js')).bentTimers(await original()),
);

/** FAULT_SEED=n replays one history; FAULT_SEEDS=n draws so many, from FAULT_FROM on. */
const one = process.env.FAULT_SEED === undefined ? undefined : Number(process.env.FAULT_SEED);
const count = one === undefined ? Number(process.env.FAULT_SEEDS ?? 1_000) : 1;
const from = one ?? Number(process.env.FAULT_FROM ?? 1);
const laneCount = Math.min(count, 6);

describe('the engine, whatever goes wrong and whenever', () => {
  const lanes: Lane[] = [];
  let straighten: () => void;

  beforeAll(async () => {
    for (let at = 0; at < laneCount; at += 1) lanes.push(await Lane.open(targetModule));
    straighten = bendTime();
  });
  afterAll(async () => {
    straighten?.();
    await Promise.all(lanes.map((lane) => lane.close()));
  });

  it('gives the same history again under the same seed', async () => {
    for (const seed of [from, from + 1, from + 2]) {
      const first = await new SeededHistory(lanes[0]!, seed).run();
      const second = await new SeededHistory(lanes.at(-1)!, seed).run();
      expect(second.trace).toEqual(first.trace);
    }
  });

  const what = `brings the target to what is wanted in the end, in ${count} histories`;
  it(what, { timeout: 120_000 + count * 1_000 }, async () => {
    const failures: string[] = [];
    let next = from;
    await Promise.all(
      lanes.map(async (lane) => {
        while (next < from + count && failures.length < 5) {
          const seed = next++;
          const { wrongs, trace } = await new SeededHistory(lane, seed).run();
          if (wrongs.length === 0) continue;
          const shown = one === undefined ? trace.slice(-20) : trace;
          failures.push([`FAULT_SEED=${seed}`, ...wrongs, ...shown].join('\n'));
        }
      }),
    );
    expect(failures.join('\n\n')).toBe('');
  });
});
