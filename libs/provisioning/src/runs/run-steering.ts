import { Database, Keyring, Queues } from '@rollcall/platform';
import type { ConnectorAccess } from '../connections/open-connection.js';
import { type Cancelled, cancelRun } from './cancel-run.js';
import type { Run } from './run.js';
import { pauseRun, resumeRun } from './steer-run.js';

/** Pausing, resuming and cancelling runs. Each answers undefined for an unknown run and throws RunOver. */
export class RunSteering {
  constructor(
    private readonly parts: {
      database: Database;
      keyring: Keyring;
      queues: Queues;
      connectors: ConnectorAccess;
    },
  ) {}

  pause(tenantId: string, connectionId: string, runId: string): Promise<Run | undefined> {
    return pauseRun(this.parts.database, tenantId, connectionId, runId);
  }

  resume(tenantId: string, connectionId: string, runId: string): Promise<Run | undefined> {
    const { database, queues } = this.parts;
    return resumeRun(database, queues, tenantId, connectionId, runId);
  }

  cancel(
    tenantId: string,
    connectionId: string,
    runId: string,
    actor: string,
  ): Promise<Cancelled | undefined> {
    return cancelRun(this.parts, tenantId, connectionId, runId, actor);
  }
}
