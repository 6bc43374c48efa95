type Shape = Record<string, 'string' | 'number'>;

/** Where a run has come to. Opaque outside. */
export const encodeCursor = (place: object): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/** @returns undefined for text that is not from here */
export function decodeCursor<T extends object>(
  text: string,
  shape: { [K in keyof T]-?: Shape[string] },
): T | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const fits = Object.entries(shape).every(
      ([name, type]) => typeof (value as Record<string, unknown>)[name] === type,
    );
    return fits ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
