import type { Attributes } from '@rollcall/connectors';
import { Database } from '@rollcall/platform';
import { withoutSecrets } from './redact-operation.js';

/** Where a subject stands at one connection. */
export interface SubjectAtTarget {
  connection: { id: string; name: string; state: string };
  /** none: no account is known there. absent: it was there and is gone without our doing. */
  state: 'none' | 'active' | 'inactive' | 'absent' | 'deleted';
  remoteId: string | null;
  origin: 'created' | 'adopted' | null;
  /** By target attribute, what was last written there. */
  attributes: Attributes | null;
  /** Of a group: members written there. */
  members: number | null;
  updatedAt: Date | null;
  /** Null: never looked at. done: nothing is due. */
  work: {
    /** held: by the guard. denied: by a person. */
    state: 'done' | 'due' | 'retrying' | 'dead' | 'held' | 'denied';
    dueAt: Date | null;
    attempts: number;
    error: object | null;
  } | null;
}

interface Row extends Omit<SubjectAtTarget, 'connection' | 'state' | 'work'> {
  id: string;
  name: string;
  connectionState: string;
  state: SubjectAtTarget['state'] | null;
  workState: 'idle' | 'due' | 'retrying' | 'dead' | 'held' | 'denied' | null;
  dueAt: Date | null;
  attempts: number;
  error: object | null;
}

/** Undefined: the tenant has, and had, no such user or group. */
export async function subjectAtTargets(
  database: Database,
  tenantId: string,
  type: 'user' | 'group',
  subjectId: string,
): Promise<SubjectAtTarget[] | undefined> {
  // From the log, which has the subject from the moment its creation was answered.
  const known = await database.query(
    'select from hub.event where tenant_id = $1 and stream_id = $2 and version = 1 and stream_type = $3',
    [tenantId, subjectId, type],
  );
  if (known.length === 0) return undefined;
  const rows = await database.query<Row>(
    `select c.id, c.name, c.state as "connectionState", t.state, t.remote_id as "remoteId", t.origin,
       t.written as attributes, t.updated_at as "updatedAt", w.state as "workState", w.due_at as "dueAt",
       w.attempts, w.last_error as error,
       ${type === 'user' ? 'null' : `(select count(*)::int from hub.target_member m where m.tenant_id = c.tenant_id and m.connection_id = c.id and m.group_id = $2)`} as members
     from hub.connection c
     left join hub.target_object t on t.tenant_id = c.tenant_id and t.connection_id = c.id and t.subject_id = $2
     left join hub.work_item w on w.tenant_id = c.tenant_id and w.connection_id = c.id and w.subject_id = $2
     where c.tenant_id = $1 order by c.name`,
    [tenantId, subjectId],
  );
  return rows.map(({ id, name, connectionState, state, workState, dueAt, attempts, error, ...target }) => ({
    connection: { id, name, state: connectionState },
    ...target,
    attributes: target.attributes && withoutSecrets(target.attributes),
    state: state ?? 'none',
    work: workState && {
      state: workState === 'idle' ? 'done' : workState,
      dueAt: workState === 'due' || workState === 'retrying' ? dueAt : null,
      attempts,
      error: workState === 'idle' ? null : error,
    },
  }));
}
