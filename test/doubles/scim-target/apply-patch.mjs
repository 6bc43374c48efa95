// @ts-check
import { Refused } from './resources.mjs';

/** @typedef {Record<string, any>} Json */

const pathShape =
  /^(?:(urn:[^[\]]+):)?([\w$-]+)(?:\[([\w$-]+) eq ("(?:[^"\\]|\\.)*"|true|false)\])?(?:\.([\w$-]+))?$/i;

/**
 * RFC 7644 section 3.5.2 to the letter: a filter that matches nothing is refused with noTarget. Nothing is
 * changed when one operation is refused.
 * @param {Json} resource
 * @param {Json} body
 * @returns {Json}
 */
export function applyPatch(resource, body) {
  if (!Array.isArray(body.Operations)) throw new Refused(400, 'Operations is missing', 'invalidSyntax');
  const next = structuredClone(resource);
  for (const operation of body.Operations) apply(next, operation);
  return next;
}

/**
 * @param {Json} resource
 * @param {Json} operation
 */
function apply(resource, { op, path, value }) {
  const kind = String(op).toLowerCase();
  if (!['add', 'replace', 'remove'].includes(kind))
    throw new Refused(400, `op ${op} is unknown`, 'invalidSyntax');
  if (path === undefined) {
    if (kind === 'remove') throw new Refused(400, 'remove without path', 'noTarget');
    for (const [name, each] of Object.entries(value)) apply(resource, { op, path: name, value: each });
    return;
  }
  const match = pathShape.exec(path);
  if (!match) throw new Refused(400, `Path ${path} is not understood`, 'invalidPath');
  const [, urn, attribute = '', key, wanted, sub] = match;
  const holder = urn === undefined ? resource : (resource[urn] ??= {});
  if (key !== undefined)
    return applyToElement(holder, attribute, key, JSON.parse(wanted ?? 'null'), sub, kind, value);
  if (sub !== undefined) {
    if (kind === 'remove') delete holder[attribute]?.[sub];
    else (holder[attribute] ??= {})[sub] = value;
  } else if (kind === 'remove') {
    delete holder[attribute];
  } else if (kind === 'add' && (Array.isArray(holder[attribute]) || Array.isArray(value))) {
    holder[attribute] = [...(holder[attribute] ?? []), ...[value].flat()];
  } else {
    holder[attribute] = value;
  }
}

/**
 * @param {Json} holder
 * @param {string} attribute
 * @param {string} key
 * @param {unknown} wanted
 * @param {string | undefined} sub
 * @param {string} kind
 * @param {any} value
 */
function applyToElement(holder, attribute, key, wanted, sub, kind, value) {
  const list = /** @type {Json[]} */ (holder[attribute] ?? []);
  const found = list.filter((each) => each[key] === wanted);
  if (found.length === 0)
    throw new Refused(400, `No ${attribute} has ${key} ${JSON.stringify(wanted)}`, 'noTarget');
  if (kind === 'remove' && sub === undefined) {
    holder[attribute] = list.filter((each) => !found.includes(each));
    if (holder[attribute].length === 0) delete holder[attribute];
    return;
  }
  for (const element of found) {
    if (kind === 'remove') delete element[sub ?? ''];
    else if (sub === undefined) Object.assign(element, value);
    else element[sub] = value;
  }
}
