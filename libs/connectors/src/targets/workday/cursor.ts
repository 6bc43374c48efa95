/** moment: a date-time as text. */
type Kind = 'string' | 'number' | 'moment';

/** Where a run has come to. Opaque outside. */
export const encodeCursor = (place: object): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/** @returns undefined for text that is not from here */
export function decodeCursor<T extends object>(
  text: string,
  shape: { [K in keyof T]-?: Kind },
): T | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const fits = Object.entries<Kind>(shape).every(([name, kind]) => {
      const part = (value as Record<string, unknown>)[name];
      return kind === 'moment' ? !Number.isNaN(Date.parse(String(part))) : typeof part === kind;
    });
    return fits ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
