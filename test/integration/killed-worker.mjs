// Takes one job with the hub's times, says so, and never finishes it: made to be killed.
import { createPostgresBackend, Worker } from 'bullmq';
import pg from 'pg';

const { backend, url, prefix, queue } = JSON.parse(process.argv[2]);
const connection =
  backend === 'postgres'
    ? new pg.Pool({ connectionString: url, options: '-c search_path=bullmq' })
    : { url, maxRetriesPerRequest: null };
const neverDone = () => {
  process.stdout.write('taken\n');
  return new Promise((resolve) => setTimeout(resolve, 600_000));
};
new Worker(
  queue,
  neverDone,
  { connection, ...(backend === 'redis' ? { prefix } : {}), lockDuration: 6_000, stalledInterval: 3_000 },
  ...(backend === 'postgres' ? [createPostgresBackend] : []),
);
