import type { Arguments, MappingFunction } from './function-arguments.js';

/** Letters that Unicode does not take apart into a base and marks. */
const undivided: Record<string, string> = {
  æ: 'ae',
  Æ: 'AE',
  ð: 'd',
  Ð: 'D',
  đ: 'd',
  Đ: 'D',
  ħ: 'h',
  Ħ: 'H',
  ı: 'i',
  ł: 'l',
  Ł: 'L',
  ø: 'oe',
  Ø: 'OE',
  œ: 'oe',
  Œ: 'OE',
  ß: 'ss',
  ẞ: 'SS',
  þ: 'th',
  Þ: 'TH',
};

/** "Zoë" to "Zoe". `$NormalizeDiacritics` of Entra: marks go, and joined letters are taken apart. */
export function withoutDiacritics(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\0-\x7f]/g, (letter) => undivided[letter] ?? letter)
    .normalize('NFC');
}

/** Where words end when nothing else is said: blanks, controls, punctuation and symbols, but not the apostrophe. */
const wordBreak = /[\s\p{Cc}\p{Cf}\p{Pc}\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Po}\p{S}]/u;

function properCase(text: string, separators: string | undefined): string {
  let first = true;
  let proper = '';
  for (const letter of text) {
    const breaks =
      separators === undefined ? letter !== "'" && wordBreak.test(letter) : separators.includes(letter);
    proper += breaks ? letter : first ? letter.toUpperCase() : letter.toLowerCase();
    first = breaks;
  }
  return proper;
}

function inCulture(given: Arguments, convert: 'toLocaleLowerCase' | 'toLocaleUpperCase'): string | undefined {
  const source = given.text(0);
  const culture = given.text(1);
  if (source === undefined) return undefined;
  try {
    return source[convert](culture === undefined || culture === '' ? 'en-US' : culture);
  } catch {
    throw given.wrong(1, `"${culture}" is no culture`, 'Give one such as "tr-TR", or leave it out.');
  }
}

function position(given: Arguments): number {
  const text = given.text(0) ?? '';
  const part = given.text(1) ?? '';
  const start = Math.max(1, given.integer(2) ?? 1) - 1;
  const compare = given.text(3) ?? 'vbBinaryCompare';
  if (compare !== 'vbBinaryCompare' && compare !== 'vbTextCompare') {
    throw given.wrong(3, `is "${compare}"`, 'Give "vbBinaryCompare", "vbTextCompare" or leave it out.');
  }
  const same = (value: string) => (compare === 'vbTextCompare' ? value.toLowerCase() : value);
  return same(text).indexOf(same(part), start) + 1;
}

const trimmed = (parameters: string[], trim: (text: string) => string): MappingFunction => ({
  parameters,
  least: 1,
  call: (given) => {
    const text = given.text(0);
    return text === undefined ? undefined : trim(text);
  },
});

/** Functions of Microsoft Entra's attribute mappings that make texts of texts, with what is usual beside them. */
export const textFunctions: Record<string, MappingFunction> = {
  Append: {
    parameters: ['source', 'suffix'],
    least: 2,
    call: (given) => {
      const source = given.text(0);
      return source === undefined ? undefined : source + (given.text(1) ?? '');
    },
  },
  EndsWith: {
    parameters: ['source', 'suffix'],
    least: 2,
    call: (given) => (given.text(0) ?? '').endsWith(given.required(1)),
  },
  InStr: { parameters: ['value1', 'value2', 'start', 'compareType'], least: 2, call: position },
  Left: {
    parameters: ['source', 'numChars'],
    least: 2,
    call: (given) => {
      const text = given.text(0) ?? '';
      const count = given.integer(1) ?? 0;
      return count < 0 ? text : text.slice(0, count);
    },
  },
  Len: { parameters: ['source'], least: 1, call: (given) => (given.text(0) ?? '').length },
  Mid: {
    parameters: ['source', 'start', 'length'],
    least: 3,
    call: (given) => {
      const text = given.text(0);
      const start = given.integer(1) ?? 0;
      const length = given.integer(2) ?? 0;
      if (start < 1) throw given.wrong(1, `is ${start}`, 'The first character is 1.');
      if (length < 0) throw given.wrong(2, `is ${length}`, 'Give 0 or more.');
      return text?.slice(start - 1, start - 1 + length);
    },
  },
  NormalizeDiacritics: {
    parameters: ['source'],
    least: 1,
    call: (given) => {
      const text = given.text(0);
      return text === undefined ? undefined : withoutDiacritics(text);
    },
  },
  PCase: {
    parameters: ['source', 'wordSeparators'],
    least: 1,
    call: (given) => {
      const text = given.text(0);
      return text === undefined ? undefined : properCase(text, given.text(1));
    },
  },
  Right: {
    parameters: ['source', 'numChars'],
    least: 2,
    call: (given) => {
      const text = given.text(0) ?? '';
      const count = given.integer(1) ?? 0;
      return count < 0 ? text : text.slice(Math.max(0, text.length - count));
    },
  },
  StartsWith: {
    parameters: ['source', 'prefix'],
    least: 2,
    call: (given) => (given.text(0) ?? '').startsWith(given.required(1)),
  },
  StripSpaces: trimmed(['source'], (text) => text.replaceAll(' ', '')),
  ToLower: {
    parameters: ['source', 'culture'],
    least: 1,
    call: (given) => inCulture(given, 'toLocaleLowerCase'),
  },
  ToUpper: {
    parameters: ['source', 'culture'],
    least: 1,
    call: (given) => inCulture(given, 'toLocaleUpperCase'),
  },
  Trim: trimmed(['source'], (text) => text.trim()),
  TrimEnd: trimmed(['source'], (text) => text.trimEnd()),
  TrimStart: trimmed(['source'], (text) => text.trimStart()),
  Word: {
    parameters: ['source', 'wordNumber', 'delimiters'],
    least: 3,
    call: (given) => {
      const delimiters = given.text(2) ?? '';
      const number = given.integer(1) ?? 0;
      const words: string[] = [];
      let word = '';
      for (const letter of given.text(0) ?? '') {
        if (!delimiters.includes(letter)) word += letter;
        else if (word !== '') {
          words.push(word);
          word = '';
        }
      }
      if (word !== '') words.push(word);
      return number < 1 ? '' : (words[number - 1] ?? '');
    },
  },
};
