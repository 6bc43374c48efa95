import { afterEach, describe, expect, it } from 'vitest';
import { startScimTarget, type Faults, type ScimTarget } from '../doubles/scim-target/scim-target.mjs';
import { spawnScimTarget } from '../doubles/scim-target/spawn-scim-target.mjs';

const targets: ScimTarget[] = [];
afterEach(async () => {
  for (const target of targets.splice(0)) await target.stop();
});

const call = (target: ScimTarget, method: string, path: string, body?: object) =>
  fetch(target.baseUrl + path, {
    method,
    headers: { authorization: `Bearer ${target.token}` },
    ...(body && { body: JSON.stringify(body) }),
  }).then(
    ({ status }) => status,
    () => 'lost' as const,
  );

describe.each([
  ['in this process', startScimTarget],
  ['as a process of its own', spawnScimTarget],
])('SCIM target %s', (_, open) => {
  async function start(faults: Faults): Promise<ScimTarget> {
    const target = await open({ faults });
    targets.push(target);
    return target;
  }

  it('goes wrong at the rate asked for, and tells what it was asked', async () => {
    const target = await start({ seed: 3, loseAnswerEvery: 4, throttle: { every: 5 } });
    const answers: (number | 'lost')[] = [];
    for (let at = 0; at < 40; at++)
      answers.push(await call(target, 'POST', '/Users', { userName: `user-${at}` }));
    const { calls, created } = await target.report();
    expect(calls.map(({ status }) => status)).toEqual(answers);
    expect(answers.filter((each) => each === 429)).toHaveLength(8);
    expect(answers.filter((each) => each === 'lost')).toHaveLength(8);
    expect(created).toBe(32);
  });

  it('counts calls at once for one account, and accounts made twice', async () => {
    const target = await start({ latencyMs: 300, uniqueness: 'off' });
    const twice = [
      call(target, 'POST', '/Users', { userName: 'ada' }),
      call(target, 'POST', '/Users', { userName: 'ada' }),
    ];
    await Promise.all([...twice, call(target, 'POST', '/Users', { userName: 'grace' })]);
    expect(await target.report()).toMatchObject({
      mostAtOnce: 2,
      mostAtOnceByAccount: { ada: 2, grace: 1 },
      mostInAll: 3,
      duplicates: ['ada'],
      created: 3,
    });
  });

  it('is away and comes back on the same port with what it had', async () => {
    const target = await start({});
    expect(await call(target, 'POST', '/Users', { userName: 'ada' })).toBe(201);
    await target.goDown();
    expect(await call(target, 'GET', '/Users')).toBe('lost');
    await target.comeBack();
    expect(await call(target, 'GET', '/Users')).toBe(200);
    expect((await target.report()).accounts).toMatchObject([{ userName: 'ada' }]);
  });
});

describe('one seed', () => {
  it('gives the same run, another one another', async () => {
    const run = async (seed: number) => {
      const target = await startScimTarget({
        faults: { seed, loseRequestEvery: 3, fail: { every: 7, burst: 2 } },
      });
      targets.push(target);
      const answers: unknown[] = [];
      for (let at = 0; at < 30; at++)
        answers.push(await call(target, 'POST', '/Users', { userName: `user-${at}` }));
      return answers.join();
    };
    const first = await run(1);
    expect(await run(1)).toBe(first);
    expect(await run(2)).not.toBe(first);
  });
});
