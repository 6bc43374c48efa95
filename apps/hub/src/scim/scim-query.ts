import { ScimError } from '@rollcall/scim';

/** Query parameters of a read. Unknown ones (Entra's feature flags) are ignored. */
export interface ScimQuery {
  filter?: string;
  startIndex?: string;
  count?: string;
  attributes?: string;
  excludedAttributes?: string;
}

export interface PageRequest {
  /** From 1. */
  startIndex: number;
  count: number;
}

const defaultCount = 100;
export const mostAtOnce = 1000;

/** RFC 7644 section 3.4.2.4: a start below 1 means 1, a negative count means 0, a large one is cut. */
export function pageRequest(query: ScimQuery): PageRequest {
  return {
    startIndex: Math.max(1, wholeNumber(query, 'startIndex') ?? 1),
    count: Math.min(mostAtOnce, Math.max(0, wholeNumber(query, 'count') ?? defaultCount)),
  };
}

function wholeNumber(query: ScimQuery, name: 'startIndex' | 'count'): number | undefined {
  const text = query[name];
  if (text === undefined || text === '') return undefined;
  if (!/^-?\d{1,9}$/.test(text)) {
    throw new ScimError(400, `${name} must be a whole number, not "${text.slice(0, 40)}".`, 'invalidValue');
  }
  return Number(text);
}

/** attributes and excludedAttributes as lists of names; a client may repeat the parameter. */
export function attributeSelection(query: ScimQuery): {
  attributes?: string[];
  excludedAttributes?: string[];
} {
  return { attributes: names(query.attributes), excludedAttributes: names(query.excludedAttributes) };
}

function names(parameter: string | string[] | undefined): string[] | undefined {
  if (!parameter) return undefined;
  const list = [parameter].flat().flatMap((text) => text.split(','));
  return list.map((name) => name.trim()).filter((name) => name !== '');
}

export function excludesMembers(query: ScimQuery): boolean {
  const { attributes, excludedAttributes } = attributeSelection(query);
  const isMembers = (name: string) => /(^|:)members(\.|$)/i.test(name);
  if (attributes) return !attributes.some(isMembers);
  return excludedAttributes?.some(isMembers) ?? false;
}
