import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when a connection has not worked; it stays through a person's attempts to repair it. */
export class RememberQuarantine1790000000411 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table hub.connection add column quarantined_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table hub.connection drop column quarantined_at');
  }
}
