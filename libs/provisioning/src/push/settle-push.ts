import type { Append } from '@rollcall/event-store';
import type {
  Action,
  AttributePlan,
  Configuration,
  Plan,
  ReferencePlan,
  TargetObject,
} from '../plan/plan.js';
import { noReferences } from '../plan/plan.js';
import {
  type OperationError,
  type OperationEvent,
  type OperationPayload,
  targetObjectId,
  targetObjectStream,
} from '../report/operation.events.js';
import { redactCalls, redactChanges, secretsOf, withoutSecrets } from '../report/redact-operation.js';
import { backoffMs } from '../work/backoff.js';
import type { ClaimedItem } from '../work/claim.js';
import type { Completion } from '../work/completion.js';
import { causeOf } from '../work/dead-letter-cause.js';
import { hasAccount } from '../work/wake-waiting.js';
import type { Stop } from './carry-out.js';
import type { Permit } from '../guard/permit.js';
import type { Attempt, Failure } from './attempt.js';

/** The connection as a whole is in trouble: nothing more is sent until it is over. */
export interface Trouble {
  kind: 'retry' | 'denied' | 'failing';
  afterMs?: number;
  message: string;
}

export interface Pushed {
  completion: Completion;
  trouble?: Trouble;
  /** The target answered sensibly. */
  reached: boolean;
  /** It failed by the target's own fault. */
  fault?: boolean;
}

export interface PushContext {
  connectionId: string;
  configuration: Configuration;
  item: ClaimedItem;
  operationId: string;
  attempt: Attempt;
  now: Date;
  random: number;
  /** What the subject is called and has: no part of why others fail, too. */
  values: string[];
  /** See Gate. */
  forgives(): boolean;
  /** See Gate. */
  fault(): string | undefined;
  /** See Guard. */
  permit(action: Action): Promise<Permit>;
}

export interface Done {
  action: Action;
  reason: string;
  changes: AttributePlan[];
  membersAdded?: number;
  membersRemoved?: number;
  remoteId?: string;
  /** What was sent may have been carried out. */
  unheard?: boolean;
}

/** How far a completion has come, whatever happened: what is written in any case. */
export type Progress = Pick<Completion, 'target' | 'takenFrom' | 'references' | 'members' | 'gone'>;

export function succeeded(context: PushContext, done: Done, progress: Progress, again?: Date): Pushed {
  return {
    reached: true,
    completion: {
      ...progress,
      ...ended(context, again, done.action),
      ...(done.action === 'create' && {
        made: { remoteId: done.remoteId!, operationId: context.operationId },
      }),
      event: operation(context, {
        type: 'operation.succeeded',
        payload: {
          ...payload(context, done),
          ...(progress.target && afterwards(done, progress.target.after)),
        },
      }),
    },
  };
}

/** What history needs of the account: its state, and all that is known of one that was taken over. */
function afterwards({ action }: Done, { state, written }: TargetObject): Partial<OperationPayload> {
  return { becomes: state, ...(action === 'adopt' && { adopted: withoutSecrets(written) }) };
}

/** Nothing was to be done. A switched-off action is reported, once. */
export function nothingDone(
  context: PushContext,
  plan: Extract<Plan, { action: 'none' }>,
  progress: Progress,
  again?: Date,
): Pushed {
  const skipped = plan.withheld && `${plan.withheld}: ${plan.reason.code}`;
  // An operation that was being retried, or held, ends here; else the report would say so for ever.
  const tell = context.item.unfinished || (plan.withheld && skipped !== context.item.skipped);
  const action = plan.withheld ?? (plan.reason.code === 'never-provisioned' ? 'create' : 'update');
  return {
    reached: context.attempt.calls.length > 0,
    completion: {
      ...progress,
      ...ended(context, again ?? plan.nextDueAt),
      ...(skipped && { skipped }),
      ...(tell && {
        event: operation(context, {
          type: 'operation.skipped',
          payload: payload(context, { action, reason: plan.reason.text, changes: [] }),
        }),
      }),
    },
  };
}

/** Not sent: it waits in a change set, or a person has said no. Told once. */
export function stopped(context: PushContext, done: Done, stop: Stop): Pushed {
  const { item, operationId, attempt } = context;
  const denied = stop.kind === 'denied';
  const skipped = `${stop.kind} ${stop.holdId}`;
  const note = denied && stop.note ? `: ${stop.note}` : '.';
  const reason = denied ? `${done.reason} An administrator has denied this${note}` : done.reason;
  const event: OperationEvent = {
    type: denied ? 'operation.skipped' : 'operation.held',
    payload: payload(context, { ...done, reason }),
  };
  return {
    reached: attempt.calls.length > 0,
    completion: {
      item,
      state: stop.kind,
      attempts: 0,
      lookFirst: item.lookFirst,
      skipped,
      ...(item.skipped !== skipped && { event: operation(context, event) }),
      ...(denied
        ? { hold: item.hold! }
        : {
            operationId,
            hold: { id: stop.holdId, action: done.action },
            holding: {
              reason: done.reason,
              attributes: done.changes.map(({ attribute }) => attribute),
            },
            ...(item.hold && item.hold.id !== stop.holdId && { holdEnded: 'withdrawn' as const }),
          }),
    },
  };
}

export function refused(
  context: PushContext,
  plan: Extract<Plan, { action: 'refuse' }>,
  progress: Progress,
): Pushed {
  const { code, attribute, message, remedy, intended } = plan;
  const error: OperationError = { kind: 'refused', code, attribute, message, remedy };
  const done: Done = { action: intended, reason: message, changes: [] };
  const failures = context.item.attempts + 1;
  // Whoever has the account may just be letting its name go: a rename under way, a deletion that is due.
  if (code !== 'already-linked' || failures >= holderAttempts) return dead(context, done, error, progress);
  const dueAt = new Date(context.now.getTime() + backoffMs(failures, context.random));
  return retrying(context, done, error, progress, 'retrying', failures, dueAt);
}

const holderAttempts = 5;

export function failed(context: PushContext, doing: Done, failure: Failure, progress: Progress): Pushed {
  const done = { ...doing, unheard: failure.kind === 'retry' && failure.maybeDone };
  const { item, configuration, now, random } = context;
  const failures = item.attempts + 1;
  const error = errorOf(failure);
  const wide = failure.kind === 'retry' && failure.scope === 'connection';
  const alone = wide && failure.afterMs === undefined && context.forgives();
  if (failure.kind === 'denied' || (wide && !alone)) {
    const afterMs = failure.kind === 'retry' ? failure.afterMs : undefined;
    const pushed = retrying(context, done, error, progress, 'due', item.attempts, now);
    return { ...pushed, reached: false, trouble: { kind: failure.kind, afterMs, message: failure.message } };
  }
  const fault = failure.kind === 'retry' && failure.afterMs === undefined;
  const failing = fault && !item.quarantined ? context.fault() : undefined;
  if (failing || (item.quarantined && failure.kind === 'retry')) {
    const pushed = retrying(context, done, error, progress, 'due', item.attempts, now);
    const trouble: Trouble = failing
      ? { kind: 'failing', message: `${failing}: ${failure.message}` }
      : { kind: 'retry', message: failure.message };
    return { ...pushed, reached: false, trouble };
  }
  const mayPass = failure.kind === 'retry' || failure.kind === 'not-found';
  // Another process may just have made what stands in the way, and a target may be slow to show it.
  const limit = failure.kind === 'conflict' ? 3 : mayPass ? configuration.policy.push.attempts : 1;
  if (failures >= limit) return { ...dead(context, done, error, progress), fault };
  const asked = failure.kind === 'retry' ? failure.afterMs : undefined;
  const dueAt = new Date(now.getTime() + backoffMs(failures, random, asked));
  const pushed = retrying(context, done, error, progress, 'retrying', failures, dueAt);
  return { ...pushed, reached: !alone, fault };
}

/** The push failed in the hub or in the connector's own code; what had reached the target by then is unknown. */
export function broken(context: PushContext, target: TargetObject | undefined): Pushed {
  const message = `The hub failed on this push: its log has the cause under operation ${context.operationId}.`;
  const action = hasAccount(target) ? 'update' : 'create';
  const done: Done = { action, reason: 'The push broke before its end.', changes: [] };
  const ours = { ...context, fault: () => undefined };
  return failed(ours, done, { kind: 'retry', scope: 'object', maybeDone: true, message }, {});
}

function retrying(
  context: PushContext,
  done: Done,
  error: OperationError,
  progress: Progress,
  state: 'due' | 'retrying',
  attempts: number,
  dueAt: Date,
): Pushed {
  const made = done.action === 'create' || done.action === 'adopt';
  const { operationId } = context;
  return {
    reached: true,
    completion: {
      ...progress,
      item: context.item,
      state,
      dueAt,
      attempts,
      error,
      operationId,
      lookFirst: context.item.lookFirst || made || done.unheard === true,
      ...kept(context),
      event: operation(context, {
        type: 'operation.retrying',
        payload: { ...payload(context, done), error, nextAttemptAt: dueAt.toISOString() },
      }),
    },
  };
}

function dead(context: PushContext, done: Done, error: OperationError, progress: Progress): Pushed {
  return {
    reached: true,
    completion: {
      ...progress,
      item: context.item,
      state: 'dead',
      attempts: context.item.attempts + 1,
      error,
      cause: causeOf(error, context.values),
      lookFirst: true,
      ...kept(context),
      event: operation(context, { type: 'operation.failed', payload: { ...payload(context, done), error } }),
    },
  };
}

function ended(
  { item }: PushContext,
  again?: Date,
  action?: Action,
): Pick<Completion, 'item' | 'state' | 'dueAt' | 'attempts' | 'holdEnded'> {
  const done = item.hold?.verdict === 'allowed' && item.hold.action === action;
  return {
    item,
    attempts: 0,
    ...(again ? { state: 'due', dueAt: again } : { state: 'idle' }),
    ...(item.hold && { holdEnded: done ? 'done' : 'withdrawn' }),
  };
}

/** What a person allowed stays allowed until it is done. */
function kept({ item }: PushContext): Pick<Completion, 'hold'> {
  return item.hold ? { hold: item.hold } : {};
}

export function progressOf(
  before: TargetObject | undefined,
  after: TargetObject | undefined,
  plan: Plan,
): Progress {
  const references: ReferencePlan = ('references' in plan && plan.references) || noReferences;
  const same =
    before?.leavingSince?.getTime() === after?.leavingSince?.getTime() &&
    before?.state === after?.state &&
    before?.written === after?.written;
  const untouched = after === undefined || (plan.action === 'none' && same);
  return {
    ...(!untouched && { target: { before, after } }),
    ...(!untouched && 'takenFrom' in plan && { takenFrom: plan.takenFrom }),
    ...((!untouched || references.all.length > 0) && 'references' in plan && { references }),
  };
}

function errorOf(failure: Failure): OperationError {
  if (failure.kind === 'rejected') {
    const { code, attribute, message, remedy } = failure;
    return { kind: 'rejected', code, attribute, message, remedy };
  }
  if (failure.kind === 'denied') return { kind: 'denied', message: failure.message, remedy: failure.remedy };
  if (failure.kind === 'conflict') {
    return {
      kind: 'conflict',
      message: failure.message,
      remedy:
        'Another object at the target holds a value that must be unique there; find it and change or remove it.',
    };
  }
  return { kind: 'retry', message: failure.message };
}

function payload(context: PushContext, done: Done): OperationPayload {
  const { item, connectionId, operationId, attempt, configuration } = context;
  const secrets = secretsOf(configuration[item.subjectType === 'user' ? 'users' : 'groups']);
  return {
    operationId,
    connectionId,
    subjectType: item.subjectType,
    subjectId: item.subjectId,
    action: done.action,
    reason: done.reason,
    attempt: item.attempts + 1,
    cause: item.wanted,
    since: item.done,
    configVersion: item.configVersion,
    changes: redactChanges(done.changes, secrets),
    membersAdded: done.membersAdded ?? 0,
    membersRemoved: done.membersRemoved ?? 0,
    ...(done.remoteId !== undefined && { remoteId: done.remoteId }),
    calls: redactCalls(attempt.calls, secrets),
    ...(attempt.answer !== undefined && { answer: attempt.answer }),
    durationMs: attempt.durationMs,
  };
}

function operation({ connectionId, item, operationId }: PushContext, event: OperationEvent): Append {
  return {
    streamId: targetObjectId(connectionId, item.subjectId),
    streamType: targetObjectStream,
    subjectId: item.subjectId,
    expected: 'any',
    events: [{ type: event.type, payload: { ...event.payload } }],
    metadata: {
      source: connectionId,
      actor: 'hub',
      correlation: operationId,
      ...(item.wanted > 0 && { causation: item.wanted }),
    },
  };
}
