/**
 * Dates as .NET writes and reads them with custom and standard format strings, invariant culture, UTC
 * (learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings).
 */

const months = 'January February March April May June July August September October November December'.split(
  ' ',
);
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

const standard: Record<string, string> = {
  d: 'MM/dd/yyyy',
  D: 'dddd, dd MMMM yyyy',
  f: 'dddd, dd MMMM yyyy HH:mm',
  F: 'dddd, dd MMMM yyyy HH:mm:ss',
  g: 'MM/dd/yyyy HH:mm',
  G: 'MM/dd/yyyy HH:mm:ss',
  m: 'MMMM dd',
  M: 'MMMM dd',
  o: "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
  O: "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
  r: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  R: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  s: "yyyy-MM-dd'T'HH:mm:ss",
  t: 'HH:mm',
  T: 'HH:mm:ss',
  u: "yyyy-MM-dd HH:mm:ss'Z'",
  y: 'yyyy MMMM',
  Y: 'yyyy MMMM',
};

type Token = { specifier: string } | { literal: string };

function tokens(format: string): Token[] {
  const text = format.length === 1 ? (standard[format] ?? format) : format;
  const found: Token[] = [];
  const pattern = /(d+|M+|y+|H+|h+|m+|s+|f+|F+|t+|z+|K)|'([^']*)'|"([^"]*)"|\\(.)|%|([^%])/gsu;
  for (const [, specifier, single, double, escaped, other] of text.matchAll(pattern)) {
    const literal = single ?? double ?? escaped ?? other;
    if (specifier !== undefined) found.push({ specifier });
    else if (literal !== undefined) found.push({ literal });
  }
  return found;
}

const digits = (value: number, count: number) => String(value).padStart(count, '0');

/** @param date printed in UTC */
export function printDate(date: Date, format: string): string {
  return tokens(format)
    .map((token) => ('literal' in token ? token.literal : printed(date, token.specifier)))
    .join('');
}

function printed(date: Date, specifier: string): string {
  const count = specifier.length;
  const hour = date.getUTCHours();
  const month = months[date.getUTCMonth()]!;
  const day = days[date.getUTCDay()]!;
  switch (specifier[0]) {
    case 'd':
      return count <= 2 ? digits(date.getUTCDate(), count) : count === 3 ? day.slice(0, 3) : day;
    case 'M':
      return count <= 2 ? digits(date.getUTCMonth() + 1, count) : count === 3 ? month.slice(0, 3) : month;
    case 'y':
      return count <= 2 ? digits(date.getUTCFullYear() % 100, count) : digits(date.getUTCFullYear(), count);
    case 'H':
      return digits(hour, Math.min(count, 2));
    case 'h':
      return digits(hour % 12 || 12, Math.min(count, 2));
    case 'm':
      return digits(date.getUTCMinutes(), Math.min(count, 2));
    case 's':
      return digits(date.getUTCSeconds(), Math.min(count, 2));
    case 'f':
      return digits(date.getUTCMilliseconds(), 3).padEnd(count, '0').slice(0, count);
    case 'F':
      return digits(date.getUTCMilliseconds(), 3).slice(0, count).replace(/0+$/, '');
    case 't':
      return (hour < 12 ? 'AM' : 'PM').slice(0, count);
    case 'z':
      return ['+0', '+00'][count - 1] ?? '+00:00';
    default:
      return 'Z';
  }
}

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  milliseconds: number;
  afternoon?: boolean;
  /** Of the written time, ahead of UTC. */
  offsetMinutes: number;
}

/** A time without an offset is UTC. Undefined: the text does not have the format. */
export function parseDate(text: string, format: string): Date | undefined {
  const parts: Parts = {
    year: 1,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    milliseconds: 0,
    offsetMinutes: 0,
  };
  let rest = text.trim();
  for (const token of tokens(format)) {
    const taken = 'literal' in token ? startOf(rest, token.literal) : take(rest, token.specifier, parts);
    if (taken === undefined) return undefined;
    rest = rest.slice(taken);
  }
  return rest === '' ? dateOf(parts) : undefined;
}

const startOf = (text: string, start: string) => (text.startsWith(start) ? start.length : undefined);

/** How much of the text the specifier takes. */
function take(text: string, specifier: string, parts: Parts): number | undefined {
  const count = specifier.length;
  const number = (pattern: RegExp, put: (value: number, digits: string) => void): number | undefined => {
    const found = pattern.exec(text)?.[0];
    if (found === undefined) return undefined;
    put(Number(found), found);
    return found.length;
  };
  const name = (names: string[], put: (at: number) => void): number | undefined => {
    const at = names.findIndex((each) => text.toLowerCase().startsWith(each.toLowerCase()));
    if (at < 0) return undefined;
    put(at);
    return names[at]!.length;
  };
  const oneOrTwo = count === 1 ? /^\d{1,2}/ : /^\d{2}/;
  switch (specifier[0]) {
    case 'd':
      if (count <= 2) return number(oneOrTwo, (value) => (parts.day = value));
      return name(count === 3 ? days.map((day) => day.slice(0, 3)) : days, () => undefined);
    case 'M':
      if (count <= 2) return number(oneOrTwo, (value) => (parts.month = value));
      return name(
        count === 3 ? months.map((month) => month.slice(0, 3)) : months,
        (at) => (parts.month = at + 1),
      );
    case 'y':
      if (count > 2) return number(new RegExp(`^\\d{${count}}`), (value) => (parts.year = value));
      return number(oneOrTwo, (value) => (parts.year = value + (value < 50 ? 2000 : 1900)));
    case 'H':
    case 'h':
      return number(oneOrTwo, (value) => (parts.hour = value));
    case 'm':
      return number(oneOrTwo, (value) => (parts.minute = value));
    case 's':
      return number(oneOrTwo, (value) => (parts.second = value));
    case 'f':
    case 'F': {
      const fraction = new RegExp(specifier[0] === 'f' ? `^\\d{${count}}` : `^\\d{0,${count}}`);
      return number(fraction, (_, found) => (parts.milliseconds = Number(found.slice(0, 3).padEnd(3, '0'))));
    }
    case 't':
      return name(count === 1 ? ['A', 'P'] : ['AM', 'PM'], (at) => (parts.afternoon = at === 1));
    default:
      return takeOffset(text, specifier, parts);
  }
}

function takeOffset(text: string, specifier: string, parts: Parts): number | undefined {
  if (specifier === 'K' && !/^[Z+-]/i.test(text)) return 0;
  if (/^Z/i.test(text)) return 1;
  const found = /^([+-])(\d{1,2})(?::?(\d{2}))?/.exec(text);
  if (!found) return undefined;
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
  parts.offsetMinutes = found[1] === '-' ? -minutes : minutes;
  return found[0].length;
}

function dateOf({ year, month, day, afternoon, offsetMinutes, ...time }: Parts): Date | undefined {
  const { minute, second, milliseconds } = time;
  const hour = afternoon === undefined ? time.hour : (time.hour % 12) + (afternoon ? 12 : 0);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute - offsetMinutes, second, milliseconds);
  return date;
}

/** How sources write dates, tried in order: ISO 8601 with or without time and offset, and Entra's own form. */
const usual = [
  'yyyy-MM-ddK',
  "yyyy-MM-dd'T'HH:mm:ssK",
  "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFFFK",
  "yyyy-MM-dd'T'HH:mmK",
  'yyyy-MM-dd HH:mm:ssK',
  'yyyy-MM-dd HH:mm:ss.FFFFFFFFFK',
  'M/d/yyyy h:mm:ss tt',
  'M/d/yyyy H:mm:ss',
  'M/d/yyyy h:mm tt',
  'M/d/yyyy H:mm',
  'M/d/yyyy',
  'yyyyMMddHHmmss.FFFFFFFK',
  'yyyyMMddHHmmssK',
  'yyyyMMdd',
];

export function readDate(text: string): Date | undefined {
  for (const format of usual) {
    const date = parseDate(text, format);
    if (date) return date;
  }
  return undefined;
}

/** As Entra's date functions answer: "3/16/2020 7:00:00 AM", UTC. */
export const entraDate = (date: Date): string => printDate(date, 'M/d/yyyy h:mm:ss tt');
