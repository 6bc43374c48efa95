import type { Payload } from '@rollcall/event-store';
import type { OperationError, OperationPayload } from '../report/operation.events.js';
import { redactChanges, Secrets } from '../report/redact-operation.js';
import type { Changed } from './state-differences.js';

/** An attempt at a connection, as a timeline shows it. Its calls: GET reports/provisioning/{id}. */
export interface OperationEntry {
  id: string;
  connection: { id: string; name: string | null };
  action: string;
  status: string;
  attempt: number;
  reason: string;
  /** Position of the change that made it necessary; 0: the connection was enabled or changed. */
  cause: number;
  configVersion: number;
  remoteId: string | null;
  membersAdded: number;
  membersRemoved: number;
  answer: string | null;
  error: OperationError | null;
}

const secrets = new Secrets();

export function operationEntry(
  type: string,
  payload: Payload,
  connection: { id: string; name: string | null } | undefined,
): { shown: OperationEntry; changes: Changed[] } {
  const operation = payload as unknown as OperationPayload & { error?: OperationError };
  return {
    changes: redactChanges(operation.changes, secrets),
    shown: {
      id: operation.operationId,
      connection: connection ?? { id: operation.connectionId, name: null },
      action: operation.action,
      status: type.slice('operation.'.length),
      attempt: operation.attempt,
      reason: operation.reason,
      cause: operation.cause,
      configVersion: operation.configVersion,
      remoteId: operation.remoteId ?? null,
      membersAdded: operation.membersAdded,
      membersRemoved: operation.membersRemoved,
      answer: operation.answer ?? null,
      error: operation.error ?? null,
    },
  };
}

const directoryWords: Record<string, string> = {
  'user.created': 'created',
  'user.updated': 'changed',
  'user.deactivated': 'deactivated',
  'user.reactivated': 'activated again',
  'user.deleted': 'deleted',
  'group.created': 'created',
  'group.updated': 'changed',
  'group.deleted': 'deleted',
};

const doneWords: Record<string, string> = {
  create: 'account created',
  update: 'account brought up to date',
  deactivate: 'account deactivated',
  reactivate: 'account activated again',
  delete: 'account deleted',
  adopt: 'existing account taken over',
};

/** In an admin's words. */
export function tell(
  type: string,
  about: {
    operation?: { shown: OperationEntry };
    connection?: string;
    members?: number;
    more?: number;
  } = {},
): string {
  if (type === 'group.members-added') return `${memberCount(about)} put in`;
  if (type === 'group.members-removed') return `${memberCount(about)} taken out`;
  const plain = directoryWords[type];
  if (plain) return plain;
  const at = `at ${about.connection ?? 'a connection'}`;
  const shown = about.operation?.shown;
  if (!shown) return `${type} ${at}`;
  const { action, status, error, attempt, reason } = shown;
  switch (status) {
    case 'succeeded':
      return `${doneWords[action] ?? action} ${at}`;
    case 'failed':
      return `${action} given up ${at}: ${error?.message ?? reason}`;
    case 'retrying':
      return `${action} failed ${at}, attempt ${attempt}: ${error?.message ?? reason}`;
    case 'held':
      return `${action} held ${at}: ${reason}`;
    default:
      return `${action} ${status} ${at}: ${reason}`;
  }
}

function memberCount({ members = 0, more = 0 }: { members?: number; more?: number }): string {
  const count = members + more;
  return count === 1 ? '1 member' : `${count} members`;
}
