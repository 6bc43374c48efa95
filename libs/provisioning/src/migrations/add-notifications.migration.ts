import type { MigrationInterface, QueryRunner } from 'typeorm';

/** At most one open alert a cause; what is to be sent of it is written in the same transaction. */
const tables = `
create table hub.notification_channel (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  type text not null check (type in ('smtp', 'webhook')),
  settings jsonb not null,
  secret bytea,
  events text[] not null,
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

create table hub.notification_settings (
  tenant_id uuid primary key,
  dead_letters int not null,
  secret_expiry_days int not null
);

create table hub.alert (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  cause text not null,
  connection_id uuid,
  summary text not null,
  remedy text not null,
  details jsonb not null,
  opened_at timestamptz not null default now(),
  closed_at timestamptz,
  primary key (tenant_id, id)
);
create unique index alert_open on hub.alert (tenant_id, cause) where closed_at is null;
create index alert_opened on hub.alert (tenant_id, opened_at, id);

create table hub.alert_delivery (
  tenant_id uuid not null,
  id uuid not null,
  alert_id uuid not null,
  channel_id uuid not null,
  phase text not null check (phase in ('opened', 'closed')),
  state text not null default 'pending' check (state in ('pending', 'sent', 'failed')),
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  primary key (tenant_id, id)
) with (fillfactor = 70);
create index alert_delivery_pending on hub.alert_delivery (next_at) where state = 'pending';
create index alert_delivery_of_alert on hub.alert_delivery (tenant_id, alert_id);
`;

export class AddNotifications1790000000421 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table hub.alert_delivery, hub.alert, hub.notification_settings, hub.notification_channel',
    );
  }
}
