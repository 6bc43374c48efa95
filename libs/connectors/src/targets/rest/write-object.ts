import type {
  AttributeChange,
  Attributes,
  OperationContext,
  Outcome,
  Refusal,
  RemoteObject,
  SubjectType,
  WireCall,
} from '../../contract.js';
import { changeInput } from './change-input.js';
import { getObject } from './get-object.js';
import { notOffered } from './read-answer.js';
import type { OperationInput } from './operation-input.js';
import { idText, readObject } from './read-object.js';
import type { Reply } from './refusal.js';
import type { Session } from './session.js';
import type { CreateRequest, ObjectRequests } from './settings.js';

/** What is the same for each call of one write. */
interface Write {
  session: Session;
  requests: ObjectRequests;
  type: SubjectType;
  context: OperationContext;
  calls: WireCall[];
  /** Of the request that was made last. */
  latest?: Reply;
}

const begin = (session: Session, type: SubjectType, context: OperationContext): Write => ({
  session,
  requests: session.settings[`${type}s`] ?? {},
  type,
  context,
  calls: [],
});

export async function createObject(
  session: Session,
  type: SubjectType,
  attributes: Attributes,
  context: OperationContext,
): Promise<Outcome<RemoteObject>> {
  const write = begin(session, type, context);
  const { requests, calls } = write;
  const request = requests.create;
  if (!request) return notOffered('create', type);
  const { operationId } = context;
  const inactive = attributes.active === false && requests.deactivate !== undefined;
  const input: OperationInput = { operation: 'create', type, operationId, attributes };
  if (context.mode === 'plan') return planned(write, [['create', input]]);
  const sent = await session.send(request, input, context.signal);
  if (sent.call) calls.push(sent.call);
  if (sent.refused) return { ...sent.refused, calls };
  write.latest = sent.reply;
  const object = await createdObject(write, request, input, sent.reply);
  if (!object) {
    return {
      kind: 'retry',
      scope: 'object',
      maybeDone: true,
      afterMs: 0,
      message:
        'The target took the new object, but its id is not where the settings say: it has to be looked up.',
      ...told(write),
    };
  }
  if (inactive) {
    const failed = await step(write, 'deactivate', { id: object.id });
    if (failed) return afterPart(failed);
  }
  return { kind: 'ok', value: object, ...told(write) };
}

/** From what the app returned, which need not be the object; undefined when that does not tell the id. */
async function createdObject(
  { session, requests, type }: Write,
  request: CreateRequest,
  input: OperationInput,
  reply: Reply,
): Promise<RemoteObject | undefined> {
  const { expressions } = session;
  const seen = session.inputOf(reply, input);
  const evaluated = async (text: string) => {
    const result = await expressions.evaluate(text, seen);
    return 'value' in result ? result.value : undefined;
  };
  let id = request.id === undefined ? undefined : idText(await evaluated(request.id));
  const object = await evaluated(request.result ?? 'body');
  if (object !== undefined) {
    const read = await readObject(requests, type, object, expressions, id);
    if (!('failed' in read)) return read;
    const onlyId = { read: { id: requests.read?.id ?? 'id', attributes: '{}' } };
    const bare = await readObject(onlyId, type, object, expressions, id);
    if (!('failed' in bare)) id = bare.id;
  }
  return id === undefined ? undefined : { id, attributes: {} };
}

export async function updateObject(
  session: Session,
  type: SubjectType,
  id: string,
  changes: AttributeChange[],
  context: OperationContext,
): Promise<Outcome<{ id: string }>> {
  if (changes.length === 0) return { kind: 'no-op', why: 'unchanged' };
  const write = begin(session, type, context);
  const { requests, calls } = write;
  const { operationId } = context;
  // Access first: it is what must not wait, and apps may refuse changes to accounts that are disabled.
  const switched = changes.find(
    (change) => change.op === 'set' && change.attribute === 'active' && switchOf(requests, change.value),
  );
  const name = switched && switchOf(requests, (switched as { value: unknown }).value);
  const rest = changes.filter((change) => change !== switched);
  const input: OperationInput = {
    operation: 'update',
    type,
    id,
    operationId,
    ...changeInput(context.lastWritten ?? {}, rest),
  };
  const steps: [keyof ObjectRequests & OperationInput['operation'], OperationInput][] = [
    ...(name ? [[name, { operation: name, type, id, operationId }] as [typeof name, OperationInput]] : []),
    ...(rest.length > 0 && requests.update ? [['update', input] as ['update', OperationInput]] : []),
  ];
  const missing = rest.length > 0 && !requests.update;
  if (missing && !name) return notOffered('update', type);
  if (context.mode === 'plan') return planned(write, steps);
  if (name) {
    const failed = await step(write, name, { id });
    if (failed) return failed;
  }
  if (missing) return { ...notOffered('update', type), calls };
  if (rest.length === 0) return { kind: 'ok', value: { id }, ...told(write) };
  const partly = (failed: Refusal) => (name ? afterPart(failed) : failed);
  if (requests.updateWith === 'whole') {
    const before = await getObject(session, type, id);
    calls.push(...(before.calls ?? []));
    if (before.kind !== 'ok') return partly({ ...(before as Refusal), calls });
    const known = { ...context.lastWritten, ...before.value.attributes };
    Object.assign(input, changeInput(known, rest), { object: before.raw ?? {} });
  }
  const failed = await step(write, 'update', input);
  return failed ? partly(failed) : { kind: 'ok', value: { id }, ...told(write) };
}

const switchOf = ({ deactivate, reactivate }: ObjectRequests, value: unknown) =>
  value === false && deactivate ? 'deactivate' : value === true && reactivate ? 'reactivate' : undefined;

export async function deleteObject(
  session: Session,
  type: SubjectType,
  id: string,
  context: OperationContext,
): Promise<Outcome<void>> {
  const write = begin(session, type, context);
  if (!write.requests.delete) return notOffered('delete', type);
  const input: OperationInput = { operation: 'delete', type, id, operationId: context.operationId };
  if (context.mode === 'plan') return planned(write, [['delete', input]]);
  const failed = await step(write, 'delete', input);
  if (failed?.kind === 'not-found')
    return { kind: 'no-op', why: 'already-absent', answer: failed.answer, calls: write.calls };
  return failed ?? { kind: 'ok', value: undefined, ...told(write) };
}

/** A part of the write was done before this came. */
const afterPart = (failed: Refusal): Refusal =>
  failed.kind === 'retry' ? { ...failed, maybeDone: true } : failed;

/** One request of a write. Undefined: it was done. */
async function step(
  write: Write,
  name: 'update' | 'deactivate' | 'reactivate' | 'delete',
  input: Partial<OperationInput>,
): Promise<Refusal | undefined> {
  const { session, requests, type, context, calls } = write;
  const { operationId, signal } = context;
  const sent = await session.send(requests[name]!, { type, operationId, ...input, operation: name }, signal);
  if (sent.call) calls.push(sent.call);
  write.latest = sent.reply;
  return sent.refused && { ...sent.refused, calls };
}

async function planned(
  { session, requests, calls }: Write,
  steps: [keyof ObjectRequests & OperationInput['operation'], OperationInput][],
): Promise<Outcome<never>> {
  for (const [name, input] of steps) {
    if (name === 'update' && requests.updateWith === 'whole' && requests.get) {
      const read = await session.plan(requests.get, { operation: 'get', type: input.type, id: input.id });
      if ('call' in read) calls.push(read.call);
    }
    const made = await session.plan(requests[name]!, input);
    if ('refused' in made) return { ...made.refused, calls };
    calls.push(made.call);
  }
  return { kind: 'planned', calls };
}

const told = ({ calls, latest }: Write) => ({
  calls,
  ...(latest && { answer: `HTTP ${latest.status}` }),
  ...(latest?.hints && { hints: latest.hints }),
});
