import { isObject } from '@rollcall/scim';

/** How far a list has been read. */
export interface Place {
  /** Pages read so far. */
  pages: number;
  /** Objects read so far. */
  seen: number;
  /** The cursor or link of the next page. */
  next?: string;
  /** What a page was known by that was remembered: seen again, the list goes round in circles. */
  mark?: string;
}

export const beginning: Place = { pages: 0, seen: 0 };

export const writeCursor = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** Undefined for what writeCursor has not made. */
export function readCursor(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return beginning;
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!isObject(place) || !isCount(place.pages) || !isCount(place.seen)) return undefined;
    const text = (value: unknown) => value === undefined || typeof value === 'string';
    return text(place.next) && text(place.mark) ? (place as unknown as Place) : undefined;
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/**
 * The place after a page. `sign` tells pages apart; undefined: the page has been there before. Circles of any length are
 * found with one sign remembered, which is renewed whenever the number of pages has doubled (Brent 1980).
 */
export function placeAfter(place: Place, sign: string, objects: number, next?: string): Place | undefined {
  if (place.mark === sign) return undefined;
  const pages = place.pages + 1;
  const doubled = (pages & (pages - 1)) === 0;
  const mark = doubled ? sign : place.mark;
  return {
    pages,
    seen: place.seen + objects,
    ...(next !== undefined && { next }),
    ...(mark !== undefined && { mark }),
  };
}
