import { describe, expect, it } from 'vitest';
import { type Employment, isActive, isFutureHire } from './employment.js';

const rules = { timeZone: 'America/Los_Angeles', preHireDays: 0, accessEnds: 'after-last-day' } as const;
const employed: Employment = {
  active: true,
  hireDate: '2020-01-01',
  terminated: false,
  hireRescinded: false,
};
const at = (text: string) => Date.parse(text);

describe('who counts as active', () => {
  it('an employee, and nobody whose hire was rescinded', () => {
    expect(isActive(employed, rules, at('2026-03-01T12:00:00Z'))).toBe(true);
    expect(isActive({ ...employed, hireRescinded: true }, rules, at('2026-03-01T12:00:00Z'))).toBe(false);
    expect(isActive({ ...employed, active: false }, rules, at('2026-03-01T12:00:00Z'))).toBe(false);
  });

  it('a leaver until midnight at the end of the last day, where the tenant is', () => {
    const leaver = { ...employed, active: false, terminated: true, lastDay: '2026-03-31' };
    expect(isActive(leaver, rules, at('2026-04-01T06:59:59Z'))).toBe(true);
    expect(isActive(leaver, rules, at('2026-04-01T07:00:00Z'))).toBe(false);
    const early = { ...rules, accessEnds: 'before-last-day' } as const;
    expect(isActive(leaver, early, at('2026-03-31T06:59:59Z'))).toBe(true);
    expect(isActive(leaver, early, at('2026-03-31T07:00:00Z'))).toBe(false);
  });

  it('a leaver without a last day is not active', () => {
    expect(isActive({ ...employed, terminated: true }, rules, at('2026-03-01T12:00:00Z'))).toBe(false);
  });

  it('a future hire from so many days before day one', () => {
    const hire = { ...employed, active: false, hireDate: '2026-05-11' };
    const early = { ...rules, preHireDays: 10 };
    expect(isActive(hire, early, at('2026-05-01T06:59:59Z'))).toBe(false);
    expect(isActive(hire, early, at('2026-05-01T07:00:00Z'))).toBe(true);
    expect(isActive(hire, rules, at('2026-05-10T12:00:00Z'))).toBe(false);
    expect(isFutureHire(hire, rules.timeZone, at('2026-05-11T06:59:59Z'))).toBe(true);
    expect(isFutureHire(hire, rules.timeZone, at('2026-05-11T07:00:00Z'))).toBe(false);
  });

  it('somebody who was hired again keeps no last day of before', () => {
    const again = { ...employed, hireDate: '2026-02-01', lastDay: '2025-06-30' };
    expect(isActive(again, rules, at('2026-03-01T12:00:00Z'))).toBe(true);
  });
});
