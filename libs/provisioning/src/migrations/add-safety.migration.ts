import type { MigrationInterface, QueryRunner } from 'typeorm';

const added = `
alter table hub.work_item drop constraint work_item_state_check;
alter table hub.work_item add constraint work_item_state_check
  check (state in ('idle', 'due', 'retrying', 'dead', 'held', 'denied'));
alter table hub.work_item add column hold jsonb, add column dead_cause text;

alter table hub.connection add column paused_at timestamptz, add column paused_until timestamptz,
  add column pause_reason text, add column paused_by text;

alter table hub.target_object add column kept jsonb;
create index target_object_leaving on hub.target_object (tenant_id, connection_id, subject_id)
  where leaving_since is not null;

create table hub.hold (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  action text not null,
  subject_type text not null check (subject_type in ('user', 'group')),
  state text not null default 'open'
    check (state in ('open', 'allowed', 'partly-allowed', 'denied', 'withdrawn')),
  cause jsonb not null,
  threshold jsonb not null,
  opened_at timestamptz not null default now(),
  closed_at timestamptz,
  primary key (tenant_id, id)
);
create unique index hold_open on hub.hold (tenant_id, connection_id, action, subject_type) where state = 'open';
create index hold_opened on hub.hold (tenant_id, opened_at, id);

create table hub.hold_item (
  tenant_id uuid not null,
  hold_id uuid not null,
  subject_id uuid not null,
  connection_id uuid not null,
  state text not null check (state in ('held', 'allowed', 'denied', 'withdrawn', 'done')),
  reason text not null,
  attributes text[] not null,
  operation_id uuid not null,
  held_at timestamptz not null default now(),
  decided_at timestamptz,
  decided_by text,
  note text,
  primary key (tenant_id, hold_id, subject_id)
);

create table hub.guard_pass (
  tenant_id uuid not null,
  connection_id uuid not null,
  action text not null,
  subject_type text not null,
  subject_id uuid not null,
  at timestamptz not null default now(),
  primary key (tenant_id, connection_id, action, subject_type, subject_id)
);

create table hub.connection_pace (
  tenant_id uuid not null,
  connection_id uuid not null,
  rate float8,
  next_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  primary key (tenant_id, connection_id)
) with (fillfactor = 50);
`;

const removed = `
drop table hub.connection_pace;
drop table hub.guard_pass;
drop table hub.hold_item;
drop table hub.hold;
drop index hub.target_object_leaving;
alter table hub.target_object drop column kept;
alter table hub.connection drop column paused_at, drop column paused_until, drop column pause_reason,
  drop column paused_by;
update hub.work_item set state = 'due' where state in ('held', 'denied');
alter table hub.work_item drop column hold, drop column dead_cause;
alter table hub.work_item drop constraint work_item_state_check;
alter table hub.work_item add constraint work_item_state_check check (state in ('idle', 'due', 'retrying', 'dead'));
`;

export class AddSafety1790000000410 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(added);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(removed);
  }
}
