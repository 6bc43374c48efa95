/** Places in lists, as opaque text. They hold all that is needed, so a list goes on after a restart. */
export const writeCursor = (place: object): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/** Undefined: it is none. What is in it is for the caller to check. */
export function readCursor<T extends object>(cursor: string): Partial<T> | undefined {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return typeof place === 'object' && place !== null ? (place as Partial<T>) : undefined;
  } catch {
    return undefined;
  }
}
