import { callingCodes } from './calling-codes.js';

interface PhoneNumber {
  /** ISO 3166-1 alpha-3. */
  country: string;
  callingCode: string;
  /** Digits without the calling code. */
  number: string;
  extension?: string;
}

const longest = 60;
const shape = /^(?:tel:)?(\+|00)?([\d\s().\-/]{3,40}?)(?:\s*(?:x|ext\.?|;ext=|#)\s*(\d{1,10}))?$/i;

/**
 * A number as people and directories write it: +44 20 7946 0958, (517) 123-4567 x4321, tel:+1-517-123-4567;ext=4321.
 * @param homeCountry of numbers without a calling code, and which of several countries with the same (+1)
 * @returns undefined where it is no phone number
 */
export function parsePhone(text: string, homeCountry: string): PhoneNumber | undefined {
  const trimmed = text.trim();
  if (trimmed.length > longest) return undefined;
  const match = shape.exec(trimmed);
  if (!match) return undefined;
  const digits = match[2]!.replace(/\((0)\)|\D/g, '');
  const extension = match[3];
  const of = (country: string, callingCode: string, number: string): PhoneNumber | undefined =>
    number.length < 3 || number.length + callingCode.length > 15
      ? undefined
      : { country, callingCode, number, ...(extension !== undefined && { extension }) };
  const home = codeOf(homeCountry);
  if (match[1] === undefined)
    return home === undefined ? undefined : of(homeCountry, home, withoutTrunk(digits, homeCountry));
  for (let length = 3; length >= 1; length -= 1) {
    const code = digits.slice(0, length);
    const countries = callingCodes[code];
    if (!countries) continue;
    return of(countries.includes(homeCountry) ? homeCountry : countries[0]!, code, digits.slice(length));
  }
  return undefined;
}

/** Italian numbers keep the 0 that others leave out after the calling code. */
const withoutTrunk = (digits: string, country: string): string =>
  country === 'ITA' || country === 'VAT' ? digits : digits.replace(/^0/, '');

/** The same line, however it is written. */
export function samePhone(one: string, other: string, homeCountry: string): boolean {
  const [first, second] = [parsePhone(one, homeCountry), parsePhone(other, homeCountry)];
  if (!first || !second) return one === other;
  return (
    first.callingCode === second.callingCode &&
    first.number === second.number &&
    first.extension === second.extension
  );
}

export const isKnownCountry = (country: string): boolean => codeOf(country) !== undefined;

function codeOf(country: string): string | undefined {
  return Object.keys(callingCodes).find((code) => callingCodes[code]!.includes(country));
}
