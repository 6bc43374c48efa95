import { isObject } from '@rollcall/scim';
import type {
  AttributeChange,
  AttributeValue,
  OperationContext,
  Outcome,
  Refusal,
  SubjectType,
  WireCall,
} from '../../contract.js';
import { needsReading, userPatch, type Resource } from './change-user.js';
import { checkChanges } from './check-values.js';
import { explainAddress, explainObject } from './explain-forbidden.js';
import { getCall, sendNoting } from './read-call.js';
import { readObject } from './read-object.js';
import { addressesOf, isReference } from './resolve-references.js';
import { pathOf, type Call, type Refused, type Session } from './session.js';
import { removeAlias, setAliases } from './set-aliases.js';

type Updated = Outcome<{ id: string; etag?: string }>;

/** users.patch or groups.patch with what differs, and the aliases after it. A user is read first where a list is changed in part. */
export async function updateObject(
  session: Session,
  type: SubjectType,
  id: string,
  changes: AttributeChange[],
  context: OperationContext,
): Promise<Updated> {
  const refused = checkChanges(type, changes);
  if (refused) return refused;
  const aliases = changes.findLast(({ attribute }) => attribute === 'aliases');
  const own = changes.filter(({ attribute }) => attribute !== 'aliases');
  if (context.mode === 'plan')
    return { kind: 'planned', calls: plannedCalls(session, type, id, own, aliases) };
  const calls: WireCall[] = [];
  const { signal } = context;
  let etag: string | undefined;
  let changed = false;
  if (own.length > 0) {
    const patched = await patch(session, type, id, own, calls, signal);
    if ('refused' in patched) return { ...patched.refused, calls };
    ({ etag, changed } = patched);
  }
  if (aliases) {
    const wanted = aliases.op === 'set' ? aliases.value : undefined;
    const set = await setAliases(session, type, id, wanted, calls, signal);
    if ('refused' in set) return { ...partly(set.refused, changed), calls };
    changed ||= set.changed;
  }
  if (!changed) return { kind: 'no-op', why: 'unchanged', calls };
  return { kind: 'ok', value: { id, ...(etag !== undefined && { etag }) }, calls };
}

type Patched = { changed: boolean; etag?: string } | { refused: Refusal };

async function patch(
  session: Session,
  type: SubjectType,
  id: string,
  changes: AttributeChange[],
  calls: WireCall[],
  signal?: AbortSignal,
): Promise<Patched> {
  const references = changes.flatMap((change) =>
    change.op === 'set' && isReference(change.attribute, change.value) ? [change.value] : [],
  );
  const addresses = await addressesOf(session, references, calls, signal);
  if (!(addresses instanceof Map)) return { refused: addresses };
  const resolved = changes.map((change): AttributeChange => {
    if (change.op !== 'set' || !isReference(change.attribute, change.value)) return change;
    return { ...change, value: addresses.get(change.value) ?? null };
  });
  let there: Resource | undefined;
  if (type === 'user' && readsFirst(session, resolved)) {
    const read = await sendNoting(session, getCall('user', id, signal), calls);
    if (read.refused) return { refused: await explainObject(session, 'user', id, read, calls) };
    there = read.reply.body as Resource;
  }
  const body = bodyOf(session, type, there, resolved);
  if (Object.keys(body).length === 0) return { changed: false };
  const sent = await sendNoting(
    session,
    { method: 'PATCH', path: pathOf(type, id), body, wantsBody: true, signal },
    calls,
  );
  const address = newAddress(type, resolved);
  if (sent.refused) return refusedPatch(session, type, id, address, sent, calls, signal);
  const old = there?.primaryEmail;
  const renamed = address !== undefined && typeof old === 'string' && old !== address.toLowerCase();
  if (renamed && session.settings.oldAddress === 'remove') {
    const refused = await removeAlias(session, 'user', id, old, calls, signal);
    if (refused) return { refused: partly(refused, true) };
  }
  const etag = readObject(type, sent.reply.body)?.etag;
  return { changed: true, ...(etag !== undefined && { etag }) };
}

async function refusedPatch(
  session: Session,
  type: SubjectType,
  id: string,
  address: string | undefined,
  sent: Refused,
  calls: WireCall[],
  signal?: AbortSignal,
): Promise<Patched> {
  if (address !== undefined && sent.refused.kind === 'conflict') {
    // Google is known to rename and to answer 409 all the same.
    const there = await sendNoting(session, getCall(type, address, signal), calls);
    const object = there.refused ? undefined : readObject(type, there.reply.body);
    const main = object?.attributes[type === 'user' ? 'primaryEmail' : 'email'];
    if (object?.id === id && String(main).toLowerCase() === address.toLowerCase())
      return { changed: true, etag: object.etag };
  }
  const refused = address === undefined ? sent.refused : await explainAddress(session, address, sent, calls);
  if (refused.kind !== 'denied' && refused.kind !== 'not-found') return { refused };
  return { refused: await explainObject(session, type, id, { ...sent, refused }, calls) };
}

const partly = (refused: Refusal, changed: boolean): Refusal =>
  refused.kind === 'retry' && changed ? { ...refused, maybeDone: true } : refused;

const newAddress = (type: SubjectType, changes: AttributeChange[]): string | undefined => {
  const key = type === 'user' ? 'primaryEmail' : 'email';
  const change = changes.findLast(({ attribute }) => attribute === key);
  return change?.op === 'set' ? String(change.value) : undefined;
};

const readsFirst = ({ settings }: Session, changes: AttributeChange[]): boolean =>
  needsReading(changes) || (settings.oldAddress === 'remove' && newAddress('user', changes) !== undefined);

function bodyOf(
  { settings }: Session,
  type: SubjectType,
  there: Resource | undefined,
  changes: AttributeChange[],
): Resource {
  if (type === 'user') return userPatch(there, changes, settings.disableBy);
  return Object.fromEntries(
    changes.map((change): [string, AttributeValue] => [
      change.attribute,
      change.op === 'set' ? (change.value ?? '') : '',
    ]),
  );
}

function plannedCalls(
  session: Session,
  type: SubjectType,
  id: string,
  changes: AttributeChange[],
  aliases: AttributeChange | undefined,
): WireCall[] {
  const calls: Call[] = [];
  if (type === 'user' && readsFirst(session, changes)) calls.push(getCall('user', id));
  if (changes.length > 0)
    calls.push({ method: 'PATCH', path: pathOf(type, id), body: bodyOf(session, type, undefined, changes) });
  if (aliases) {
    const path = `${pathOf(type, id)}/aliases`;
    calls.push({ method: 'GET', path });
    for (const alias of aliases.op === 'set' ? [aliases.value].flat() : [])
      if (!isObject(alias)) calls.push({ method: 'POST', path, body: { alias } });
  }
  return calls.map((call) => session.wire(call));
}
