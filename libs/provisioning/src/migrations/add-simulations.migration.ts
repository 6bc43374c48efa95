import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Groups in groups are few among the memberships: they are walked up and down by an index of their own. */
const up = `
create index directory_member_nested on hub.directory_member (tenant_id, group_id) include (member_id)
  where member_type = 'Group';

create table hub.simulation (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'cancelled', 'failed')),
  draft jsonb not null,
  base_version int not null,
  actor text not null,
  total int,
  done int not null default 0,
  reached uuid,
  result jsonb not null default '{}',
  error text,
  runner uuid,
  beat_at timestamptz,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, id)
);
create index simulation_of_connection on hub.simulation (tenant_id, connection_id, created_at);
create index simulation_unfinished on hub.simulation (created_at) where state in ('queued', 'running');

create table hub.simulation_subject (
  tenant_id uuid not null,
  simulation_id uuid not null,
  subject_id uuid not null,
  subject_type text not null,
  live text not null,
  draft text not null,
  differs boolean not null,
  has_account boolean not null,
  reason text not null,
  live_reason text not null,
  changes jsonb,
  primary key (tenant_id, simulation_id, subject_id),
  foreign key (tenant_id, simulation_id) references hub.simulation on delete cascade
);
create index simulation_subject_differs on hub.simulation_subject (tenant_id, simulation_id, subject_type, draft, subject_id)
  where differs;
`;

const down = `
drop table hub.simulation_subject;
drop table hub.simulation;
drop index hub.directory_member_nested;
`;

export class AddSimulations1790000000430 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
