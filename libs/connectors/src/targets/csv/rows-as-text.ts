import iconv from 'iconv-lite';
import type { CsvSettings } from './settings.js';

export type Format = Pick<
  CsvSettings,
  'encoding' | 'bom' | 'delimiter' | 'quote' | 'quoteAll' | 'lineEnd' | 'header' | 'guardFormulas'
>;

/** What spreadsheets take for a formula (OWASP, CSV injection). */
const formula = /^'*[=+\-@\t\r\n]/;
const guarded = /^'+[=+\-@\t\r\n]/;

/** An apostrophe before what would be a formula, and before what looks as if it had been given one. */
export const guardFormula = (value: string): string => (formula.test(value) ? `'${value}` : value);

export const unguardFormula = (value: string): string => (guarded.test(value) ? value.slice(1) : value);

/** One row with its line end (RFC 4180). */
export function rowAsText(values: readonly string[], format: Format): string {
  const { delimiter, quote, quoteAll, lineEnd, guardFormulas } = format;
  const needsQuotes = (value: string) =>
    quoteAll ||
    value.includes(delimiter) ||
    value.includes(quote) ||
    /[\r\n]|^[\s\uFEFF]|\s$/.test(value) ||
    // A line of nothing would be taken for an empty line.
    (value === '' && values.length === 1);
  const fields = values.map((plain) => {
    const value = guardFormulas ? guardFormula(plain) : plain;
    return needsQuotes(value) ? quote + value.replaceAll(quote, quote + quote) + quote : value;
  });
  return fields.join(delimiter) + (lineEnd === 'crlf' ? '\r\n' : '\n');
}

/** Whether every character of a text exists in the encoding. */
export function fits(text: string, encoding: string): boolean {
  if (/\p{Surrogate}/u.test(text)) return false;
  return iconv.decode(iconv.encode(text, encoding), encoding, { stripBOM: false }) === text;
}

/** A whole file. */
export function encodeFile(rows: Iterable<string>, { encoding, bom }: Format): Buffer {
  const text = (bom ? '\uFEFF' : '') + [...rows].join('');
  return iconv.encode(text, encoding, { addBOM: false });
}
