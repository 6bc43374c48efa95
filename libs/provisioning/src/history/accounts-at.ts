import { Database } from '@rollcall/platform';

/** An account somebody had at a connection at a moment. */
export interface AccountThen {
  subject: { type: 'user' | 'group'; id: string; display: string | null };
  state: 'active' | 'inactive';
  remoteId: string | null;
  /** Since when it had been in that state. */
  since: Date;
  /** Until when it stayed in that state; null: it still is. */
  until: Date | null;
}

export interface AccountsPage {
  at: Date;
  items: AccountThen[];
  nextCursor: string | null;
}

export interface AccountsQuery {
  at: Date;
  type?: 'user' | 'group';
  /** Left out: active ones only, who could use the app. */
  state?: 'active' | 'inactive' | 'any';
  cursor?: string;
  limit?: number;
}

/** Who had an account at a connection then, by id. A page reads its subjects' periods from the primary key. */
export async function accountsAt(
  database: Database,
  tenantId: string,
  connectionId: string,
  { at, type = 'user', state = 'active', cursor, limit = 100 }: AccountsQuery,
): Promise<AccountsPage> {
  const rows = await database.query<Omit<AccountThen, 'subject'> & { id: string; display: string | null }>(
    `select p.subject_id as id, p.state, p.remote_id as "remoteId", p.from_at as since,
       nullif(p.to_at, 'infinity') as until, coalesce(u.user_name, g.display_name) as display
     from (select * from hub.account_period p
           where p.tenant_id = $1 and p.connection_id = $2 and p.subject_type = $3 and p.from_at <= $4
             and p.to_at > $4 and ($5 = 'any' or p.state = $5) and ($6::uuid is null or p.subject_id > $6)
           order by p.subject_id, p.from_position limit $7) p
     left join hub.directory_user u on u.tenant_id = p.tenant_id and u.id = p.subject_id
     left join hub.directory_group g on g.tenant_id = p.tenant_id and g.id = p.subject_id
     order by p.subject_id`,
    [tenantId, connectionId, type, at, state, cursor ?? null, limit + 1],
  );
  const page = rows.slice(0, limit);
  return {
    at,
    items: page.map(({ id, display, ...account }) => ({ subject: { type, id, display }, ...account })),
    nextCursor: rows.length > limit ? page.at(-1)!.id : null,
  };
}

export interface MemberThen {
  id: string;
  type: 'user' | 'group';
  display: string | null;
  since: Date;
  until: Date | null;
}

/** Who was in a group then, by id. */
export async function membersAt(
  database: Database,
  tenantId: string,
  groupId: string,
  { at, cursor, limit = 100 }: { at: Date; cursor?: string; limit?: number },
): Promise<{ at: Date; items: MemberThen[]; nextCursor: string | null }> {
  const rows = await database.query<MemberThen>(
    `select p.member_id as id, p.member_type as type, p.from_at as since, nullif(p.to_at, 'infinity') as until,
       coalesce(u.user_name, g.display_name) as display
     from (select * from hub.membership_period p
           where p.tenant_id = $1 and p.group_id = $2 and p.from_at <= $3 and p.to_at > $3
             and ($4::uuid is null or p.member_id > $4)
           order by p.member_id, p.from_position limit $5) p
     left join hub.directory_user u on u.tenant_id = p.tenant_id and u.id = p.member_id
     left join hub.directory_group g on g.tenant_id = p.tenant_id and g.id = p.member_id
     order by p.member_id`,
    [tenantId, groupId, at, cursor ?? null, limit + 1],
  );
  const items = rows.slice(0, limit);
  return { at, items, nextCursor: rows.length > limit ? items.at(-1)!.id : null };
}
