import { entraDate, parseDate, printDate, readDate } from './date-format.js';
import { type Arguments, type MappingFunction, shown } from './function-arguments.js';

const msOf = { ww: 604_800_000, d: 86_400_000, h: 3_600_000, n: 60_000, s: 1_000 } as const;
type Interval = keyof typeof msOf | 'm' | 'yyyy';
const intervals = new Set<string>([...Object.keys(msOf), 'm', 'yyyy']);

/** DateTimeStyles of .NET. Texts are trimmed and taken for UTC in any case, which is what each of these asks for here. */
const styles = new Set(
  'None AllowLeadingWhite AllowTrailingWhite AllowInnerWhite AllowWhiteSpaces NoCurrentDateDefault AdjustToUniversal AssumeLocal AssumeUniversal RoundtripKind'
    .toLowerCase()
    .split(' '),
);

function dateAt(given: Arguments, at: number): Date | undefined {
  const text = given.text(at)?.trim();
  if (text === undefined || text === '') return undefined;
  const date = readDate(text);
  if (date) return date;
  throw given.wrong(
    at,
    `is no date: "${shown(text)}"`,
    'Give one such as 2026-03-16 or 2026-03-16T07:00:00Z, or convert it with $FormatDateTime.',
  );
}

function interval(given: Arguments): Interval {
  const text = given.required(0);
  if (intervals.has(text)) return text as Interval;
  throw given.wrong(0, `is "${shown(text)}"`, 'Give one of yyyy, m, ww, d, h, n (minutes), s.');
}

function inRange(given: Arguments, at: number, date: Date): Date {
  const year = date.getUTCFullYear();
  if (year >= 1 && year <= 9999) return date;
  throw given.wrong(at, 'leads out of the years 1 to 9999', 'Give a smaller value.');
}

function add(given: Arguments): string | undefined {
  const unit = interval(given);
  const count = given.integer(1) ?? 0;
  const date = dateAt(given, 2);
  if (!date) return undefined;
  if (unit !== 'm' && unit !== 'yyyy') {
    return entraDate(inRange(given, 1, new Date(date.getTime() + count * msOf[unit])));
  }
  const moved = new Date(date);
  moved.setUTCDate(1);
  moved.setUTCMonth(date.getUTCMonth() + (unit === 'm' ? count : 12 * count));
  inRange(given, 1, moved);
  const last = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(date.getUTCDate(), last));
  return entraDate(moved);
}

/** From the first to the second, as DateDiff of VB.NET counts: months and years by the calendar, weeks from Sunday. */
function difference(given: Arguments): number | undefined {
  const unit = interval(given);
  const from = dateAt(given, 1);
  const to = dateAt(given, 2);
  if (!from || !to) return undefined;
  const years = to.getUTCFullYear() - from.getUTCFullYear();
  if (unit === 'yyyy') return years;
  if (unit === 'm') return 12 * years + to.getUTCMonth() - from.getUTCMonth();
  const ms = to.getTime() - from.getTime();
  if (unit !== 'ww') return Math.trunc(ms / msOf[unit]) + 0;
  const betweenSundays = ms / msOf.d - (to.getUTCDay() - from.getUTCDay());
  return Math.trunc(Math.trunc(betweenSundays) / 7) + 0;
}

function reformat(given: Arguments): string | undefined {
  const text = given.text(0);
  const style = given.text(1) ?? '';
  const unknown = style.split(',').find((each) => each.trim() !== '' && !styles.has(lastPart(each)));
  if (unknown !== undefined) {
    throw given.wrong(
      1,
      `has the unknown style "${shown(unknown)}"`,
      'Give a name such as AssumeUniversal, or null.',
    );
  }
  if (text === undefined || text === '') return undefined;
  const input = given.text(2) ?? '';
  const date = input === '' ? dateAt(given, 0) : parseDate(text, input);
  if (date) return printDate(date, given.required(3));
  throw given.wrong(
    0,
    `"${shown(text)}" does not have the format ${input}`,
    'Correct inputFormat (argument 3).',
  );
}

const lastPart = (style: string) =>
  style
    .trim()
    .toLowerCase()
    .replace(/^datetimestyles\./, '');

/** 100 ns since 1601, as Active Directory counts. */
const adEpochMs = Date.UTC(1601, 0, 1);

/** Functions of Microsoft Entra's attribute mappings about dates. A date is a text; all answers are in UTC. */
export const dateFunctions: Record<string, MappingFunction> = {
  CDate: {
    parameters: ['expression'],
    least: 1,
    call: (given) => {
      const date = dateAt(given, 0);
      return date && entraDate(date);
    },
  },
  DateAdd: { parameters: ['interval', 'value', 'dateTime'], least: 3, call: add },
  DateDiff: { parameters: ['interval', 'date1', 'date2'], least: 3, call: difference },
  DateFromNum: {
    parameters: ['value'],
    least: 1,
    call: (given) => {
      const text = given.text(0)?.trim();
      if (text === undefined || text === '') return undefined;
      if (!/^\d{1,19}$/.test(text)) {
        throw given.wrong(
          0,
          `is "${shown(text)}"`,
          'Give a date of Active Directory such as "129699324000000000".',
        );
      }
      return entraDate(inRange(given, 0, new Date(adEpochMs + Number(BigInt(text) / 10_000n))));
    },
  },
  FormatDateTime: {
    parameters: ['source', 'dateTimeStyles', 'inputFormat', 'outputFormat'],
    least: 4,
    call: reformat,
  },
  Now: { parameters: [], least: 0, call: (_, { now }) => entraDate(now) },
  NumFromDate: {
    parameters: ['value'],
    least: 1,
    call: (given) => {
      const date = dateAt(given, 0);
      // A text: the number is beyond what a JSON number holds exactly.
      return date && String(BigInt(date.getTime() - adEpochMs) * 10_000n);
    },
  },
};
