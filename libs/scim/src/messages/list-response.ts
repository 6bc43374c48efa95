import { listResponseUrn } from './urns.js';

export interface ListResponse<T> {
  schemas: string[];
  totalResults: number;
  /** In pages by index. */
  startIndex?: number;
  /** In pages by cursor, but for the last: RFC 9865 section 2. */
  nextCursor?: string;
  itemsPerPage: number;
  Resources: T[];
}

/** RFC 7644 section 3.4.2. Defaults: one page that holds everything. */
export function listResponse<T>(
  resources: T[],
  {
    totalResults = resources.length,
    ...place
  }: { totalResults?: number } & ({ startIndex?: number } | { nextCursor: string | undefined }) = {},
): ListResponse<T> {
  const byCursor = 'nextCursor' in place;
  return {
    schemas: [listResponseUrn],
    totalResults,
    ...(byCursor
      ? place.nextCursor !== undefined && { nextCursor: place.nextCursor }
      : { startIndex: place.startIndex ?? 1 }),
    itemsPerPage: resources.length,
    Resources: resources,
  };
}
