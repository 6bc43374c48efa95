import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The log. A tenant's counter row is taken first by every append, so positions are gapless and in commit
 * order, and the checks of the stream's version and of the claims below it cannot be raced.
 */
const tables = `
create table hub.tenant_counter (
  tenant_id uuid primary key,
  position bigint not null
) with (fillfactor = 20);

create table hub.event (
  tenant_id uuid not null,
  position bigint not null,
  stream_id uuid not null,
  stream_type text not null,
  version int not null,
  type text not null,
  schema_version smallint not null,
  subject_id uuid not null,
  payload bytea not null,
  metadata jsonb not null,
  recorded_at timestamptz not null,
  primary key (tenant_id, position)
);
create unique index event_by_stream on hub.event (tenant_id, stream_id, version);

create table hub.claim (
  tenant_id uuid not null,
  kind text not null,
  key text not null,
  stream_id uuid not null,
  primary key (tenant_id, kind, key)
);

create table hub.subject_key (
  tenant_id uuid not null,
  subject_id uuid not null,
  wrapped bytea,
  created_at timestamptz not null default now(),
  destroyed_at timestamptz,
  primary key (tenant_id, subject_id)
);

create table hub.checkpoint (
  tenant_id uuid not null,
  subscriber text not null,
  position bigint not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, subscriber)
) with (fillfactor = 20);

create table hub.parked_stream (
  tenant_id uuid not null,
  subscriber text not null,
  stream_id uuid not null,
  position bigint not null,
  error text not null,
  parked_at timestamptz not null default now(),
  primary key (tenant_id, subscriber, stream_id)
);
`;

/**
 * p_appends: [{"s": stream id, "t": stream type, "u": subject id, "x": expected version (-1 any, -2 exists),
 *   "k": wrapped subject key as hex (new subject only), "m": metadata,
 *   "r": [[kind, key], ...] releases, "c": [[kind, key], ...] claims,
 *   "e": [[type, schema version, offset, length], ...]}, ...]; offsets count from 1 into p_payloads.
 * Answers one outcome an append, in order: {"position", "version", "at"} of its last event, or
 *   {"conflict": "version", "version": actual} or {"conflict": "claim", "kind", "key", "holder"}.
 * An append that clashes changes nothing and does not disturb its neighbours.
 * Planner settings, `offset 0` and the loop all say one thing: look each key up in its index. A plan that was
 * made and cached while the tables were small would read all of them, for hours.
 */
const append = `
create function hub.append(p_tenant uuid, p_appends jsonb, p_payloads bytea) returns jsonb
language plpgsql
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  v_position bigint;
  v_start bigint;
  v_now timestamptz;
  v_append jsonb;
  v_stream uuid;
  v_version int;
  v_expected int;
  v_events int;
  v_claim record;
  v_release jsonb;
  v_outcomes jsonb[] := '{}';
begin
  select position into v_position from hub.tenant_counter where tenant_id = p_tenant for update;
  if not found then
    insert into hub.tenant_counter values (p_tenant, 0) on conflict do nothing;
    select position into v_position from hub.tenant_counter where tenant_id = p_tenant for update;
  end if;
  v_start := v_position;
  v_now := clock_timestamp();

  for v_append in select value from jsonb_array_elements(p_appends) loop
    v_stream := (v_append->>'s')::uuid;
    v_expected := (v_append->>'x')::int;
    select version into v_version from hub.event
      where tenant_id = p_tenant and stream_id = v_stream order by version desc limit 1;
    v_version := coalesce(v_version, 0);
    if not (v_expected = v_version or v_expected = -1 or (v_expected = -2 and v_version > 0)) then
      v_outcomes := v_outcomes || jsonb_build_object('conflict', 'version', 'version', v_version);
      continue;
    end if;

    if v_append ? 'c' then
      select c.kind, c.key, c.stream_id into v_claim
        from jsonb_array_elements(v_append->'c') w,
        lateral (select * from hub.claim c
                 where c.tenant_id = p_tenant and c.kind = w->>0 and c.key = w->>1 offset 0) c
        where c.stream_id <> v_stream limit 1;
      if found then
        v_outcomes := v_outcomes || jsonb_build_object(
          'conflict', 'claim', 'kind', v_claim.kind, 'key', v_claim.key, 'holder', v_claim.stream_id);
        continue;
      end if;
    end if;
    if v_append ? 'r' then
      for v_release in select value from jsonb_array_elements(v_append->'r') loop
        delete from hub.claim c where c.tenant_id = p_tenant and c.kind = v_release->>0
          and c.key = v_release->>1 and c.stream_id = v_stream;
      end loop;
    end if;
    if v_append ? 'c' then
      insert into hub.claim select p_tenant, w->>0, w->>1, v_stream from jsonb_array_elements(v_append->'c') w
        on conflict do nothing;
    end if;
    if v_append ? 'k' then
      insert into hub.subject_key (tenant_id, subject_id, wrapped)
        values (p_tenant, (v_append->>'u')::uuid, decode(v_append->>'k', 'hex'));
    end if;

    insert into hub.event
      select p_tenant, v_position + e.ordinality, v_stream, v_append->>'t', v_version + e.ordinality,
             e.value->>0, (e.value->>1)::smallint, (v_append->>'u')::uuid,
             substring(p_payloads from (e.value->>2)::int for (e.value->>3)::int), v_append->'m', v_now
      from jsonb_array_elements(v_append->'e') with ordinality e;
    get diagnostics v_events = row_count;
    v_position := v_position + v_events;
    v_outcomes := v_outcomes || jsonb_build_object(
      'position', v_position, 'version', v_version + v_events, 'at', v_now);
  end loop;

  if v_position > v_start then
    update hub.tenant_counter set position = v_position where tenant_id = p_tenant;
  end if;
  return to_jsonb(v_outcomes);
end $$;
`;

export class CreateEventStore1790000000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(append);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function hub.append');
    await runner.query(
      'drop table hub.parked_stream, hub.checkpoint, hub.subject_key, hub.claim, hub.event, hub.tenant_counter',
    );
  }
}
