/** Days are texts, YYYY-MM-DD: they compare as they are. */
export type Day = string;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Which day it is there. @throws RangeError for a zone that is not known */
export function dayAt(instant: number, timeZone: string): Day {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return format.format(instant);
}

export const daysLater = (day: Day, days: number): Day =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** The day of a Workday date, which may have an offset: 2021-02-01-08:00. Undefined for anything else. */
export function dayOf(text: string | undefined): Day | undefined {
  const day = /^\d{4}-\d\d-\d\d(?=$|[-+TZ ])/.exec(text?.trim() ?? '')?.[0];
  return day !== undefined && !Number.isNaN(Date.parse(`${day}T00:00:00Z`)) ? day : undefined;
}

/** 1 and true, in the spellings of Workday's XML and reports. */
export const isYes = (text: string | undefined): boolean => /^(1|true|yes|y)$/i.test(text?.trim() ?? '');
