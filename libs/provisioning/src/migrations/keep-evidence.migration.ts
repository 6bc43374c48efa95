import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The report is read in the order in which operations began, which never changes, so that nobody is seen twice or
 * missed while later attempts come in.
 */
const operations = `
alter table hub.operation add column caused_at timestamptz, add column converged_ms bigint;
drop index hub.operation_at;
drop index hub.operation_subject;
drop index hub.operation_troubled;
create index operation_begun on hub.operation (tenant_id, started_at, id);
create index operation_begun_at_connection on hub.operation (tenant_id, connection_id, started_at, id);
create index operation_begun_for_subject on hub.operation (tenant_id, subject_id, started_at, id);
create index operation_troubled on hub.operation (tenant_id, started_at, id) where status <> 'succeeded';
create index operation_repeated on hub.operation (tenant_id, at) include (started_at) where attempts > 1;

create table hub.convergence_total (
  tenant_id uuid not null,
  connection_id uuid not null,
  bucket int not null,
  operations bigint not null,
  milliseconds bigint not null,
  primary key (tenant_id, connection_id, bucket)
) with (fillfactor = 50);
`;

/** Who was in which group, and who had which account, from when until when. Ids only. */
const periods = `
create table hub.membership_period (
  tenant_id uuid not null,
  group_id uuid not null,
  member_id uuid not null,
  member_type text not null check (member_type in ('user', 'group')),
  from_position bigint not null,
  from_at timestamptz not null,
  to_position bigint,
  to_at timestamptz not null default 'infinity',
  ended text check (ended in ('removed', 'group-deleted', 'member-deleted')),
  primary key (tenant_id, group_id, member_id, from_position)
) with (fillfactor = 90);
create index membership_period_of_member on hub.membership_period (tenant_id, member_id, from_position);

create table hub.account_period (
  tenant_id uuid not null,
  connection_id uuid not null,
  subject_id uuid not null,
  subject_type text not null check (subject_type in ('user', 'group')),
  from_position bigint not null,
  from_at timestamptz not null,
  to_position bigint,
  to_at timestamptz not null default 'infinity',
  state text not null check (state in ('active', 'inactive')),
  remote_id text,
  primary key (tenant_id, connection_id, subject_type, subject_id, from_position)
) with (fillfactor = 90);
create index account_period_of_subject on hub.account_period (tenant_id, subject_id);
create index account_period_open on hub.account_period (tenant_id, connection_id, remote_id) where to_position is null;
`;

const runs = `
create table hub.provisioning_run (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  connection_id uuid not null,
  number int not null,
  kind text not null check (kind in ('first-cycle', 'resync', 'configuration-change')),
  config_version int not null,
  state text not null default 'running' check (state in ('running', 'paused', 'cancelled', 'finished')),
  total int not null,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  ended_by text,
  primary key (tenant_id, id)
);
create unique index provisioning_run_number on hub.provisioning_run (tenant_id, connection_id, number);
alter table hub.work_item add column run int, add column run_revision int;
create index work_item_run on hub.work_item (tenant_id, connection_id, run) where run is not null;
`;

const erasures = `
create table hub.erasure (
  tenant_id uuid not null,
  subject_id uuid not null,
  at timestamptz not null default now(),
  actor text not null,
  accounts jsonb not null,
  primary key (tenant_id, subject_id)
);
`;

export class KeepEvidence1790000000420 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const part of [operations, periods, runs, erasures]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table hub.erasure, hub.provisioning_run, hub.account_period, hub.membership_period, hub.convergence_total;
      alter table hub.work_item drop column run, drop column run_revision;
      drop index hub.operation_begun, hub.operation_begun_at_connection, hub.operation_begun_for_subject,
        hub.operation_troubled, hub.operation_repeated;
      alter table hub.operation drop column caused_at, drop column converged_ms;
      create index operation_at on hub.operation (tenant_id, at, id);
      create index operation_subject on hub.operation (tenant_id, subject_id, at, id);
      create index operation_troubled on hub.operation (tenant_id, at, id) where status <> 'succeeded';`);
  }
}
