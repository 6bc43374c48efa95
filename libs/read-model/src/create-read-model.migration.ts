import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `search` is the resource normalised for comparison (strings without case where the schema says so), so one
 * GIN index serves equality on every attribute, also on those a tenant adds.
 */
const tables = `
create table hub.directory_user (
  tenant_id uuid not null,
  id uuid not null,
  version int not null,
  position bigint not null,
  user_name text not null,
  user_name_key text not null,
  external_id text,
  display_name text,
  active boolean not null,
  resource jsonb not null,
  search jsonb not null,
  created_at timestamptz not null,
  last_modified timestamptz not null,
  deleted_at timestamptz,
  primary key (tenant_id, id)
) with (fillfactor = 85);
create index directory_user_by_name on hub.directory_user (tenant_id, user_name_key) where deleted_at is null;
create index directory_user_search on hub.directory_user using gin (search jsonb_path_ops) where deleted_at is null;

create table hub.directory_group (
  tenant_id uuid not null,
  id uuid not null,
  version int not null,
  position bigint not null,
  display_name text not null,
  display_name_key text not null,
  external_id text,
  resource jsonb not null,
  search jsonb not null,
  created_at timestamptz not null,
  last_modified timestamptz not null,
  deleted_at timestamptz,
  primary key (tenant_id, id)
) with (fillfactor = 85);
create index directory_group_by_name on hub.directory_group (tenant_id, display_name_key) where deleted_at is null;
create index directory_group_search on hub.directory_group using gin (search jsonb_path_ops) where deleted_at is null;

create table hub.directory_member (
  tenant_id uuid not null,
  group_id uuid not null,
  member_id uuid not null,
  member_type text not null check (member_type in ('User', 'Group')),
  position bigint not null,
  primary key (tenant_id, group_id, member_id)
);
create index directory_member_by_member on hub.directory_member (tenant_id, member_id);
`;

export class CreateReadModel1790000000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table hub.directory_member, hub.directory_group, hub.directory_user');
  }
}
