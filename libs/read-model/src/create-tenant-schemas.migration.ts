import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The extension schemas of a tenant, and what is still to be done because one of them changed: the search
 * documents of resources that have values under `urns` (lower case) and an id behind `done_to` are made again.
 */
const tables = `
create table hub.tenant_schemas (
  tenant_id uuid primary key,
  version int not null,
  content jsonb not null
);

create table hub.search_remake (
  tenant_id uuid not null,
  resource_type text not null check (resource_type in ('User', 'Group')),
  urns text[] not null,
  done_to uuid not null,
  primary key (tenant_id, resource_type)
);
`;

export class CreateTenantSchemas1790000000302 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table hub.search_remake, hub.tenant_schemas');
  }
}
