import type { AttributeValue } from '../../contract.js';
import type { Column } from './table.js';
import type { Parameter } from './sql-fragment.js';

/** Why a value does not go into a column, in words. */
export class UnfitValue extends Error {
  constructor(
    readonly code: 'too-long' | 'out-of-range' | 'invalid-value',
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

/**
 * A value as the driver is to bind it.
 * @throws UnfitValue
 */
export function parameterOf(column: Column, value: AttributeValue): Parameter {
  if (value === null) return null;
  const { name, kind, type } = column;
  const unfit = (what: string, remedy: string) =>
    new UnfitValue('invalid-value', `${name} takes ${what} (${type}).`, remedy);
  if (kind === 'other')
    throw unfit('nothing this connector can write', 'Take the column out of the mapping.');
  if (kind === 'json') return JSON.stringify(value);
  if (kind === 'texts') {
    const list = Array.isArray(value) ? value : [value];
    return list.map((each) => fittingText(column, scalar(column, each)));
  }
  const text = scalar(column, value);
  switch (kind) {
    case 'boolean': {
      const truth = truthOf(text);
      if (truth === undefined) throw unfit('true or false', 'Convert it with the expression $CBool(…).');
      return truth ? '1' : '0';
    }
    case 'integer':
      if (!/^-?\d{1,20}$/.test(text))
        throw unfit('a whole number', 'Convert it with the expression $CInt(…).');
      return inRange(column, text);
    case 'decimal':
      if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text))
        throw unfit('a number', 'Convert it with the expression $number(…).');
      return text;
    case 'dateTime':
      return momentOf(text, unfit);
    case 'date':
      if (!/^\d{4}-\d\d-\d\d(T|$)/.test(text))
        throw unfit('a date, 2026-01-31', 'Convert it with the expression $FormatDateTime(…).');
      return text.slice(0, 10);
    case 'uuid':
      if (!uuidPattern.test(text)) throw unfit('a UUID', 'Map another attribute.');
      return text.toLowerCase();
    case 'binary':
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw unfit('bytes as base64', 'Map another attribute.');
      return Buffer.from(text, 'base64');
    default:
      return fittingText(column, text);
  }
}

/** A value of the driver as an attribute. Undefined where there is none. */
export function attributeOf(
  { kind, padded }: Pick<Column, 'kind' | 'padded'>,
  raw: unknown,
): AttributeValue | undefined {
  if (raw === null || raw === undefined) return undefined;
  if (Buffer.isBuffer(raw))
    return kind === 'binary' || kind === 'other' ? raw.toString('base64') : raw.toString();
  const text = typeof raw === 'object' ? JSON.stringify(raw) : String(raw as string | number);
  switch (kind) {
    case 'boolean':
      return truthOf(text) ?? text;
    case 'integer':
    case 'decimal':
      return exactNumber(text);
    case 'dateTime':
      return isoOf(text);
    case 'json':
      return parsed(text);
    case 'texts':
      return arrayOf(text);
    case 'binary':
      return text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex').toString('base64') : text;
    default:
      return padded ? text.replace(/ +$/, '') : text;
  }
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text can be a value of a key column; a server would bend others until they fit. */
export function canBeKey({ kind, range }: Column, text: string): boolean {
  if (kind === 'uuid') return uuidPattern.test(text);
  if (kind !== 'integer') return isSound(text) && text !== '';
  if (!/^(0|-?[1-9]\d{0,19})$/.test(text)) return false;
  const number = BigInt(text);
  return !range || (number >= range[0] && number <= range[1]);
}

/** What no database keeps as it is: NUL, and halves of characters. */
export const isSound = (text: string): boolean => !/\0|\p{Surrogate}/u.test(text);

function scalar(column: Column, value: AttributeValue): string {
  if (value === null || typeof value === 'object')
    throw new UnfitValue(
      'invalid-value',
      `${column.name} takes one value, not ${Array.isArray(value) ? 'a list' : 'an object'} (${column.type}).`,
      'Pick one value by an expression, or join them to one text.',
    );
  return String(value);
}

function fittingText({ name, type, maxLength, allowed }: Column, text: string): string {
  if (!isSound(text))
    throw new UnfitValue(
      'invalid-value',
      `The value for ${name} has characters that no text has (NUL, or half of a pair).`,
      'Take them out by an expression.',
    );
  if (maxLength !== undefined && text.length > maxLength && Array.from(text).length > maxLength)
    throw new UnfitValue(
      'too-long',
      `${name} takes ${maxLength} characters at most (${type}), and the value has ${Array.from(text).length}.`,
      'Shorten the value by an expression such as $substring(…), or widen the column.',
    );
  if (allowed && !allowed.includes(text))
    throw new UnfitValue(
      'invalid-value',
      `${name} takes one of ${allowed.join(', ')}.`,
      'Map one of these values, by an expression such as $Switch(…).',
    );
  return text;
}

function inRange({ name, type, range }: Column, text: string): string {
  const number = BigInt(text);
  if (range && (number < range[0] || number > range[1]))
    throw new UnfitValue(
      'out-of-range',
      `${name} takes numbers from ${range[0]} to ${range[1]} (${type}).`,
      'Map a value within the range of the column, or widen the column.',
    );
  return number.toString();
}

function truthOf(text: string): boolean | undefined {
  if (/^(t|true|1|y|yes|on)$/i.test(text)) return true;
  return /^(f|false|0|n|no|off)$/i.test(text) ? false : undefined;
}

/** Sessions are in UTC, and MySQL takes no offset: so is the text. */
function momentOf(text: string, unfit: (what: string, remedy: string) => UnfitValue): string {
  const [, moment, fraction = '', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const at = moment === undefined ? NaN : Date.parse(`${moment.replace(' ', 'T')}${zone}`);
  if (Number.isNaN(at))
    throw unfit(
      'a date with time',
      'Convert it with $FormatDateTime(…, null, null, "yyyy-MM-ddTHH:mm:ssZ").',
    );
  const micro = fraction.slice(0, 6);
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}${micro && `.${micro}`}`;
}

/** "2026-01-31 10:00:00.5+00" and "2026-01-31 10:00:00.500000" are the same moment. */
function isoOf(text: string): string {
  const [, day, time, fraction = ''] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?(?:\+00)?$/.exec(text) ?? [];
  if (day === undefined) return text;
  const trimmed = fraction.replace(/0+$/, '');
  return `${day}T${time}${trimmed && `.${trimmed}`}Z`;
}

/** A number too long for JSON stays a text. */
function exactNumber(text: string): number | string {
  const number = Number(text);
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(number) ? number : text;
  return text.replace(/[^\d]/g, '').length <= 15 && Number.isFinite(number) ? number : text;
}

function parsed(text: string): AttributeValue {
  try {
    return JSON.parse(text) as AttributeValue;
  } catch {
    return text;
  }
}

/** A one-dimensional array as PostgreSQL writes it: {a,"b c",NULL}. */
function arrayOf(text: string): AttributeValue {
  const items: AttributeValue[] = [];
  const item = /(?:"((?:[^"\\]|\\.)*)"|([^{},"]+))(?=[,}])/gs;
  for (const [, quoted, plain] of text.matchAll(item)) {
    if (quoted !== undefined) items.push(quoted.replace(/\\(.)/gs, '$1'));
    else if (plain !== 'NULL') items.push(plain!);
  }
  return items;
}
