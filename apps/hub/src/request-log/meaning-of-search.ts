import { type Filter, isObject, parseFilter } from '@rollcall/scim';
import { validate as isUuid } from 'uuid';
import type { Told } from './answered-request.js';
import { nouns, quoted } from './names.js';
import type { RequestTrace } from './request-trace.js';

const longestFilter = 300;

/** A list or look-up, by GET or by POST .search; `type` undefined: of users and groups together. */
export function tellSearch(
  type: 'User' | 'Group' | undefined,
  parameters: unknown,
  { found, subject }: Pick<RequestTrace, 'found' | 'subject'>,
): Told {
  const given = isObject(parameters) ? parameters : {};
  const text = typeof given['filter'] === 'string' ? given['filter'].trim() : '';
  const noun = type ? nouns[type] : 'user or group';
  if (text === '')
    return { meaning: tellList(type ? `${noun}s` : 'users and groups', given, found), others: [] };
  const filter = readable(text);
  const membership = type && filter && tellMembership(type, filter, found);
  if (membership) return { ...membership, subject: { ...membership.subject!, ...subject } };
  const named = type && filter && namedBy(type, filter);
  const said = text.length > longestFilter ? `${text.slice(0, longestFilter)}…` : text;
  const meaning =
    found === 0 && filter && isProbe(filter)
      ? `test the connection (a look-up that finds nobody): ${said}`
      : `look for ${filter && isEquality(filter) ? `a ${noun}` : type ? `${noun}s` : 'users and groups'} with ${said}${outcome(type, found)}`;
  const about = subject ?? (type && named !== undefined ? { type, display: named } : undefined);
  return { meaning, ...(about && { subject: about }), others: [] };
}

function tellList(nounPlural: string, given: Record<string, unknown>, found: number | undefined): string {
  const count = given['count'] === undefined ? undefined : Number(given['count']);
  const from = Number(given['startIndex'] ?? 1);
  const total = found === undefined ? '' : `: ${found} in all`;
  if (count !== undefined && count <= 2 && from <= 1 && given['cursor'] === undefined) {
    return `list ${nounPlural}, ${count} at most, as clients test a connection${total}`;
  }
  const page = given['cursor'] ? ', a further page' : from > 1 ? ` from number ${from} on` : '';
  return `list ${nounPlural}${page}${total}`;
}

function outcome(type: 'User' | 'Group' | undefined, found: number | undefined): string {
  if (found === undefined) return '';
  if (found === 0) return type === 'Group' ? ': none found' : ': nobody found';
  return `: ${found} found`;
}

function readable(text: string): Filter | undefined {
  try {
    return parseFilter(text);
  } catch {
    return undefined;
  }
}

function isEquality(filter: Filter): boolean {
  if (filter.kind === 'and') return filter.operands.some(isEquality);
  return filter.kind === 'element'
    ? isEquality(filter.filter)
    : filter.kind === 'compare' && filter.op === 'eq';
}

/** Entra looks for a random GUID in the matching attribute; a GUID as externalId or id may be meant. */
function isProbe(filter: Filter): boolean {
  if (filter.kind === 'element') return isProbe(filter.filter);
  if (filter.kind === 'and') return filter.operands.some(isProbe);
  if (filter.kind !== 'compare' || filter.op !== 'eq') return false;
  const anchor = ['id', 'externalid', 'members', 'manager'].includes(filter.name.toLowerCase());
  return !anchor && typeof filter.value === 'string' && isUuid(filter.value);
}

function namedBy(type: 'User' | 'Group', filter: Filter): string | undefined {
  const wanted = type === 'User' ? 'username' : 'displayname';
  if (filter.kind !== 'compare' || filter.op !== 'eq') return undefined;
  return filter.name.toLowerCase() === wanted ? String(filter.value) : undefined;
}

/** `id eq "x" and members eq "y"`, `id eq "x" and manager eq "y"`: Entra checks a reference before it writes it. */
function tellMembership(type: 'User' | 'Group', filter: Filter, found: number | undefined): Told | undefined {
  if (filter.kind !== 'and' || filter.operands.length !== 2) return undefined;
  const value = (name: RegExp) => {
    const part = filter.operands.find(
      (one) => one.kind === 'compare' && one.op === 'eq' && name.test(one.name),
    );
    return part?.kind === 'compare' ? String(part.value) : undefined;
  };
  const id = value(/^id$/i);
  const other = type === 'Group' ? value(/^members(\.value)?$/i) : value(/(^|:)manager(\.value)?$/i);
  if (id === undefined || other === undefined) return undefined;
  const verdict = found === undefined ? '' : found > 0 ? ': yes' : ': no';
  const meaning =
    type === 'Group'
      ? `ask whether ${quoted(other)} is a member of group ${id}${verdict}`
      : `ask whether user ${id} has the manager ${quoted(other)}${verdict}`;
  return {
    meaning,
    subject: { type, ...(isUuid(id) && { id }) },
    others: isUuid(other) ? [other] : [],
  };
}
