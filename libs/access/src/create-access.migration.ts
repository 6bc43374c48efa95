import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAccess1790000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table hub.installation (
        only_one boolean primary key default true check (only_one),
        id uuid not null,
        key_check bytea not null
      );

      create table hub.tenant (
        tenant_id uuid primary key,
        name text not null,
        is_default boolean not null,
        created_at timestamptz not null default now()
      );
      create unique index on hub.tenant (is_default) where is_default;

      create table hub.source (
        tenant_id uuid not null references hub.tenant,
        id uuid not null,
        name text not null,
        client text not null,
        created_at timestamptz not null default now(),
        primary key (tenant_id, id)
      );

      create table hub.source_token (
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
      create index on hub.source_token (hash_key);

      create table hub.api_key (
        tenant_id uuid not null references hub.tenant,
        id uuid not null,
        name text not null,
        hash_key text not null,
        hash bytea not null,
        created_at timestamptz not null default now(),
        last_used_at timestamptz,
        primary key (tenant_id, id)
      );
      create index on hub.api_key (hash_key);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table hub.api_key, hub.source_token, hub.source, hub.tenant, hub.installation');
  }
}
