import type { MigrationInterface, QueryRunner } from 'typeorm';

const added = `
create table hub.connection_outcome (
  tenant_id uuid not null,
  connection_id uuid not null,
  epoch int not null,
  slice bigint not null,
  good int not null,
  faults int not null,
  primary key (tenant_id, connection_id, epoch, slice)
) with (fillfactor = 50);
`;

const removed = `drop table hub.connection_outcome;`;

/** How operations ended, counted by all processes together; a few rows a connection, dropped as they age. */
export class ShareOutcomes1790000000440 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(added);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(removed);
  }
}
