import { collectDefaultMetrics, Registry } from 'prom-client';

/** The process's metrics in Prometheus form. Rooms register their own counters and gauges here. */
export class Metrics extends Registry {
  constructor() {
    super();
    collectDefaultMetrics({ register: this });
  }
}
