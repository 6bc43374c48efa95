import type { Entry } from 'ldapts';
import { valuesOf } from '../ldap/server-link.js';

/** Values of one attribute from one place to another, as they are asked for. */
export const rangeOf = (attribute: string, from: number, count: number): string =>
  `${attribute};range=${from}-${from + count - 1}`;

/**
 * Reads an answer to rangeOf (MS-ADTS section 3.1.1.3.1.3.3). The server gives as many values as it likes; the last of
 * them come under `…-*`, beside which ldapts shows the range that was asked for as empty.
 * @returns next: where to go on; undefined at the end
 */
export function readRange(entry: Entry, attribute: string): { values: string[]; next?: number } {
  const pattern = new RegExp(`^${attribute};range=(\\d+)-(\\d+|\\*)$`, 'i');
  const ranges = Object.keys(entry).flatMap((name) => {
    const [, from, to] = pattern.exec(name) ?? [];
    if (from === undefined || to === undefined) return [];
    return [{ to, values: valuesOf(entry, name).map(String) }];
  });
  const last = ranges.find(({ to }) => to === '*');
  if (last) return { values: last.values };
  const [range] = ranges;
  // Nothing of the range: the object has no values at all.
  if (!range || range.values.length === 0) return { values: [] };
  return { values: range.values, next: Number(range.to) + 1 };
}
