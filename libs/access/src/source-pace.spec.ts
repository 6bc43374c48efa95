import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inFlightAtMost, SourcePace, type Turn, waitAtMostMs, waitingAtMost } from './source-pace.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function entries(turns: Turn[]) {
  const seen = turns.map((): unknown => 'waiting');
  turns.forEach(({ entered }, index) => {
    void Promise.resolve(entered).then((entry) => (seen[index] = entry));
  });
  return seen;
}

const enter = (pace: SourcePace, times: number) => Array.from({ length: times }, () => pace.enter());
const enterAndLeave = (pace: SourcePace, times: number) => {
  for (const turn of enter(pace, times)) turn.leave();
};

describe('the pace of a source', () => {
  it('lets one second’s worth through at once and the rest one by one, in order', async () => {
    const pace = new SourcePace(20);
    const turns = enter(pace, 40);
    const seen = entries(turns);
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.filter((entry) => entry === 'in')).toHaveLength(20);
    await vi.advanceTimersByTimeAsync(500);
    expect(seen.slice(0, 30).every((entry) => entry === 'in')).toBe(true);
    expect(seen.slice(31).every((entry) => entry === 'waiting')).toBe(true);
    await vi.advanceTimersByTimeAsync(510);
    expect(seen.every((entry) => entry === 'in')).toBe(true);
  });

  it('turns away at once who would wait longer than five seconds, and says in whole seconds when to come', async () => {
    const pace = new SourcePace(2);
    const turns = enter(pace, 13);
    expect(turns.at(-1)!.entered).toEqual({ retryAfterSeconds: 5, reason: 'rate' });
    const seen = entries(turns.slice(0, 12));
    await vi.advanceTimersByTimeAsync(waitAtMostMs + 10);
    expect(seen.every((entry) => entry === 'in')).toBe(true);
  });

  it('works on a bounded number at once, whatever the rate, and on the next when one is done', async () => {
    const pace = new SourcePace(100_000);
    const turns = enter(pace, inFlightAtMost);
    const next = pace.enter();
    const seen = entries([next]);
    await vi.advanceTimersByTimeAsync(100);
    expect(seen).toEqual(['waiting']);
    turns[7]!.leave();
    turns[7]!.leave();
    const after = entries([pace.enter()]);
    await vi.advanceTimersByTimeAsync(0);
    expect([...seen, ...after]).toEqual(['in', 'waiting']);
  });

  it('turns away who has waited five seconds for slow ones', async () => {
    const pace = new SourcePace(100_000);
    enter(pace, inFlightAtMost);
    const seen = entries([pace.enter()]);
    await vi.advanceTimersByTimeAsync(waitAtMostMs);
    expect(seen).toEqual([{ retryAfterSeconds: 1, reason: 'in-flight' }]);
  });

  it('has a line of bounded length', () => {
    const pace = new SourcePace(100_000);
    enter(pace, inFlightAtMost + waitingAtMost);
    expect(pace.enter().entered).toMatchObject({ reason: 'in-flight' });
  });

  it('gives the place of one that leaves the line to those behind it', async () => {
    const pace = new SourcePace(1);
    const [, second, third] = enter(pace, 3);
    const seen = entries([second!, third!]);
    second!.leave();
    await vi.advanceTimersByTimeAsync(1_001);
    expect(seen).toEqual(['gone', 'in']);
  });

  it('takes a new rate at once', async () => {
    const pace = new SourcePace(1);
    const seen = entries(enter(pace, 5));
    pace.requestsPerSecond = 100;
    await vi.advanceTimersByTimeAsync(50);
    expect(seen.every((entry) => entry === 'in')).toBe(true);
    pace.requestsPerSecond = 2;
    await vi.advanceTimersByTimeAsync(10_000);
    const later = entries(enter(pace, 3));
    await vi.advanceTimersByTimeAsync(0);
    expect(later).toEqual(['in', 'in', 'waiting']);
  });

  it('is rested when nobody is in and the burst is full again', async () => {
    const pace = new SourcePace(10);
    expect(pace.isRested).toBe(true);
    enterAndLeave(pace, 3);
    expect(pace.isRested).toBe(false);
    await vi.advanceTimersByTimeAsync(301);
    expect(pace.isRested).toBe(true);
  });
});
