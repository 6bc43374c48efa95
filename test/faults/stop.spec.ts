import { mkdtemp, readdir, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { describeWithRedis, startRedis, waitFor } from '../harness/index.js';
import { names } from './sizes.js';
import { Stage, type StageOptions } from './stage.js';

const people = names(150);
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});

interface Middle {
  stage: Stage;
  folder: string;
  /** Everybody is sent, whatever the hub does meanwhile. */
  sent: Promise<void>;
}

/** In the middle of pushing, all parts on a data folder of their own. */
async function inTheMiddle(options: StageOptions): Promise<Middle> {
  const folder = await realpath(await mkdtemp(join(inject('runFolder'), 'stopped-')));
  const environment = { HUB_DATA_DIR: folder };
  const stage = await Stage.open({ ...options, environment, faults: { latencyMs: 300 } });
  cleanUp.push(() => stage.close());
  const sent = stage.source.createUsers(people);
  await stage.arrived(20);
  return { stage, folder, sent };
}

/** Stops it, which throws unless the exit code is 0. @returns how long that took, in milliseconds */
async function stop(stage: Stage, folder: string, signal: NodeJS.Signals): Promise<number> {
  const asked = Date.now();
  await stage.hub.stop(signal);
  const took = Date.now() - asked;
  expect(await runningIn(folder)).toEqual([]);
  const { accounts } = await stage.target.counts();
  expect(accounts).toBeGreaterThanOrEqual(20);
  expect(accounts).toBeLessThan(people.length);
  return took;
}

describe('stopped in the middle of pushing', () => {
  it('ends within seconds, leaves no process, finishes what is under way, and goes on at the next start', async () => {
    const { stage, folder, sent } = await inTheMiddle({ databaseUrl: '' });
    expect(await stop(stage, folder, 'SIGINT')).toBeLessThan(15_000);

    await stage.hub.start();
    await sent;
    await stage.settled(people.length);
    const { calls } = await stage.expectEachOnce();
    // Nothing was cut off, and nothing is done again.
    expect(calls.filter(({ status }) => status === 'lost')).toEqual([]);
    expect(calls.filter(({ method }) => method === 'POST')).toHaveLength(people.length);
  });
});

describeWithRedis('stopped in the middle of pushing, queues in Redis, API and worker apart', () => {
  it('cuts off what a target holds up, and finds out about that at the next start', async () => {
    const redis = await startRedis();
    cleanUp.push(() => redis.stop());
    const { stage, folder, sent } = await inTheMiddle({ redisUrl: redis.url, apart: true });
    await stage.target.setFaults({ latencyMs: 120_000 });
    const { calls } = await stage.target.counts();
    await waitFor(async () => (await stage.target.counts()).calls > calls, {
      what: 'a call to be held up',
    });
    expect(await stop(stage, folder, 'SIGTERM')).toBeLessThan(30_000);

    await stage.target.setFaults({ uniqueness: 'off' });
    await stage.hub.start();
    await sent;
    await stage.settled(people.length);
    await stage.expectEachOnce();
  });
});

/** Processes that work in a folder, or below it. Empty where there is no /proc. */
async function runningIn(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return places.filter((place) => place.startsWith(folder));
}
