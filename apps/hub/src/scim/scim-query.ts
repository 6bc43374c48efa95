import { type ProjectionParameters, ScimError, type SearchParameters } from '@rollcall/scim';

/** Query parameters of a read. Unknown ones (Entra's feature flags) are ignored. */
export type ScimQuery = SearchParameters;

export interface IndexPage {
  /** From 1. */
  startIndex: number;
  count: number;
}

export interface CursorPage {
  /** "" for the first page. */
  cursor: string;
  count: number;
}

export const defaultCount = 100;
export const mostAtOnce = 1000;

/**
 * A cursor asks for pages by cursor (RFC 9865). By index (RFC 7644 section 3.4.2.4) a start below 1 means 1 and
 * a negative count 0. A count too large is cut.
 */
export function pageRequest(query: ScimQuery): IndexPage | CursorPage {
  if (query.cursor === undefined) {
    return {
      startIndex: Math.max(1, wholeNumber(query, 'startIndex') ?? 1),
      count: Math.min(mostAtOnce, Math.max(0, wholeNumber(query, 'count') ?? defaultCount)),
    };
  }
  if (query.startIndex) {
    throw new ScimError(
      400,
      'Give either cursor or startIndex: a page is asked for in one way.',
      'invalidValue',
    );
  }
  const count = wholeNumber(query, 'count', 'invalidCount') ?? defaultCount;
  if (count < 1) {
    throw new ScimError(400, `count must be between 1 and ${mostAtOnce} with a cursor.`, 'invalidCount');
  }
  return { cursor: query.cursor, count: Math.min(mostAtOnce, count) };
}

function wholeNumber(
  query: ScimQuery,
  name: 'startIndex' | 'count',
  scimType: 'invalidValue' | 'invalidCount' = 'invalidValue',
): number | undefined {
  const text = query[name];
  if (text === undefined || text === '') return undefined;
  if (!/^-?\d{1,9}$/.test(text)) {
    throw new ScimError(400, `${name} must be a whole number, not "${text.slice(0, 40)}".`, scimType);
  }
  return Number(text);
}

const single = ['filter', 'sortBy', 'sortOrder', 'startIndex', 'count', 'cursor'] as const;

/** Refuses what may be said only once and is said twice. */
export function readQuery(query: Record<string, string | string[] | undefined>): ScimQuery {
  const twice = single.find((name) => Array.isArray(query[name]));
  if (twice) {
    const scimType = twice === 'filter' ? 'invalidFilter' : 'invalidValue';
    throw new ScimError(400, `${twice} is given more than once. Give it once.`, scimType);
  }
  return query as ScimQuery;
}

/** attributes and excludedAttributes as lists of names; a client may repeat the parameter. */
export function attributeSelection(query: ScimQuery): ProjectionParameters {
  return { attributes: names(query.attributes), excludedAttributes: names(query.excludedAttributes) };
}

function names(parameter: string | string[] | undefined): string[] | undefined {
  if (!parameter) return undefined;
  const list = [parameter].flat().flatMap((text) => text.split(','));
  return list.map((name) => name.trim()).filter((name) => name !== '');
}
