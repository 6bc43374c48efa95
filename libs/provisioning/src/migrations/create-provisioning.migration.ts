import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = `
create table hub.connection (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  connector text not null,
  settings jsonb not null,
  credentials bytea not null,
  mappings jsonb,
  scope jsonb not null,
  policy jsonb not null,
  config_version int not null default 1,
  state text not null default 'disabled' check (state in ('disabled', 'enabled', 'quarantined')),
  state_reason text,
  not_before timestamptz,
  failures int not null default 0,
  resync_requested int not null default 0,
  resync_done int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
) with (fillfactor = 50);
create unique index connection_name on hub.connection (tenant_id, lower(name));

create table hub.target_object (
  tenant_id uuid not null,
  connection_id uuid not null,
  subject_id uuid not null,
  subject_type text not null check (subject_type in ('user', 'group')),
  remote_id text not null,
  origin text not null check (origin in ('created', 'adopted')),
  state text not null check (state in ('active', 'inactive', 'absent', 'deleted')),
  written jsonb not null,
  leaving_since timestamptz,
  config_version int not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, connection_id, subject_id)
) with (fillfactor = 80);
create unique index target_object_remote on hub.target_object (tenant_id, connection_id, subject_type, remote_id)
  where state in ('active', 'inactive');
create index target_object_subject on hub.target_object (tenant_id, subject_id);

create table hub.target_reference (
  tenant_id uuid not null,
  connection_id uuid not null,
  subject_id uuid not null,
  referenced_id uuid not null,
  parked boolean not null,
  primary key (tenant_id, connection_id, subject_id, referenced_id)
);
create index target_reference_referenced on hub.target_reference (tenant_id, connection_id, referenced_id);

create table hub.target_member (
  tenant_id uuid not null,
  connection_id uuid not null,
  group_id uuid not null,
  member_id uuid not null,
  member_type text not null,
  remote_id text not null,
  primary key (tenant_id, connection_id, group_id, member_id)
);
create index target_member_member on hub.target_member (tenant_id, connection_id, member_id);

create table hub.work_item (
  tenant_id uuid not null,
  connection_id uuid not null,
  subject_id uuid not null,
  subject_type text not null check (subject_type in ('user', 'group')),
  wanted bigint not null,
  done bigint not null default 0,
  revision int not null default 1,
  state text not null default 'due' check (state in ('idle', 'due', 'retrying', 'dead')),
  due_at timestamptz not null default now(),
  attempts int not null default 0,
  last_error jsonb,
  operation_id uuid,
  look_first boolean not null default false,
  skipped text,
  handout int not null default 0,
  handed_until timestamptz,
  failed_handout int,
  lease_owner int,
  primary key (tenant_id, connection_id, subject_id)
) with (fillfactor = 70);
create index work_item_due on hub.work_item (tenant_id, connection_id, subject_type desc, due_at)
  where state in ('due', 'retrying') and handed_until is null;
create index work_item_handed on hub.work_item (tenant_id, connection_id, handed_until) where handed_until is not null;
create index work_item_leased on hub.work_item (lease_owner) where lease_owner is not null;
create index work_item_dead on hub.work_item (tenant_id, connection_id, due_at) where state = 'dead';

create table hub.work_member (
  tenant_id uuid not null,
  connection_id uuid not null,
  group_id uuid not null,
  member_id uuid not null,
  member_type text not null,
  revision int not null default 1,
  parked boolean not null default false,
  primary key (tenant_id, connection_id, group_id, member_id)
) with (fillfactor = 80);
create index work_member_dirty on hub.work_member (tenant_id, connection_id, group_id) where not parked;
create index work_member_parked on hub.work_member (tenant_id, connection_id, member_id) where parked;

create table hub.operation (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  subject_type text not null,
  subject_id uuid not null,
  action text not null,
  status text not null,
  attempts int not null,
  at timestamptz not null,
  started_at timestamptz not null,
  position bigint not null,
  cause bigint not null,
  config_version int not null,
  remote_id text,
  attributes text[] not null,
  members_added int not null,
  members_removed int not null,
  reason text,
  answer text,
  error jsonb,
  next_attempt_at timestamptz,
  duration_ms int not null,
  primary key (tenant_id, id)
);
create index operation_at on hub.operation (tenant_id, at, id);
create index operation_connection on hub.operation (tenant_id, connection_id, at, id);
create index operation_subject on hub.operation (tenant_id, subject_id, at, id);
create index operation_troubled on hub.operation (tenant_id, at, id) where status <> 'succeeded';
`;

const dropped = [
  'operation',
  'work_member',
  'work_item',
  'target_member',
  'target_reference',
  'target_object',
  'connection',
];

export class CreateProvisioning1790000000400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of dropped) await runner.query(`drop table hub.${table}`);
  }
}
