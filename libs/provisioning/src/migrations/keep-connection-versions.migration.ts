import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every configuration a connection has had. Rows stay when the connection goes: operations name them. */
const table = `
create table hub.connection_version (
  tenant_id uuid not null,
  connection_id uuid not null,
  version int not null,
  at timestamptz not null default now(),
  actor text not null,
  changed text[] not null,
  restored_from int,
  name text not null,
  connector text not null,
  settings jsonb not null,
  mappings jsonb,
  mappings_used jsonb,
  scope jsonb not null,
  policy jsonb not null,
  primary key (tenant_id, connection_id, version)
);
insert into hub.connection_version
  (tenant_id, connection_id, version, at, actor, changed, name, connector, settings, mappings, mappings_used, scope, policy)
select tenant_id, id, config_version, updated_at, 'hub', '{}', name, connector, settings, mappings, mappings, scope, policy
from hub.connection;
`;

export class KeepConnectionVersions1790000000401 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table hub.connection_version');
  }
}
