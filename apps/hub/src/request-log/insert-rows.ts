import type { Database } from '@rollcall/platform';

const insert = `
  insert into hub.request_log (
    tenant_id, id, at, source_id, source_name, client, user_agent, method, path, meaning, subject_type,
    subject_id, subject_display, subject_key, others, status, failed, scim_type, detail, duration_ms, body,
    events, deviations)
  select r.tenant_id, r.id, r.at, r.source_id, s.name, r.client, r.user_agent, r.method, r.path,
    case when named.display is null then r.meaning
         else replace(r.meaning, r.subject_id::text, '"' || named.display || '"') end,
    r.subject_type, r.subject_id, coalesce(r.subject_display, named.display),
    coalesce(r.subject_key, left(named.key, 200)), r.others, r.status, r.failed, r.scim_type, r.detail,
    r.duration_ms, r.body, r.events, r.deviations
  from json_to_recordset($1::json) as r(
    tenant_id uuid, id uuid, at timestamptz, source_id uuid, client text, user_agent text, method text,
    path text, meaning text, subject_type text, subject_id uuid, subject_display text, subject_key text,
    others uuid[], status smallint, failed boolean, scim_type text, detail text, duration_ms real, body json,
    events json, deviations json)
  left join hub.source s on s.tenant_id = r.tenant_id and s.id = r.source_id
  left join lateral (
    select u.user_name as display, u.user_name_key as key from hub.directory_user u
    where r.subject_type = 'User' and u.tenant_id = r.tenant_id and u.id = r.subject_id
    union all
    select g.display_name, g.display_name_key from hub.directory_group g
    where r.subject_type = 'Group' and g.tenant_id = r.tenant_id and g.id = r.subject_id
  ) named on r.subject_display is null and r.subject_id is not null
  on conflict do nothing`;

/**
 * Writes rows, each given as the JSON of a LogRow, with one statement, and adds the names of the subjects that the requests named by id only.
 * Does not wait for the disk: what a crash of the server loses is the last moments of a log.
 */
export async function insertRows(database: Database, rows: readonly string[]): Promise<void> {
  const json = `[${rows.join(',')}]`;
  await database.transaction(async (client) => {
    await client.query('set local synchronous_commit = off');
    await client.query({
      name: 'request-log.insert',
      text: insert,
      values: [unstorable.test(json) ? json.replaceAll(unstorableEscapes, '\\ufffd') : json],
    });
  });
}

/** NUL and lone surrogates, which Postgres cannot store in text, as JSON.stringify writes them. */
const unstorable = /\\u(?:0000|d[89a-f])/;
const unstorableEscapes = /\\u(?:0000|d[89a-f][0-9a-f]{2})/g;
