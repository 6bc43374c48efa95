import { expect, it } from 'vitest';
import { Coalesced } from './coalesced.js';

it('runs one at a time, once more for all that came meanwhile, and goes on after a failure', async () => {
  let runs = 0;
  let finish = () => {};
  const errors: string[] = [];
  const coalesced = new Coalesced(
    () => {
      runs += 1;
      return new Promise(
        (resolve, reject) => (finish = runs === 1 ? () => reject(new Error('first')) : resolve),
      );
    },
    (error) => errors.push(error.message),
  );
  coalesced.poke();
  coalesced.poke();
  coalesced.poke();
  expect(runs).toBe(1);
  finish();
  await new Promise((resolve) => setImmediate(resolve));
  expect([runs, errors]).toEqual([2, ['first']]);
  finish();
  await coalesced.idle();
  expect(runs).toBe(2);
});
