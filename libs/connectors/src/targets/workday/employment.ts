import type { WorkdaySettings } from './settings.js';
import { dayAt, daysLater, type Day } from './tenant-time.js';

/** What Workday says of one profile's employment, as of the moment it was asked about. */
export interface Employment {
  /** Active of Worker_Status_Data: not yet set for a future hire. */
  active: boolean;
  hireDate?: Day;
  terminated: boolean;
  /** The last day of employment. */
  lastDay?: Day;
  hireRescinded: boolean;
}

type Rules = Pick<WorkdaySettings, 'timeZone' | 'preHireDays' | 'accessEnds'>;

/** Whether accounts of this profile should be usable now. */
export function isActive(employment: Employment, rules: Rules, now: number): boolean {
  const { hireDate, lastDay, terminated, hireRescinded, active } = employment;
  const today = dayAt(now, rules.timeZone);
  if (hireRescinded) return false;
  if (hireDate !== undefined && today < daysLater(hireDate, -rules.preHireDays)) return false;
  // A rehire keeps the last day of the time before.
  const ended = lastDay !== undefined && (hireDate === undefined || lastDay >= hireDate);
  if (ended) return rules.accessEnds === 'after-last-day' ? today <= lastDay : today < lastDay;
  if (terminated && lastDay === undefined) return false;
  return active || isFutureHire(employment, rules.timeZone, now);
}

/** Hired, and day one is still to come: Workday has Active = 0 and no position until then. */
export function isFutureHire(
  { hireDate, hireRescinded }: Employment,
  timeZone: string,
  now: number,
): boolean {
  return !hireRescinded && hireDate !== undefined && hireDate > dayAt(now, timeZone);
}
