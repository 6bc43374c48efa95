import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was made at the target by a push whose lease was lost before it could be recorded. */
export class RememberWhatWasMade1790000000412 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table hub.work_item add column made jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table hub.work_item drop column made');
  }
}
