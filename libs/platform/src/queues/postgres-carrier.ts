import {
  createPostgresBackend,
  type Processor,
  Queue,
  type QueueOptions,
  runMigrations,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import pg from 'pg';
import type { Carrier } from './carrier.js';

const sharedConnections = 10;

/** BullMQ on Postgres, in the schema `bullmq` of the hub's database. */
export async function openPostgresCarrier(databaseUrl: string): Promise<Carrier> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: sharedConnections,
    keepAlive: true,
    application_name: 'rollcall-queues',
    // BullMQ leaves the search path of a pool that it is given alone.
    options: '-c search_path=bullmq',
  });
  // Each queue and worker listens for the pool's errors.
  pool.setMaxListeners(0);
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  await migrate(pool);
  const connection = pool as unknown as QueueOptions['connection'];
  return {
    backend: 'postgres',
    // Here an age is looked up in an index, whereas a count is counted at every completion.
    queueOptions: {
      connection,
      streams: { events: { maxLen: 500 } },
      defaultJobOptions: { removeOnComplete: { age: 300 } },
    },
    workerOptions: { connection },
    createQueue: (name, options) => new Queue(name, options, createPostgresBackend as never),
    createWorker(name: string, processor: Processor, options: WorkerOptions) {
      // A worker keeps one client for LISTEN, for as long as it lives.
      pool.options.max += 1;
      const worker = new Worker(name, processor, options, createPostgresBackend as never);
      worker.on('closed', () => (pool.options.max -= 1));
      return worker;
    },
    async queueNames() {
      const { rows } = await pool.query<{ queue: string }>('select distinct queue from meta order by queue');
      return rows.map(({ queue }) => queue);
    },
    async check() {
      await pool.query('select 1');
    },
    close: () => pool.end(),
  };
}

async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client as never);
  } finally {
    client.release();
  }
}
