import { isObject, parsePatch, type PatchOperation } from '@rollcall/scim';
import { counted, labelOf, listed, quoted } from './names.js';
import type { TracedSubject } from './traced-subject.js';

/** What a change was meant to do, from what was sent: for those that were refused, and those that changed nothing. */
export function tellIntent(method: string, subject: TracedSubject, body: unknown): string {
  if (method === 'POST') return `create ${labelOf(subject)}`;
  if (method === 'PUT') return `replace ${labelOf(subject)}`;
  if (method === 'DELETE') return `delete ${labelOf(subject)}`;
  const phrases = tellPatch(subject, body);
  return phrases.length > 0 ? phrases.join(' and ') : `change ${labelOf(subject)}`;
}

interface Assignment {
  op: PatchOperation['op'];
  name: string;
  value: unknown;
}

function tellPatch(subject: TracedSubject, body: unknown): string[] {
  const label = labelOf(subject);
  const naming = subject.type === 'User' ? 'username' : 'displayname';
  const phrases: string[] = [];
  const others = new Set<string>();
  for (const { op, name, value } of assignments(body)) {
    const lower = name.toLowerCase();
    if (lower === 'active' && op !== 'remove') {
      const off = ['false', '0'].includes(String(value).toLowerCase());
      phrases.push(`${off ? 'deactivate' : 'reactivate'} ${label}`);
    } else if (lower === naming && typeof value === 'string') {
      phrases.push(`rename ${label} to ${quoted(value)}`);
    } else if (lower === 'members' && subject.type === 'Group') {
      phrases.push(tellMembers(op, value, label));
    } else {
      others.add(name);
    }
  }
  if (others.size > 0) phrases.push(`change ${listed([...others])} of ${label}`);
  return [...new Set(phrases)];
}

function tellMembers(op: PatchOperation['op'], value: unknown, group: string): string {
  const members = value === undefined || value === null ? 0 : Array.isArray(value) ? value.length : 1;
  if (op === 'add') return `add ${counted(members, 'member')} to ${group}`;
  if (op === 'replace') return `replace the members of ${group} by ${members}`;
  return members > 0
    ? `remove ${counted(members, 'member')} from ${group}`
    : `remove all members from ${group}`;
}

function assignments(body: unknown): Assignment[] {
  return operationsOf(body).flatMap(({ op, path, value }): Assignment[] => {
    if (!path) {
      return entriesOf(value).map(([key, content]) => ({ op, name: shortName(key), value: content }));
    }
    const name = path.sub === undefined ? shortName(path.name) : `${shortName(path.name)}.${path.sub}`;
    // members[value eq "id"]
    const selected = path.filter && value === undefined ? [path.filter] : value;
    return [{ op, name, value: selected }];
  });
}

/** Attributes of an extension as if they stood beside the others. */
function entriesOf(value: unknown): [string, unknown][] {
  return Object.entries(isObject(value) ? value : {}).flatMap(([key, content]): [string, unknown][] =>
    key.startsWith('urn:') && isObject(content) && !key.endsWith(':manager')
      ? Object.entries(content)
      : [[key, content]],
  );
}

function operationsOf(body: unknown): PatchOperation[] {
  try {
    return parsePatch(body);
  } catch {
    return [];
  }
}

/** Without the URN before it. */
function shortName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}
