import type { Database } from '@rollcall/platform';
import { subjectKey } from './log-row.js';

/**
 * Takes a person out of the request log: what was sent, said and answered about the user is removed from each
 * request that was about them, alone or among others; that there was a request, when, and its status stay.
 * @param names further texts that stand for the person, such as the userName and e-mail addresses: they are
 *   looked for in what requests meant, in addresses and in details
 * @returns how many requests were changed
 */
export async function eraseFromRequestLog(
  database: Pick<Database, 'query'>,
  tenantId: string,
  subjectId: string,
  names: readonly string[] = [],
): Promise<number> {
  const said = names.filter((name) => name !== '');
  const changed = await database.query(
    `update hub.request_log l set
       meaning = '(erased)', path = split_part(path, '?', 1), detail = null, body = null, deviations = null,
       subject_display = null, subject_key = null
     where tenant_id = $1 and (
       subject_id = $2 or others @> array[$2::uuid] or subject_key = any($3::text[])
       or exists (select from unnest($4::text[]) name where
         strpos(lower(meaning), name) > 0 or strpos(lower(path), name) > 0 or strpos(lower(detail), name) > 0
         or strpos(lower(body::text), name) > 0))
     returning id`,
    [tenantId, subjectId, said.map(subjectKey), said.map((name) => name.toLowerCase())],
  );
  return changed.length;
}
