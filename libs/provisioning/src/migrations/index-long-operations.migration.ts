import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One that was held has a single attempt and still ends long after it began. */
export class IndexLongOperations1790000000422 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index hub.operation_repeated;
      create index operation_long on hub.operation (tenant_id, at) include (started_at) where at > started_at`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index hub.operation_long;
      create index operation_repeated on hub.operation (tenant_id, at) include (started_at) where attempts > 1`);
  }
}
