import { isObject, type JsonObject } from '../json.js';
import { badRequest, describeValue } from '../scim-error.js';
import { noteCase, type Warning } from './warning.js';

export interface MemberReference {
  id: string;
  /** Known only where the client said so. */
  type?: 'User' | 'Group';
}

/**
 * The members that a value names: an array, a single one, objects with `value`, or bare ids. `$ref` and
 * `display` are not kept: they follow from the id. Each id comes once, in the order of first mention.
 * Throws ScimError 400 invalidValue.
 */
export function readMembers(value: unknown, warnings: Warning[] = []): MemberReference[] {
  if (value === null || value === undefined) return [];
  noteForm(value, warnings);
  const members = new Map<string, MemberReference>();
  for (const item of Array.isArray(value) ? value : [value]) {
    const member = readMember(item);
    if (!members.has(member.id) || member.type) members.set(member.id, member);
  }
  return [...members.values()];
}

/** Told once, however many members have it. */
function noteForm(value: unknown, warnings: Warning[]): void {
  if (!Array.isArray(value)) {
    warnings.push({
      path: 'members',
      detail: 'members is a list; a single value was taken as a list of one.',
    });
  }
  const items: unknown[] = Array.isArray(value) ? value : [value];
  if (items.some((item) => typeof item === 'string')) {
    warnings.push({
      path: 'members',
      detail: 'members were sent as plain ids and taken as objects with the id as "value".',
    });
  }
  const odd = items.find((item) => isObject(item) && !('value' in item));
  const key = isObject(odd) && Object.keys(odd).find((name) => name.toLowerCase() === 'value');
  if (key) noteCase(key, 'value', 'members.value', warnings);
}

function readMember(item: unknown): MemberReference {
  if (typeof item === 'string' && item !== '') return { id: item };
  const member = isObject(item) ? item : {};
  const id = field(member, 'value');
  if (typeof id !== 'string' || id === '') {
    throw badRequest(
      'invalidValue',
      `members: expected an id or an object with the id as "value", got ${describeValue(isObject(item) ? (id ?? item) : item)}.`,
    );
  }
  const type = memberType(field(member, 'type'), field(member, '$ref'));
  return type ? { id, type } : { id };
}

function field(member: JsonObject, name: string): unknown {
  return member[name] ?? member[Object.keys(member).find((key) => key.toLowerCase() === name) ?? name];
}

function memberType(type: unknown, ref: unknown): MemberReference['type'] {
  const said = typeof type === 'string' ? type.toLowerCase() : '';
  if (said === 'user' || said === 'group') return said === 'user' ? 'User' : 'Group';
  const collection =
    typeof ref === 'string' ? /\/(users|groups)\/[^/]+\/?$/i.exec(ref)?.[1]?.toLowerCase() : undefined;
  if (!collection) return undefined;
  return collection === 'users' ? 'User' : 'Group';
}
