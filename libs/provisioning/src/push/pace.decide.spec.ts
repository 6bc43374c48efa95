import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateAfter, shareOf } from './pace.decide.js';

const now = 1_000_000;

describe('the pace', () => {
  it('goes down when the target asks to slow down, in whatever way, and never stands still', () => {
    expect(rateAfter({ kind: 'retry', afterMs: 2_000 }, 40, undefined, now)).toBe(28);
    expect(rateAfter({ kind: 'retry', answer: 'HTTP 429: slow' }, 40, 10, now)).toBe(7);
    expect(rateAfter({ kind: 'retry', answer: 'HTTP 500' }, 40, undefined, now)).toBeUndefined();
    expect(rateAfter({ kind: 'retry', afterMs: 1 }, 0, undefined, now)).toBe(0.7);
    expect(rateAfter({ kind: 'retry', scope: 'connection', afterMs: 2_000 }, 40, undefined, now)).toBe(28);
    const spent = { kind: 'retry', scope: 'connection', hints: { remaining: 0 } } as const;
    expect(rateAfter(spent, 40, undefined, now)).toBe(28);
  });

  it('stays where one object alone has to wait', () => {
    expect(rateAfter({ kind: 'retry', scope: 'object', afterMs: 2_000 }, 40, undefined, now)).toBeUndefined();
  });

  it('goes down before nothing is left, and up again when the target has given anew', () => {
    const hints = (remaining: number, seconds: number) => ({
      kind: 'ok' as const,
      hints: { limit: 100, remaining, resetAt: now + seconds * 1_000 },
    });
    expect(rateAfter(hints(90, 60), 50, undefined, now)).toBeUndefined();
    expect(rateAfter(hints(40, 20), 50, undefined, now)).toBeCloseTo(1.8);
    expect(rateAfter(hints(40, 20), 1, undefined, now)).toBeUndefined();
    expect(rateAfter(hints(100, 60), 1.8, 0.5, now)).toBeCloseTo(1.5);
    expect(rateAfter(hints(100, 60), 1.5, 1.45, now)).toBeUndefined();
  });

  it('never uses more than the target leaves over', () => {
    fc.assert(
      fc.property(
        fc.nat(1_000),
        fc.integer({ min: 1, max: 3_600 }),
        fc.nat(500),
        (remaining, seconds, going) => {
          const hints = { remaining, resetAt: now + seconds * 1_000 };
          const rate = rateAfter({ kind: 'ok', hints }, going, undefined, now);
          expect((rate ?? going) * seconds <= Math.max(remaining, seconds * 0.1) || going <= 0.1).toBe(true);
        },
      ),
    );
  });

  it('is shared among processes to the last call', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 20 }), (whole, count) => {
        const parts = Array.from({ length: count }, (_, rank) => shareOf(whole, { count, rank }));
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(Math.max(whole, count));
      }),
    );
  });
});
