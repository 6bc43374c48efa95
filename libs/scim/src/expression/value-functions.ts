import { type Arguments, asText, isEmpty, type MappingFunction } from './function-arguments.js';
import { distinct } from './distinct.js';

/** As Entra's booleans are: texts and numbers count, too. Undefined: neither. */
function truth(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  if (text === 'true') return true;
  if (text === 'false' || text === '') return false;
  const number = Number(text);
  return text === undefined || Number.isNaN(number) ? undefined : number !== 0;
}

function condition(given: Arguments, at: number): boolean {
  if (given.all[at] === undefined || given.all[at] === null) return false;
  const answer = truth(given.all[at]);
  if (answer !== undefined) return answer;
  throw given.wrong(at, 'is neither true nor false', 'Give a comparison such as userType = "Employee".');
}

function chosen(given: Arguments): unknown {
  const source = given.isEmpty(0) ? '' : given.text(0);
  for (let at = 2; at + 1 < given.all.length; at += 2) {
    if (source === (given.text(at) ?? '')) return given.all[at + 1];
  }
  return given.all[1];
}

function bits(given: Arguments, at: number): bigint {
  const text = given.text(at)?.trim();
  if (text === undefined || text === '') return 0n;
  const hexadecimal = /^(?:&H|0x)([0-9a-f]+)$/i.exec(text)?.[1];
  if (hexadecimal) return BigInt(`0x${hexadecimal}`);
  if (/^-?\d+$/.test(text)) return BigInt(text);
  throw given.wrong(at, 'is no whole number', 'Give a number such as 15, or "&HF".');
}

/** A filter looks at every value of a list. */
const filterUnits = 20;

/** Functions of Microsoft Entra's attribute mappings that choose, compare and convert. */
export const valueFunctions: Record<string, MappingFunction> = {
  Attribute: {
    parameters: ['path'],
    least: 1,
    call: (given, facts) => {
      const path = given.required(0);
      if (path.includes('[')) facts.work(filterUnits);
      return facts.read(path);
    },
  },
  BitAnd: {
    parameters: ['value1', 'value2'],
    least: 2,
    call: (given) => Number(bits(given, 0) & bits(given, 1)),
  },
  CBool: { parameters: ['expression'], least: 1, call: (given) => condition(given, 0) },
  CInt: {
    parameters: ['value'],
    least: 1,
    call: (given) => {
      const value = given.all[0];
      if (typeof value === 'boolean') return value ? 1 : 0;
      const number = given.number(0);
      return number === undefined ? undefined : Math.trunc(number);
    },
  },
  CStr: { parameters: ['value'], least: 1, call: (given) => given.text(0) },
  Coalesce: {
    parameters: ['source1', 'source2'],
    least: 1,
    repeats: true,
    call: ({ all }) => all.find((value) => !isEmpty(value)) ?? all.at(-1),
  },
  ConvertToBase64: {
    parameters: ['source'],
    least: 1,
    call: (given) => {
      const text = given.text(0);
      return text === undefined ? undefined : Buffer.from(text, 'utf16le').toString('base64');
    },
  },
  ConvertToUTF8Hex: {
    parameters: ['source'],
    least: 1,
    call: (given) => {
      const text = given.text(0);
      return text === undefined ? undefined : Buffer.from(text, 'utf8').toString('hex').toUpperCase();
    },
  },
  IIF: {
    parameters: ['condition', 'valueIfTrue', 'valueIfFalse'],
    least: 3,
    call: (given) => (condition(given, 0) ? given.all[1] : given.all[2]),
  },
  IsNull: {
    parameters: ['expression'],
    least: 1,
    call: ({ all }) => all[0] === undefined || all[0] === null,
  },
  IsNullOrEmpty: { parameters: ['expression'], least: 1, call: (given) => given.isEmpty(0) },
  IsPresent: { parameters: ['expression'], least: 1, call: (given) => !given.isEmpty(0) },
  IsString: { parameters: ['expression'], least: 1, call: ({ all }) => typeof all[0] === 'string' },
  Not: { parameters: ['source'], least: 1, call: ({ all }) => truth(all[0]) !== true },
  Switch: {
    parameters: ['source', 'defaultValue', 'key1', 'value1', 'further keys and values'],
    least: 4,
    repeats: true,
    call: chosen,
  },
};

/** Functions of Microsoft Entra's attribute mappings that work on lists of values. */
export const listFunctions: Record<string, MappingFunction> = {
  Count: { parameters: ['attribute'], least: 1, call: (given) => given.list(0).length },
  Item: {
    parameters: ['attribute', 'index'],
    least: 2,
    call: (given) => {
      const index = given.integer(1) ?? 0;
      if (index < 1) throw given.wrong(1, `is ${index}`, 'The first value is 1.');
      return given.list(0)[index - 1];
    },
  },
  Join: {
    parameters: ['separator', 'source1', 'source2'],
    least: 2,
    repeats: true,
    call: (given) => {
      const parts = given.all
        .slice(1)
        .flatMap((_, at) => given.list(at + 1).map((value) => [value, at + 1] as const));
      const texts = parts.flatMap(([value, at]) => {
        if (value === undefined || value === null) return [];
        const text = asText(value);
        if (text !== undefined) return [text];
        throw given.wrong(at, 'holds objects', 'Name the part that is meant, such as emails.value.');
      });
      return texts.length === 0 ? undefined : texts.join(given.text(0) ?? '');
    },
  },
  RemoveDuplicates: {
    parameters: ['attribute'],
    least: 1,
    call: (given) => distinct(given.list(0)),
  },
  Split: {
    parameters: ['source', 'delimiter'],
    least: 2,
    call: (given) => {
      const delimiter = given.required(1);
      if (delimiter === '')
        throw given.wrong(1, 'is empty', 'Give the character between the values, such as ",".');
      return (given.text(0) ?? '')
        .split(delimiter)
        .map((part) => part.trim())
        .filter((part) => part !== '');
    },
  },
};
