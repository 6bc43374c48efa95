import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy, type GuardLimit } from '../plan/policy.js';
import { type GuardCounts, guardDecision, limitOf } from './guard.decide.js';

const counts = fc.record({
  passed: fc.nat(2_000),
  planned: fc.integer({ min: 1, max: 2_000 }),
  live: fc.nat(5_000),
});
const limits = fc.record({
  enabled: fc.constant(true),
  above: fc.nat(500),
  abovePercent: fc.nat(100),
  withinMinutes: fc.constant(60),
});
const total = ({ passed, planned }: GuardCounts) => passed + planned;
const percent = (given: GuardCounts) => (total(given) * 100) / Math.max(given.live, 1);

describe('the guard', () => {
  it('holds exactly what is above the number and above the share', () => {
    fc.assert(
      fc.property(counts, limits, (given, limit) => {
        const above = total(given) > limit.above && total(given) * 100 > given.live * limit.abovePercent;
        expect(guardDecision(given, limit)).toBe(above ? 'hold' : 'pass');
      }),
    );
  });

  it('never lets more through because more is due, or because more has gone before', () => {
    fc.assert(
      fc.property(counts, limits, fc.nat(100), fc.nat(100), (given, limit, due, gone) => {
        if (guardDecision(given, limit) === 'pass') return;
        const worse = { ...given, planned: given.planned + due, passed: given.passed + gone };
        expect(guardDecision(worse, limit)).toBe('hold');
      }),
    );
  });

  it('lets no more than the limits through, in whatever portions they come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 60 }),
        limits,
        fc.nat(3_000),
        (waves, limit, live) => {
          let passed = 0;
          for (const planned of waves) {
            if (guardDecision({ passed, planned, live }, limit) === 'pass') passed += planned;
          }
          expect(
            passed === 0 ||
              passed <= limit.above ||
              percent({ passed, planned: 0, live }) <= limit.abovePercent,
          ).toBe(true);
        },
      ),
    );
  });

  it('is on for deactivations and deletes, above 20 and above 10 % within an hour', () => {
    const limit = { enabled: true, above: 20, abovePercent: 10, withinMinutes: 60 };
    expect(limitOf(defaultPolicy.guard, 'deactivate')).toEqual(limit);
    expect(limitOf(defaultPolicy.guard, 'delete')).toEqual(limit);
    for (const action of ['create', 'update', 'reactivate', 'adopt'] as const) {
      expect(limitOf(defaultPolicy.guard, action)).toBeUndefined();
    }
    const decide = (planned: number, live: number) =>
      guardDecision({ passed: 0, planned, live }, limit as GuardLimit);
    expect([decide(20, 20), decide(21, 209), decide(21, 210), decide(400, 500)]).toEqual([
      'pass',
      'hold',
      'pass',
      'hold',
    ]);
  });
});
