import { Database } from '@rollcall/platform';

export type SubjectKind = 'user' | 'group';

export interface Erasure {
  at: Date;
  /** Who asked for it: "admin:<key id>". */
  actor: string;
}

export interface KnownSubject {
  id: string;
  kind: SubjectKind;
  createdAt: Date;
  /** Set once the person's data has been erased: what is left is that something happened, and when. */
  erased: Erasure | null;
}

/** From the log, so that deleted and erased ones are known as well. Undefined: there never was one. */
export async function findSubject(
  database: Database,
  tenantId: string,
  kind: SubjectKind,
  id: string,
): Promise<KnownSubject | undefined> {
  const [row] = await database.query<{ createdAt: Date; at: Date | null; actor: string | null }>(
    `select e.recorded_at as "createdAt", coalesce(x.at, k.destroyed_at) as at, x.actor
     from hub.event e
     left join hub.subject_key k on k.tenant_id = e.tenant_id and k.subject_id = e.stream_id
       and k.destroyed_at is not null
     left join hub.erasure x on x.tenant_id = e.tenant_id and x.subject_id = e.stream_id
     where e.tenant_id = $1 and e.stream_id = $2 and e.version = 1 and e.stream_type = $3`,
    [tenantId, id, kind],
  );
  if (!row) return undefined;
  const { createdAt, at, actor } = row;
  return { id, kind, createdAt, erased: at && { at, actor: actor ?? 'hub' } };
}
