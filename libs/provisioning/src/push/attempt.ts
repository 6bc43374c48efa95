import type {
  AttributeChange,
  Attributes,
  AttributeValue,
  Connector,
  OperationContext,
  Outcome,
  SubjectType,
  WireCall,
} from '@rollcall/connectors';
import type { Match, MatchKey } from '../matching/match.js';
import { judgeHits } from '../matching/match.js';
import { membersAfter } from '../plan/plan-members.js';
import type { AttributePlan, CompiledMapping } from '../plan/plan.js';
import { lastWritten } from './last-written.js';

/** What a call answered when it did not do what it was made for. */
export type Failure = Exclude<Outcome<unknown>, { kind: 'ok' | 'no-op' | 'planned' }>;

export interface Holder {
  subjectId: string;
  left: boolean;
}

export interface AttemptTools {
  connector: Connector;
  type: SubjectType;
  operationId: string;
  /** 1 for the first. */
  attempt: number;
  /** Of the subject's type. Absent: the connection maps none. */
  mapping?: CompiledMapping;
  signal?: AbortSignal;
  /** True when nothing at the target can match: looking would find nothing. */
  surelyAbsent?(keys: MatchKey[]): Promise<boolean>;
  /** Of a group: the target's ids of the members the hub has written. */
  writtenMembers(): Promise<string[]>;
  /** The subject that has this account already; `left` when it is gone at the source and nothing is under way. */
  holderOf(remoteId: string): Promise<Holder | undefined>;
}

/** One attempt at one subject: makes the calls a plan asks for, and keeps what was called and answered. */
export class Attempt {
  readonly calls: (WireCall & { answer?: string })[] = [];
  answer: string | undefined;
  private readonly startedAt = performance.now();

  constructor(private readonly tools: AttemptTools) {}

  get durationMs(): number {
    return Math.round(performance.now() - this.startedAt);
  }

  /** Looks for the subject by each key in order. A failure ends the search. */
  async look(keys: MatchKey[], trustIndex: boolean): Promise<Match | Failure> {
    const { surelyAbsent } = this.tools;
    const absent = trustIndex && surelyAbsent && (await this.unlessStopped(() => surelyAbsent(keys), false));
    if (absent) return { kind: 'none' };
    for (const key of keys) {
      const outcome = this.heard(await this.read((connector, type) => connector.find(type, key)));
      if (outcome.kind === 'not-found') continue;
      if (isFailure(outcome)) return outcome;
      const match = judgeHits(key, outcome.kind === 'ok' ? outcome.value : []);
      if (!match) continue;
      if (match.kind !== 'one') return match;
      const holder = await this.tools.holderOf(match.object.id);
      if (!holder) return match;
      const { subjectId, left } = holder;
      return left
        ? { ...match, leaver: subjectId }
        : { kind: 'taken', key, remoteId: match.object.id, subjectId };
    }
    return { kind: 'none' };
  }

  /** What the account has there now; none of it when it is gone, which the call after this one finds out. */
  async observe(remoteId: string): Promise<Attributes | Failure> {
    const outcome = this.heard(await this.read((connector, type) => connector.get(type, remoteId)));
    if (outcome.kind === 'not-found') return {};
    if (isFailure(outcome)) return outcome;
    return outcome.kind === 'ok' ? outcome.value.attributes : {};
  }

  /** The first candidate of each attribute that nobody has at the target. */
  async choose(
    choices: { attribute: string; candidates: string[] }[],
  ): Promise<Map<string, string | undefined> | Failure> {
    const chosen = new Map<string, string | undefined>();
    for (const { attribute, candidates } of choices) {
      chosen.set(attribute, undefined);
      for (const value of candidates) {
        const key = { attribute, value };
        const outcome = this.heard(await this.read((connector, type) => connector.find(type, key)));
        if (isFailure(outcome) && outcome.kind !== 'not-found') return outcome;
        if (outcome.kind === 'ok' && outcome.value.length > 0) continue;
        chosen.set(attribute, value);
        break;
      }
    }
    return chosen;
  }

  async create(changes: AttributePlan[]): Promise<string | Failure> {
    const attributes = Object.fromEntries(
      changes.map(({ attribute, to }): [string, AttributeValue] => [attribute, to!]),
    );
    const { connector, type } = this.tools;
    const outcome = this.heard(await connector.create(type, attributes, this.context));
    if (outcome.kind === 'ok') return outcome.value.id;
    if (isFailure(outcome)) return outcome;
    return { kind: 'conflict', message: 'The target says that the object exists already.' };
  }

  /** @param written what the hub knows to be there */
  async update(
    remoteId: string,
    changes: AttributePlan[],
    written: Attributes = {},
  ): Promise<Failure | undefined> {
    const delta = changes.map(({ attribute, to }): AttributeChange =>
      to === undefined ? { op: 'unset', attribute } : { op: 'set', attribute, value: to },
    );
    const { connector, type } = this.tools;
    return failureOf(this.heard(await connector.update(type, remoteId, delta, this.knowing(written))));
  }

  /** Some targets can only deactivate: that is an update. */
  async delete(remoteId: string, written: Attributes = {}): Promise<Failure | undefined> {
    const { connector, type } = this.tools;
    const failure = failureOf(this.heard(await connector.delete(type, remoteId, this.knowing(written))));
    return failure?.kind === 'not-found' ? undefined : failure;
  }

  /** Whether an account that is thought to be there is gone. A failure: it cannot be said now. */
  async isGone(type: SubjectType, remoteId: string): Promise<boolean | Failure> {
    const outcome = this.heard(await this.read((connector) => connector.get(type, remoteId)));
    if (outcome.kind === 'not-found') return true;
    return isFailure(outcome) ? outcome : false;
  }

  async members(
    groupId: string,
    change: Parameters<Connector['members']>[1],
    written: Attributes,
  ): Promise<string[] | Failure> {
    const outcome = this.heard(await this.tools.connector.members(groupId, change, this.knowing(written)));
    if (isFailure(outcome)) return outcome;
    return outcome.kind === 'ok' ? outcome.value.unknown : [];
  }

  /** For targets that take no additions: the list that is there, with the change, is set whole. */
  async replaceMembers(
    groupId: string,
    change: Parameters<Connector['members']>[1],
    readable: boolean,
    written: Attributes,
  ): Promise<string[] | Failure> {
    const { writtenMembers } = this.tools;
    let current: string[] | undefined;
    if (readable) {
      const outcome = this.heard(
        await this.read((connector) => connector.get('group', groupId, { members: true })),
      );
      if (isFailure(outcome)) return outcome;
      current = outcome.kind === 'ok' ? outcome.value.members?.map(({ id }) => id) : undefined;
    }
    current ??= await writtenMembers();
    const next = membersAfter(current, change);
    const same = next.length === current.length && next.every((id) => current.includes(id));
    if (same) return [];
    return (await this.update(groupId, [{ attribute: 'members', to: next }], written)) ?? [];
  }

  private read<T>(
    call: (connector: Connector, type: SubjectType) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const { connector, type } = this.tools;
    const message = 'The hub stopped the call.';
    return this.unlessStopped(() => call(connector, type), { kind: 'retry', scope: 'object', message });
  }

  /** What is only read when the hub stops is left to itself: it changes nothing. */
  private async unlessStopped<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    const { signal } = this.tools;
    if (!signal) return work();
    if (signal.aborted) return otherwise;
    const done = new AbortController();
    const stopped = new Promise<T>((resolve) => {
      signal.addEventListener('abort', () => resolve(otherwise), { once: true, signal: done.signal });
    });
    try {
      return await Promise.race([work(), stopped]);
    } finally {
      done.abort();
    }
  }

  private get context(): OperationContext {
    const { operationId, attempt, signal } = this.tools;
    return { operationId, attempt, mode: 'live', signal };
  }

  private knowing(written: Attributes): OperationContext {
    const { mapping } = this.tools;
    return mapping ? { ...this.context, lastWritten: lastWritten(written, mapping) } : this.context;
  }

  private heard<T extends Outcome<unknown>>(outcome: T): T {
    const made = outcome.calls ?? [];
    for (const { method, url, body } of made) this.calls.push({ method, url, body });
    if (outcome.answer !== undefined) {
      this.answer = outcome.answer;
      if (made.length > 0) this.calls.at(-1)!.answer = outcome.answer;
    }
    return outcome;
  }
}

export function isFailure(answer: unknown): answer is Failure {
  const kind = (answer as { kind?: string } | undefined)?.kind;
  return kind !== undefined && failures.has(kind);
}

const failures = new Set(['conflict', 'not-found', 'retry', 'rejected', 'denied']);

function failureOf(outcome: Outcome<unknown>): Failure | undefined {
  return isFailure(outcome) ? outcome : undefined;
}
