import { isObject } from '../json.js';
import { badRequest } from '../scim-error.js';
import type { Warning } from './warning.js';

/**
 * Keeps "primary is true at most once" (RFC 7643 section 2.4): an element that a request has just made primary
 * takes the mark from the others (RFC 7644 section 3.5.2); two at once are refused.
 */
export function settlePrimary(
  elements: unknown[],
  fresh: ReadonlySet<unknown>,
  path: string,
  warnings: Warning[],
): unknown[] {
  let marked = 0;
  let markedFresh = 0;
  for (const element of elements) {
    if (!isPrimary(element)) continue;
    marked++;
    if (fresh.has(element)) markedFresh++;
  }
  if (markedFresh > 1) {
    throw badRequest(
      'invalidValue',
      `${path}: primary is true for ${markedFresh} values; at most one can be primary.`,
    );
  }
  if (marked < 2 || markedFresh === 0) return elements;
  warnings.push({
    path: `${path}.primary`,
    detail: `The primary mark of ${path} moved to the value that was sent as primary.`,
  });
  return elements.map((element) =>
    isPrimary(element) && !fresh.has(element) ? { ...(element as object), primary: false } : element,
  );
}

const isPrimary = (element: unknown) => isObject(element) && element['primary'] === true;
