import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddSourceAccess1790000000110 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table hub.source
        add column allowed_ips text[] not null default '{}',
        add column requests_per_second integer,
        add column jwt jsonb;
      create unique index source_by_trusted_issuer
        on hub.source ((jwt ->> 'issuer'), (jwt ->> 'audience')) where jwt is not null;

      create table hub.source_secret (
        tenant_id uuid not null,
        source_id uuid not null,
        id uuid not null,
        hash_key text not null,
        hash bytea not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz,
        last_used_at timestamptz,
        primary key (tenant_id, source_id, id),
        foreign key (tenant_id, source_id) references hub.source on delete cascade
      );
      create index on hub.source_secret (hash_key);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table hub.source_secret;
      drop index hub.source_by_trusted_issuer;
      alter table hub.source drop column jwt, drop column requests_per_second, drop column allowed_ips;
    `);
  }
}
