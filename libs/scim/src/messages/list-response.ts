import { listResponseUrn } from './urns.js';

export interface ListResponse<T> {
  schemas: string[];
  totalResults: number;
  startIndex: number;
  itemsPerPage: number;
  Resources: T[];
}

/** RFC 7644 section 3.4.2. Defaults: one page that holds everything. */
export function listResponse<T>(
  resources: T[],
  { totalResults = resources.length, startIndex = 1 }: { totalResults?: number; startIndex?: number } = {},
): ListResponse<T> {
  return {
    schemas: [listResponseUrn],
    totalResults,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}
