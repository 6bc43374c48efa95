import { isActive, isFutureHire } from './employment.js';
import type { Profile } from './read-workers.js';
import type { WorkdaySettings } from './settings.js';

type Rules = Pick<WorkdaySettings, 'timeZone' | 'preHireDays' | 'accessEnds'>;
type Ranked = Pick<Profile, 'wid' | 'workerId' | 'employment'>;

/**
 * Which of two profiles with the same worker id stands for the person: after a change from employee to contingent
 * worker or back, and after a rehire, there are several. The one that is at work, else the one that counts as active,
 * else the one to come, else the one hired last.
 */
export function prefer<P extends Ranked>(one: P, other: P, rules: Rules, now: number): P {
  const [first, second] = [rankOf(one, rules, now), rankOf(other, rules, now)];
  for (const [at, mine] of first.entries()) {
    if (mine !== second[at]) return mine > second[at]! ? one : other;
  }
  return one.wid <= other.wid ? one : other;
}

function rankOf({ employment }: Ranked, rules: Rules, now: number): (number | string)[] {
  if (!employment) return [0, '', ''];
  const { active, hireDate = '', lastDay = '' } = employment;
  const counts = isActive(employment, rules, now);
  const standing = counts && active ? 3 : counts ? 2 : isFutureHire(employment, rules.timeZone, now) ? 1 : 0;
  return [standing, hireDate, lastDay];
}
