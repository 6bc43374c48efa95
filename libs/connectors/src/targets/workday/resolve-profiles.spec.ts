import { expect, it } from 'vitest';
import type { Employment } from './employment.js';
import { prefer } from './resolve-profiles.js';

const rules = { timeZone: 'UTC', preHireDays: 14, accessEnds: 'after-last-day' } as const;
const now = Date.parse('2026-03-01T12:00:00Z');
const profile = (wid: string, employment: Partial<Employment>) => ({
  wid,
  workerId: '1',
  employment: { active: false, terminated: false, hireRescinded: false, ...employment },
});

it('of several profiles of a person prefers the one at work, then the one to come, then the latest', () => {
  const working = profile('working', { active: true, hireDate: '2020-01-01' });
  const coming = profile('coming', { hireDate: '2026-03-10' });
  const farAway = profile('far', { hireDate: '2026-09-01' });
  const ended = profile('ended', { terminated: true, hireDate: '2021-01-01', lastDay: '2022-01-01' });
  const older = profile('older', { terminated: true, hireDate: '2010-01-01', lastDay: '2012-01-01' });
  const rescinded = profile('rescinded', { hireDate: '2026-03-05', hireRescinded: true });
  const inOrder = [working, coming, farAway, rescinded, ended, older];
  for (const [at, better] of inOrder.entries()) {
    for (const worse of inOrder.slice(at + 1)) {
      expect(prefer(better, worse, rules, now).wid).toBe(better.wid);
      expect(prefer(worse, better, rules, now).wid).toBe(better.wid);
    }
  }
});

it('is the same whichever comes first, also where nothing tells two apart', () => {
  const [one, other] = [profile('a', {}), profile('b', {})];
  expect(prefer(one, other, rules, now)).toBe(prefer(other, one, rules, now));
});
