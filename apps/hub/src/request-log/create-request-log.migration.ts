import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ids are UUIDs of version 7, so the primary key is the order of time as well. */
export class CreateRequestLog1790000000600 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table hub.request_log (
        tenant_id uuid not null,
        id uuid not null,
        at timestamptz not null,
        source_id uuid,
        source_name text,
        client text,
        user_agent text,
        method text not null,
        path text not null,
        meaning text not null,
        subject_type text,
        subject_id uuid,
        subject_display text,
        subject_key text,
        others uuid[],
        status smallint not null,
        failed boolean not null,
        scim_type text,
        detail text,
        duration_ms real not null,
        body json,
        events json,
        deviations json,
        primary key (tenant_id, id)
      );
      create index request_log_by_source on hub.request_log (tenant_id, source_id, id);
      create index request_log_by_subject on hub.request_log (tenant_id, subject_id, id)
        where subject_id is not null;
      create index request_log_by_name on hub.request_log (tenant_id, subject_key, id)
        where subject_key is not null;
      create index request_log_failed on hub.request_log (tenant_id, id) where failed;
      create index request_log_by_others on hub.request_log using gin (others) where others is not null;

      create table hub.request_log_settings (
        tenant_id uuid primary key,
        keep_days int not null,
        keep_entries int not null
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table hub.request_log, hub.request_log_settings');
  }
}
