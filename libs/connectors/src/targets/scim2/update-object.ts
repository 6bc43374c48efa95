import { isObject } from '@rollcall/scim';
import type { AttributeChange, OperationContext, Outcome, SubjectType, WireCall } from '../../contract.js';
import { told } from '../../http/told.js';
import { isEmpty, type Resource } from './assemble-resource.js';
import { attributeOf, parseAttributePath, resourceTypes } from './attribute-path.js';
import { buildPatch, buildPatchFor, patchBody, wireOperations, type PatchOperation } from './build-patch.js';
import { changeResource, touchedAttributes, valueAt, withUnreturned } from './change-resource.js';
import { toWire, wirePath } from './dialect.js';
import { readResource } from './read-resource.js';
import { collectionOf, type Call, type Session, type Sent } from './session.js';

type Updated = Outcome<{ id: string; etag?: string }>;

interface Update {
  session: Session;
  type: SubjectType;
  id: string;
  changes: AttributeChange[];
  context: OperationContext;
  calls: WireCall[];
}

/** Makes the changes in the way the app takes them; an app that turns PATCH down is written with PUT. */
export async function updateObject(
  session: Session,
  type: SubjectType,
  id: string,
  changes: AttributeChange[],
  context: OperationContext,
): Promise<Updated> {
  const update: Update = { session, type, id, changes, context, calls: [] };
  const { settings } = session;
  if (context.mode === 'plan') return { kind: 'planned', calls: planned(update) };
  if (settings.updateWith === 'put' || session.patchRefused) return put(update);
  const outcome =
    settings.protocol === '1.1' || !settings.patchPaths ? await merge(update) : await patch(update);
  if (outcome.kind !== 'rejected' || !/^http-(405|501)$/.test(outcome.code)) return outcome;
  session.patchRefused = true;
  return put(update);
}

async function patch(update: Update): Promise<Updated> {
  const { session, type, changes, calls } = update;
  let sent = await sendPatches(update, buildPatch(type, changes, session.settings.clearWith));
  if (sent.refused?.kind === 'rejected' && sent.refused.code === 'noTarget') {
    const found = await read(update);
    if (found.refused) return { ...found.refused, calls };
    if (!isObject(found.reply.body)) return { ...sent.refused, calls };
    const operations = buildPatchFor(type, found.reply.body, changes);
    if (operations.length === 0) return { kind: 'no-op', why: 'unchanged', calls };
    sent = await sendPatches(update, operations);
  }
  return ended(update, sent);
}

/** As many calls as the app's limit of operations asks for; each operation is safe to repeat. */
async function sendPatches(update: Update, operations: PatchOperation[]): Promise<Sent> {
  const { session, calls } = update;
  let last: Sent | undefined;
  for (const body of patchBodies(session, operations)) {
    last = await session.send(call(update, 'PATCH', body));
    calls.push(last.call);
    if (last.refused) return last;
  }
  return last!;
}

function patchBodies(session: Session, operations: PatchOperation[]): object[] {
  const most = session.settings.operationsPerPatch;
  const bodies: object[] = [];
  for (let from = 0; from < operations.length; from += most)
    bodies.push(patchBody(wireOperations(operations.slice(from, from + most), session.settings)));
  return bodies;
}

/**
 * Whole attributes instead of paths: one path-less operation (RFC 7644 section 3.5.2.3), or the partial
 * resource of SCIM 1.1 with what is to be cleared in `meta.attributes`.
 */
async function merge(update: Update): Promise<Updated> {
  const { session, type, calls, context } = update;
  let resource: Resource = { schemas: [resourceTypes[type].schema.id] };
  if (needsReading(update)) {
    const found = await read(update);
    if (found.refused) return { ...found.refused, calls };
    if (isObject(found.reply.body))
      resource = withUnreturned(type, found.reply.body, context.lastWritten ?? {});
  }
  const body = mergeBody(update, resource);
  if (body === undefined) return { kind: 'no-op', why: 'unchanged', calls };
  const sent = await session.send(call(update, 'PATCH', body));
  calls.push(sent.call);
  return ended(update, sent);
}

/** A value within a list or an object is only known as part of the whole. */
const needsReading = ({ type, changes }: Update): boolean =>
  changes.some(({ attribute }) => {
    const path = parseAttributePath(type, attribute);
    return path.where !== undefined || path.sub !== undefined;
  });

/** Undefined: all that is to be cleared is not there. */
function mergeBody(update: Update, resource: Resource): object | undefined {
  const { session } = update;
  const { values, lists } = touchedValues(update, resource);
  const cleared = clearedPaths(update, resource);
  if (session.settings.protocol === '1.1') {
    // SCIM 1.1 section 3.3.2: what meta.attributes names is taken away before the rest is merged in.
    const attributes = [...cleared.map((path) => wirePath(path, session.settings)), ...lists];
    return {
      ...(toWire({ schemas: schemasOf(resource, update), ...values }, session.settings) as object),
      ...(attributes.length > 0 && { meta: { attributes } }),
    };
  }
  const replace: PatchOperation[] = Object.keys(values).length > 0 ? [{ op: 'replace', value: values }] : [];
  const remove = cleared.map((path): PatchOperation => ({ op: 'remove', path }));
  const operations = [...replace, ...remove];
  return operations.length > 0 ? patchBody(wireOperations(operations, session.settings)) : undefined;
}

/** What replacing whole attributes does not take away: attributes that are gone, and parts of those that are not lists. */
function clearedPaths({ type, changes }: Update, resource: Resource): string[] {
  const next = changeResource(type, resource, changes);
  const cleared = new Set<string>();
  for (const change of changes) {
    if (change.op === 'set' && !isEmpty(change.value)) continue;
    const path = parseAttributePath(type, change.attribute);
    if (path.multiValued && valueAt(resource, path) === undefined) continue;
    if (valueAt(next, path) === undefined) cleared.add(attributeOf(path));
    else if (!path.multiValued) cleared.add(`${attributeOf(path)}.${path.sub}`);
  }
  return [...cleared];
}

/** The touched attributes as they are after the changes. `lists` is spelled for the wire. */
function touchedValues({ session, type, changes }: Update, resource: Resource) {
  const next = changeResource(type, resource, changes);
  const values: Resource = {};
  const lists: string[] = [];
  for (const path of touchedAttributes(type, changes)) {
    const value = valueAt(next, path);
    if (value === undefined) continue;
    if (path.urn === undefined) values[path.attribute] = value;
    else values[path.urn] = { ...(values[path.urn] as object), [path.attribute]: value };
    if (path.multiValued) lists.push(wirePath(attributeOf(path), session.settings));
  }
  return { values, lists };
}

/** Reads the object, changes it and writes it back, all of it or what has changed. */
async function put(update: Update): Promise<Updated> {
  const { session, type, calls, context } = update;
  const { putBody, membersReadable } = session.settings;
  const whole = putBody === 'whole';
  if (whole && type === 'group' && !membersReadable) {
    const message = 'The app does not tell the members of a group, so writing it whole would empty it.';
    const remedy = 'Let groups be updated with PATCH in the settings of this connection.';
    return { kind: 'rejected', code: 'members-unknown', message, remedy };
  }
  let resource: Resource = { schemas: [resourceTypes[type].schema.id] };
  let etag: string | undefined;
  if (whole || needsReading(update)) {
    const found = await read(update, whole);
    if (found.refused) return { ...found.refused, calls };
    if (!isObject(found.reply.body)) return noResource(calls);
    resource = withUnreturned(type, found.reply.body, context.lastWritten ?? {});
    etag = readResource(resource)?.etag;
  }
  const sent = await session.send({ ...call(update, 'PUT', putBodyOf(update, resource)), ifMatch: etag });
  calls.push(sent.call);
  return ended(update, sent);
}

function putBodyOf(update: Update, resource: Resource): object {
  const { session, type, changes } = update;
  if (session.settings.putBody === 'whole') {
    const { meta: _, groups: __, ...own } = changeResource(type, resource, changes);
    const { clearWith } = session.settings;
    const cleared = clearWith === 'empty' ? emptied(update, resource) : {};
    return toWire({ ...own, ...cleared, schemas: schemasOf(own, update) }, session.settings) as object;
  }
  const { values } = touchedValues(update, resource);
  const body = { schemas: schemasOf(resource, update), ...values, ...emptied(update, resource) };
  return toWire(body, session.settings) as object;
}

/** Where leaving an attribute out changes nothing it is written empty. */
function emptied({ type, changes }: Update, resource: Resource): Resource {
  const next = changeResource(type, resource, changes);
  const empty: Resource = {};
  for (const path of touchedAttributes(type, changes)) {
    if (valueAt(next, path) !== undefined) continue;
    const value = path.multiValued ? [] : '';
    if (path.urn === undefined) empty[path.attribute] = value;
    else empty[path.urn] = { ...(empty[path.urn] as object), [path.attribute]: value };
  }
  return empty;
}

/** With the extensions the changes bring in. */
function schemasOf(resource: Resource, { type, changes }: Update): string[] {
  const own = Array.isArray(resource.schemas)
    ? resource.schemas.filter((urn) => typeof urn === 'string')
    : [];
  const schemas = new Set<string>(own.length > 0 ? own : [resourceTypes[type].schema.id]);
  for (const change of changes) {
    const { urn } = parseAttributePath(type, change.attribute);
    if (urn !== undefined && change.op === 'set' && !isEmpty(change.value)) schemas.add(urn);
  }
  return [...schemas];
}

async function read(update: Update, withMembers = false): Promise<Sent> {
  const { session, type, calls } = update;
  const sent = await session.send({
    ...call(update, 'GET'),
    ...(type === 'group' && !withMembers && { query: { excludedAttributes: 'members' } }),
    wantsBody: true,
  });
  calls.push(sent.call);
  return sent;
}

function planned(update: Update): WireCall[] {
  const { session, type, changes } = update;
  const { settings } = session;
  const wire = (each: Call) => session.wire(each);
  const blank: Resource = { schemas: [resourceTypes[type].schema.id] };
  const reads = needsReading(update) ? [wire(call(update, 'GET'))] : [];
  if (settings.updateWith === 'put') {
    const whole = settings.putBody === 'whole';
    const body = whole ? changeResource(type, blank, changes) : putBodyOf(update, blank);
    return [...(whole ? [wire(call(update, 'GET'))] : reads), wire(call(update, 'PUT', body))];
  }
  if (settings.protocol === '1.1' || !settings.patchPaths)
    return [...reads, wire(call(update, 'PATCH', mergeBody(update, blank) ?? {}))];
  const operations = buildPatch(type, changes, settings.clearWith);
  return patchBodies(session, operations).map((body) => wire(call(update, 'PATCH', body)));
}

function call({ type, id, changes, context }: Update, method: Call['method'], body?: object): Call {
  return {
    method,
    path: `${collectionOf[type]}/${encodeURIComponent(id)}`,
    ...(body && { body, attributes: changes.map(({ attribute }) => attribute) }),
    signal: context.signal,
  };
}

function ended({ id, calls }: Update, sent: Sent): Updated {
  if (sent.refused) return { ...sent.refused, calls };
  const etag = readResource(sent.reply.body)?.etag;
  return { kind: 'ok', value: { id, ...(etag && { etag }) }, ...told(sent.reply, calls) };
}

const noResource = (calls: WireCall[]): Updated => ({
  kind: 'rejected',
  code: 'no-id',
  message: 'The target returned no resource.',
  calls,
});
