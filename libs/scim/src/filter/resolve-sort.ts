import type { ResourceType } from '../schema/resource-type.js';
import { badRequest, ScimError } from '../scim-error.js';
import { unstorable } from '../unstorable-text.js';
import { isAttributeName } from './parse-filter.js';
import { type FilterPath, type Found, itsValue, lookUpAmong } from './resolve-filter.js';

/** What resources are ordered by: a value of the search document, of a multi-valued attribute the primary or first. */
export interface Sort {
  path: FilterPath;
  /** Numbers are ordered as numbers; everything else as text, by code point. */
  numeric: boolean;
  descending: boolean;
}

/** Not in the search document: derived, or too many. */
const unsortable = new Set(['members', 'groups']);

/**
 * RFC 7644 section 3.4.2.3. Resources without a value come last ascending and first descending. As in filters,
 * an attribute that only one of the `others` has is without a value here.
 * Throws ScimError 400 invalidValue, naming the parameter.
 */
export function resolveSort(
  { sortBy, sortOrder }: { sortBy?: string; sortOrder?: string },
  type: ResourceType,
  others: readonly ResourceType[] = [],
): Sort | undefined {
  const order = (sortOrder ?? '').toLowerCase();
  if (!['', 'ascending', 'descending'].includes(order)) {
    throw badRequest(
      'invalidValue',
      `sortOrder must be ascending or descending, not "${sortOrder!.slice(0, 40)}".`,
    );
  }
  if (!sortBy) return undefined;
  if (!isAttributeName(sortBy) || unstorable.test(sortBy)) {
    throw badRequest('invalidValue', `sortBy: "${sortBy.slice(0, 60)}" is no attribute name.`);
  }
  const { path, attribute } = lookUpValue(sortBy, type, others);
  if (unsortable.has(path.keys[0]!)) {
    throw badRequest('invalidValue', `sortBy: ${path.name} cannot be sorted by.`);
  }
  const numeric = attribute.type === 'integer' || attribute.type === 'decimal';
  return { path, numeric, descending: order === 'descending' };
}

function lookUpValue(sortBy: string, type: ResourceType, others: readonly ResourceType[]): Found {
  try {
    const found = lookUpAmong(sortBy, type, others);
    return found.attribute.type === 'complex' ? itsValue(found) : found;
  } catch (error) {
    if (error instanceof ScimError) throw badRequest('invalidValue', `sortBy: ${error.detail}`);
    throw error;
  }
}
