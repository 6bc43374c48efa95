// @ts-check
/** @typedef {import('./scim-target.mjs').Faults} Faults */

/**
 * Which requests go wrong. "Every n-th" means one of each n in a row, which one is drawn by the seed: the
 * rate is exact and the same seed gives the same run, but a client cannot fall into step with it.
 */
export class FaultSchedule {
  /** @param {Faults} faults */
  constructor(faults) {
    const random = mulberry32(faults.seed ?? 1);
    this.faults = faults;
    this.random = random;
    this.lostAfter = oneOfEach(faults.loseAnswerEvery, random);
    this.lostBefore = oneOfEach(faults.loseRequestEvery, random);
    this.throttled = oneOfEach(faults.throttle?.every, random);
    this.failed = oneOfEach(faults.fail?.every, random);
    this.burst = 0;
  }

  latencyMs() {
    const { latencyMs = 0 } = this.faults;
    if (typeof latencyMs === 'number') return latencyMs;
    const [least, most] = latencyMs;
    return least + this.random() * (most - least);
  }

  /** @param {boolean} isWrite */
  next(isWrite) {
    const { fail } = this.faults;
    if (this.throttled()) return 'throttle';
    if (this.burst > 0) {
      this.burst--;
      return 'fail';
    }
    if (this.failed()) {
      this.burst = (fail?.burst ?? 1) - 1;
      return 'fail';
    }
    if (isWrite && this.lostBefore()) return 'lose-request';
    if (isWrite && this.lostAfter()) return 'lose-answer';
    return 'none';
  }
}

/**
 * @param {number | undefined} every
 * @param {() => number} random
 */
function oneOfEach(every, random) {
  if (!every) return () => false;
  let place = 0;
  let chosen = Math.floor(random() * every);
  return () => {
    const hit = place === chosen;
    if (++place === every) {
      place = 0;
      chosen = Math.floor(random() * every);
    }
    return hit;
  };
}

/** @param {number} seed */
function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
