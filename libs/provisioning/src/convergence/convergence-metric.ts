import { Database, Metrics } from '@rollcall/platform';
import { bucketBounds } from './convergence-buckets.js';

const name = 'rollcall_convergence_seconds';
const help =
  'Seconds from an accepted change to its confirmation at the target, by connection; the same in every process';

interface Row {
  connection: string;
  bucket: number;
  operations: number;
  milliseconds: number;
}

/** A Prometheus histogram whose counts live in the database, so that restarts and processes do not matter. */
export function registerConvergenceMetric(metrics: Metrics, database: Database): void {
  const get = async () => {
    const rows = await database.query<Row>(
      `select connection_id as connection, bucket, operations::float8 as operations,
         milliseconds::float8 as milliseconds from hub.convergence_total order by connection_id, bucket`,
    );
    return { name, help, type: 'histogram', aggregator: 'first', values: valuesOf(rows) };
  };
  metrics.registerMetric({ name, help, get, reset: () => undefined } as never);
}

function valuesOf(rows: Row[]) {
  const byConnection = new Map<string, Row[]>();
  for (const row of rows)
    byConnection.set(row.connection, [...(byConnection.get(row.connection) ?? []), row]);
  return [...byConnection].flatMap(([connection, own]) => {
    let count = 0;
    const buckets = [...bucketBounds, Infinity].map((bound, at) => {
      count += own.find(({ bucket }) => bucket === at)?.operations ?? 0;
      const le = bound === Infinity ? '+Inf' : String(bound / 1_000);
      return { labels: { connection, le }, value: count, metricName: `${name}_bucket` };
    });
    const sum = own.reduce((total, { milliseconds }) => total + milliseconds, 0) / 1_000;
    return [
      ...buckets,
      { labels: { connection }, value: sum, metricName: `${name}_sum` },
      { labels: { connection }, value: count, metricName: `${name}_count` },
    ];
  });
}
