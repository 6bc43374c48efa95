import { isObject } from '@rollcall/scim';
import type { TracedSubject } from './traced-subject.js';

/** "user" and "group", as sentences need them. */
export const nouns = { User: 'user', Group: 'group' } as const;

const longestName = 200;

export function quoted(text: string): string {
  return `"${text.length > longestName ? `${text.slice(0, longestName)}…` : text}"`;
}

/** `user "b.simon@contoso.com"`, `user 0190…`, `a user`: as much as is known. */
export function labelOf({ type, id, display }: TracedSubject): string {
  if (display !== undefined) return `${nouns[type]} ${quoted(display)}`;
  return id === undefined ? `a ${nouns[type]}` : `${nouns[type]} ${id}`;
}

/** userName of a user, displayName of a group, as attributes or a body give it. */
export function displayOf(type: 'User' | 'Group', attributes: unknown): string | undefined {
  const wanted = type === 'User' ? 'username' : 'displayname';
  if (!isObject(attributes)) return undefined;
  const key = Object.keys(attributes).find((name) => name.toLowerCase() === wanted);
  const display = key === undefined ? undefined : attributes[key];
  return typeof display === 'string' && display !== '' ? display : undefined;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const mostNamed = 5;

/** "title, department and 3 more". */
export function listed(names: string[]): string {
  if (names.length > mostNamed) {
    return `${names.slice(0, mostNamed - 1).join(', ')} and ${names.length - mostNamed + 1} more`;
  }
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? 'nothing');
}
