import { Injectable } from '@nestjs/common';
import { Database, Metrics } from '@rollcall/platform';
import { registerConvergenceMetric } from '@rollcall/provisioning';
import { Gauge } from 'prom-client';

const lags = `
  select t.tenant_id as tenant, c.subscriber, (t.position - c.position)::float8 as value
  from hub.tenant_counter t join hub.checkpoint c using (tenant_id)`;
const parked = `select tenant_id as tenant, subscriber, count(*)::float8 as value from hub.parked_stream group by 1, 2`;
const work = `
  select connection_id as connection, state, count(*)::float8 as value from hub.work_item
  where state <> 'idle' group by 1, 2`;
const oldest = `
  select connection_id as connection, extract(epoch from now() - min(due_at))::float8 as value
  from hub.work_item where state in ('due', 'retrying') and due_at <= now() group by 1`;

/** What an operator watches: how far behind each subscriber is, what is parked, what waits for each connection. */
@Injectable()
export class HubMetrics {
  constructor(metrics: Metrics, database: Database) {
    const fromQuery = (name: string, help: string, labelNames: string[], statement: string) =>
      new Gauge({
        name,
        help,
        labelNames,
        registers: [metrics],
        async collect() {
          const rows = await database.query<Record<string, string> & { value: never }>(statement);
          this.reset();
          for (const { value, ...labels } of rows) this.set(labels, value);
        },
      });
    fromQuery(
      'rollcall_subscriber_behind_events',
      'Events a subscriber has not seen',
      ['tenant', 'subscriber'],
      lags,
    );
    fromQuery(
      'rollcall_parked_streams',
      'Streams left aside after an error',
      ['tenant', 'subscriber'],
      parked,
    );
    fromQuery('rollcall_work_items', 'Work items not yet done, by state', ['connection', 'state'], work);
    fromQuery(
      'rollcall_oldest_due_seconds',
      'Age of the oldest work item that is due',
      ['connection'],
      oldest,
    );
    registerConvergenceMetric(metrics, database);
  }
}
