import type { AttributeDelta, Attributes, GroupEvent, Member } from '@rollcall/directory';
import { isObject } from '@rollcall/scim';
import { tellIntent } from './meaning-of-intent.js';
import type { AnsweredRequest, Told } from './answered-request.js';
import { counted, displayOf, labelOf, listed } from './names.js';
import type { TracedChange } from './request-trace.js';
import type { TracedSubject } from './traced-subject.js';

const mostOthers = 1_000;

/** POST to a collection, or PUT, PATCH or DELETE of a resource. */
export function tellChange(type: 'User' | 'Group', id: string | undefined, request: AnsweredRequest): Told {
  const { method, body, trace } = request;
  const [change] = trace.changes;
  if (!change) {
    const display = id === undefined || method === 'PUT' ? displayOf(type, body) : undefined;
    const subject = { type, ...(id !== undefined && { id }), ...(display !== undefined && { display }) };
    return { meaning: tellIntent(method, subject, body), subject, others: [] };
  }
  const subject = subjectOf(change);
  const phrases = change.events.length > 0 ? tellEvents(change, subject) : [];
  const meaning =
    phrases.length > 0 ? phrases.join(' and ') : `${tellIntent(method, subject, body)} (nothing to change)`;
  return { meaning, subject, others: membersOf(change).slice(0, mostOthers) };
}

/** Many changes, each with its own outcome. */
export function tellBulk({ body, trace }: AnsweredRequest): Told {
  const sent = isObject(body) && Array.isArray(body['Operations']) ? body['Operations'].length : undefined;
  if (!trace.bulk) {
    return { meaning: sent === undefined ? 'bulk' : `bulk of ${counted(sent, 'operation')}`, others: [] };
  }
  const { operations, failures } = trace.bulk;
  const outcome = failures.length > 0 ? `: ${failures.length} failed` : ', all done';
  return {
    meaning: `bulk of ${counted(operations, 'operation')}${outcome}`,
    others: [...new Set(trace.changes.map((change) => subjectOf(change).id))].slice(0, mostOthers),
  };
}

function subjectOf(change: TracedChange): TracedSubject & { id: string } {
  const state = change.type === 'User' ? change.user : change.group;
  return { type: change.type, id: state.id, display: displayOf(change.type, state.attributes) };
}

function tellEvents(change: TracedChange, subject: TracedSubject): string[] {
  const phrases: string[] = [];
  for (const event of change.events) {
    switch (event.type) {
      case 'user.created':
      case 'group.created':
        phrases.push(
          `create ${labelOf(subject)}${event.payload.attributes['active'] === false ? ' as inactive' : ''}`,
        );
        break;
      case 'user.deactivated':
        phrases.push(`deactivate ${labelOf(subject)}`);
        break;
      case 'user.reactivated':
        phrases.push(`reactivate ${labelOf(subject)}`);
        break;
      case 'user.deleted':
      case 'group.deleted':
        phrases.push(`delete ${labelOf(subject)}`);
        break;
      case 'user.updated':
      case 'group.updated':
        phrases.push(...tellDelta(change, event.payload, subject));
        break;
      case 'group.members-added':
      case 'group.members-removed':
      // Counted together below.
    }
  }
  const added = memberCount(change, 'group.members-added');
  const removed = memberCount(change, 'group.members-removed');
  if (added > 0) phrases.push(`add ${counted(added, 'member')} to ${labelOf(subject)}`);
  if (removed > 0) phrases.push(`remove ${counted(removed, 'member')} from ${labelOf(subject)}`);
  return phrases;
}

function tellDelta(change: TracedChange, delta: AttributeDelta, subject: TracedSubject): string[] {
  const before = change.before?.attributes ?? {};
  const names = changedNames(before, delta);
  const naming = change.type === 'User' ? 'userName' : 'displayName';
  const phrases: string[] = [];
  if (names.delete(naming)) {
    const old: TracedSubject = { type: change.type, display: displayOf(change.type, before) };
    phrases.push(`rename ${labelOf(old)} to "${subject.display}"`);
  }
  if (names.size === 1 && names.has('manager')) {
    const gone = !Object.values(delta.set).some((value) => isObject(value) && value['manager'] !== undefined);
    phrases.push(`${gone ? 'remove' : 'set'} the manager of ${labelOf(subject)}`);
  } else if (names.size > 0) {
    phrases.push(`change ${listed([...names])} of ${labelOf(subject)}`);
  }
  return phrases;
}

/** Attributes of extensions without their URN. */
function changedNames(before: Attributes, { set, removed }: AttributeDelta): Set<string> {
  const names = new Set<string>();
  for (const key of [...Object.keys(set), ...removed]) {
    const [old, now] = [before[key], set[key]];
    if (!key.startsWith('urn:')) names.add(key);
    else {
      const [was, is] = [isObject(old) ? old : {}, isObject(now) ? now : {}];
      for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
        if (JSON.stringify(was[name]) !== JSON.stringify(is[name])) names.add(name);
      }
    }
  }
  return names;
}

function memberCount(change: TracedChange, type: GroupEvent['type']): number {
  return membersIn(change, type).length;
}

function membersOf(change: TracedChange): string[] {
  return [...membersIn(change, 'group.members-added'), ...membersIn(change, 'group.members-removed')];
}

function membersIn({ events }: TracedChange, type: GroupEvent['type']): string[] {
  return events.flatMap((event) =>
    event.type === type ? (event.payload as { members: Member[] }).members.map(({ id }) => id) : [],
  );
}
