import { type EventRow, type EventStore, eventColumns } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import { type Cause, causeAt } from '../history/cause.js';
import type { AttributePlan } from '../plan/plan.js';
import { type OperationError, type OperationPayload, targetObjectId } from './operation.events.js';
import { readReport, type ReportItem } from './provisioning-report.js';
import type { RecordedCall } from './redact-operation.js';

/** One attempt of an operation, as it was recorded. */
export interface RecordedAttempt {
  attempt: number;
  at: Date;
  status: string;
  configVersion: number;
  reason: string;
  changes: AttributePlan[];
  membersAdded: number;
  membersRemoved: number;
  calls: RecordedCall[];
  answer: string | null;
  error: OperationError | null;
  durationMs: number;
}

export interface OperationDetail extends Omit<ReportItem, 'cause'> {
  /** The change in the directory that made it necessary; null when the connection was enabled or changed. */
  cause: Cause | null;
  /** First to last. Empty once the person has been erased. */
  attemptsMade: RecordedAttempt[];
  /** What was recorded about the subject has been made unreadable. */
  erased: boolean;
}

/** Everything that was recorded about an operation. Undefined: there is none with that id. */
export async function readOperation(
  database: Database,
  events: EventStore,
  tenantId: string,
  operationId: string,
): Promise<OperationDetail | undefined> {
  const { items } = await readReport(database, tenantId, { operation: operationId }, { limit: 1 });
  const [item] = items;
  if (!item) return undefined;
  const rows = await database.query<EventRow>(
    `select ${eventColumns} from hub.event e
     left join hub.subject_key k on k.tenant_id = e.tenant_id and k.subject_id = e.subject_id
     where e.tenant_id = $1 and e.stream_id = $2 and e.metadata->>'correlation' = $3 order by e.version`,
    [tenantId, targetObjectId(item.connection.id, item.subject.id), operationId],
  );
  const recorded = events.decode(rows);
  const { cause, ...rest } = item;
  return {
    ...rest,
    cause: cause > 0 ? ((await causeAt(database, tenantId, cause)) ?? null) : null,
    erased: recorded.some(({ payload }) => payload === undefined),
    attemptsMade: recorded.flatMap(({ type, payload, recordedAt }) =>
      payload ? [attemptOf(type, payload as unknown as OperationPayload, recordedAt)] : [],
    ),
  };
}

function attemptOf(
  type: string,
  payload: OperationPayload & { error?: OperationError },
  at: Date,
): RecordedAttempt {
  const { attempt, configVersion, reason, changes, membersAdded, membersRemoved, calls, durationMs } =
    payload;
  return {
    attempt,
    at,
    status: type.slice('operation.'.length),
    configVersion,
    reason,
    changes,
    membersAdded,
    membersRemoved,
    calls,
    answer: payload.answer ?? null,
    error: payload.error ?? null,
    durationMs,
  };
}
