import { randomUUID } from 'node:crypto';
import type {
  AttributeChange,
  Connector,
  MemberChange,
  Outcome,
  SubjectType,
  WireCall,
} from '@rollcall/connectors';
import type { Plan, TargetObject } from '../plan/plan.js';

export interface PlannedCalls {
  calls: WireCall[];
  /** Why the connector would not make them. */
  refusal?: string;
}

const context = { attempt: 1, mode: 'plan' as const };

/** The calls a plan comes to, told by the connector, which sends nothing. */
export async function plannedCalls(
  connector: Connector,
  type: SubjectType,
  plan: Plan,
  target: TargetObject | undefined,
): Promise<PlannedCalls> {
  if (!('changes' in plan)) return { calls: [] };
  const operation = { ...context, operationId: randomUUID() };
  const remoteId = plan.remoteId ?? target?.remoteId ?? '';
  if (plan.action === 'create') {
    const attributes = Object.fromEntries(plan.changes.map(({ attribute, to }) => [attribute, to!]));
    return told(await connector.create(type, attributes, operation));
  }
  if (plan.action === 'delete') return told(await connector.delete(type, remoteId, operation));
  if (plan.changes.length === 0) return { calls: [] };
  const delta = plan.changes.map(({ attribute, to }): AttributeChange =>
    to === undefined ? { op: 'unset', attribute } : { op: 'set', attribute, value: to },
  );
  return told(await connector.update(type, remoteId, delta, operation));
}

export async function plannedMemberCalls(
  connector: Connector,
  remoteId: string,
  change: MemberChange,
): Promise<PlannedCalls> {
  return told(await connector.members(remoteId, change, { ...context, operationId: randomUUID() }));
}

export async function plannedWholeList(
  connector: Connector,
  remoteId: string,
  members: string[],
): Promise<PlannedCalls> {
  const changes: AttributeChange[] = [{ op: 'set', attribute: 'members', value: members }];
  return told(await connector.update('group', remoteId, changes, { ...context, operationId: randomUUID() }));
}

function told(outcome: Outcome<unknown>): PlannedCalls {
  const calls = outcome.calls ?? [];
  return 'message' in outcome ? { calls, refusal: outcome.message } : { calls };
}
