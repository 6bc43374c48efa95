import { Database } from '@rollcall/platform';
import { loadSubjects } from '../push/load-subjects.js';
import type { Configuration } from '../plan/plan.js';
import { type CompiledScope, groupInScope, type ScopeAnswer, userInScope } from '../scope/in-scope.js';
import { displaysOf } from '../history/member-names.js';

export const scopeLists = ['in', 'entering', 'leaving', 'out'] as const;
export type ScopeList = (typeof scopeLists)[number];

export interface ScopePreview {
  /** Of the whole directory. `in` counts who is in scope by what is asked, `entering` and `leaving` beside the saved scope. Null after the first page. */
  counts: { total: number; in: number; entering: number; leaving: number } | null;
  items: { id: string; display: string; reason?: string }[];
  nextCursor: string | null;
}

const pageSize = 2_000;

/** Who would be in scope, beside who is: by the functions that decide it in a push. The tables must be up to date. */
export async function previewScope(
  database: Database,
  tenantId: string,
  connectionId: string,
  saved: Configuration,
  drafted: Configuration,
  { type, list, cursor, limit }: { type: 'user' | 'group'; list: ScopeList; cursor?: string; limit: number },
): Promise<ScopePreview> {
  const counts = { total: 0, in: 0, entering: 0, leaving: 0 };
  const found: { id: string; reason?: string }[] = [];
  const loading: Configuration = {
    ...drafted,
    users: { ...drafted.users, attributes: [] },
    scope: bothScopes(saved.scope, drafted.scope),
  };
  let after = cursor ?? null;
  for (;;) {
    const ids = await idsAfter(database, tenantId, type, after);
    const asked = { users: type === 'user' ? ids : [], groups: type === 'group' ? ids : [], memberLimit: 0 };
    const { users, groups } = await loadSubjects(database, tenantId, connectionId, loading, asked);
    for (const id of ids) {
      const user = users.get(id)?.user;
      const group = groups.get(id)?.group;
      if (!user && !group) continue;
      const answer = (scope: CompiledScope): ScopeAnswer =>
        user ? userInScope(scope, user.search, user.memberOf) : groupInScope(scope, id, group!.search);
      const [was, will] = [answer(saved.scope), answer(drafted.scope)];
      counts.total += 1;
      if (will.inScope) counts.in += 1;
      if (will.inScope && !was.inScope) counts.entering += 1;
      if (!will.inScope && was.inScope) counts.leaving += 1;
      const wanted = {
        in: will.inScope,
        out: !will.inScope,
        entering: will.inScope && !was.inScope,
        leaving: !will.inScope && was.inScope,
      }[list];
      if (wanted && found.length <= limit) found.push({ id, ...(!will.inScope && { reason: will.reason }) });
    }
    after = ids.at(-1) ?? null;
    if (ids.length < pageSize || (cursor !== undefined && found.length > limit)) break;
  }
  const items = found.slice(0, limit);
  const names = await displaysOf(
    database,
    tenantId,
    items.map(({ id }) => id),
  );
  return {
    counts: cursor === undefined ? counts : null,
    items: items.map((item) => ({ ...item, display: names.get(item.id) ?? item.id })),
    nextCursor: found.length > limit ? items.at(-1)!.id : null,
  };
}

/** For loading: what either scope looks at. */
export function bothScopes(one: CompiledScope, other: CompiledScope): CompiledScope {
  const groups = (type: 'users' | 'groups') => {
    const named = [...(one[type].groups ?? []), ...(other[type].groups ?? [])];
    return one[type].groups || other[type].groups ? { groups: new Set(named) } : {};
  };
  const rule = (type: 'users' | 'groups') => {
    const either = one[type].rule ?? other[type].rule;
    return either ? { rule: either } : {};
  };
  return {
    users: { ...groups('users'), ...rule('users') },
    groups: { ...groups('groups'), ...rule('groups') },
  };
}

async function idsAfter(
  database: Database,
  tenantId: string,
  type: 'user' | 'group',
  after: string | null,
): Promise<string[]> {
  const table = type === 'user' ? 'hub.directory_user' : 'hub.directory_group';
  const rows = await database.query<{ id: string }>(
    `select id from ${table} where tenant_id = $1 and deleted_at is null and ($2::uuid is null or id > $2)
     order by id limit ${pageSize}`,
    [tenantId, after],
  );
  return rows.map(({ id }) => id);
}
