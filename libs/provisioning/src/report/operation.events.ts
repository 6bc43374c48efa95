import { createHash } from 'node:crypto';
import type { Attributes } from '@rollcall/connectors';
import type { Action, AttributePlan, TargetObject } from '../plan/plan.js';
import type { RecordedCall } from './redact-operation.js';

/** Stream of everything the hub did for one subject at one connection. */
export const targetObjectStream = 'target-object';

export type OperationEvent =
  | { type: 'operation.succeeded'; payload: OperationPayload }
  | { type: 'operation.failed'; payload: OperationPayload & { error: OperationError } }
  | {
      type: 'operation.retrying';
      payload: OperationPayload & { error: OperationError; nextAttemptAt: string };
    }
  /** The guard has it wait for a person. */
  | { type: 'operation.held'; payload: OperationPayload }
  /** The policy has switched the action off, or a person has denied it. */
  | { type: 'operation.skipped'; payload: OperationPayload };

/** One attempt. Holds personal data (old and new values), and is sealed with the subject's key. */
export interface OperationPayload {
  operationId: string;
  connectionId: string;
  subjectType: 'user' | 'group';
  subjectId: string;
  action: Action;
  reason: string;
  /** 1 for the first. */
  attempt: number;
  /** Position of the event that made the subject due; 0 when its connection was enabled or changed. */
  cause: number;
  /** Position up to which the subject had been looked at before: events after it waited for this operation. */
  since?: number;
  configVersion: number;
  /** Old and new values; of secrets only that they changed. */
  changes: AttributePlan[];
  membersAdded: number;
  membersRemoved: number;
  remoteId?: string;
  /** The account's state afterwards, where it is known. */
  becomes?: TargetObject['state'];
  /** Of an account that was taken over: its attributes afterwards, as far as they are mapped. */
  adopted?: Attributes;
  /** Every call made, with what was sent as far as it may be kept. */
  calls: RecordedCall[];
  answer?: string;
  durationMs: number;
}

export interface OperationError {
  kind: 'rejected' | 'conflict' | 'retry' | 'denied' | 'refused';
  code?: string;
  attribute?: string;
  message: string;
  remedy?: string;
}

/** One stream per (connection, subject), without a table to look it up in: RFC 9562 version 8. */
export function targetObjectId(connectionId: string, subjectId: string): string {
  const bytes = createHash('sha256').update(`${connectionId}/${subjectId}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
