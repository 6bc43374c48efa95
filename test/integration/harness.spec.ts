import { Redis } from 'ioredis';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { expect, it } from 'vitest';
import { createTestDatabase, describeWithRedis, startRedis } from '../harness/index.js';

class CreateShelf1790000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table hub.shelf (book text)');
  }
  async down(): Promise<void> {}
}

it('gives every caller a migrated database of its own', async () => {
  const options = { migrations: [CreateShelf1790000000001] };
  const [first, second] = await Promise.all([createTestDatabase(options), createTestDatabase(options)]);
  await first.database.query(`insert into hub.shelf values ('Middlemarch')`);
  expect(await first.database.query('select * from hub.shelf')).toEqual([{ book: 'Middlemarch' }]);
  expect(await second.database.query('select * from hub.shelf')).toEqual([]);
  await Promise.all([first.drop(), second.drop()]);
});

describeWithRedis('a Redis of the test’s own', () => {
  it('keeps what it acknowledged over a kill, and forgets it when flushed', async () => {
    const server = await startRedis();
    const client = new Redis(server.url);
    await client.config('SET', 'appendfsync', 'always');
    await client.set('book', 'Middlemarch');
    client.disconnect();
    await server.kill();
    await server.start();
    const again = new Redis(server.url);
    expect(await again.get('book')).toBe('Middlemarch');
    await server.flush();
    expect(await again.get('book')).toBeNull();
    again.disconnect();
    await server.stop();
  });
});
