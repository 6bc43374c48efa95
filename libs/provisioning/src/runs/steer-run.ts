import { Database, Queues } from '@rollcall/platform';
import { pokeWorkers } from '../push/poke-workers.js';
import { endFinishedRuns, findRun, pausedUntil, type Run } from './run.js';

/** There is no such run, or it cannot be steered like that now. */
export class RunOver extends Error {}

/**
 * What is left of the run waits; what is under way ends. A change that comes in meanwhile is pushed as always.
 * Undefined: there is no such run. Throws RunOver.
 */
export function pauseRun(
  database: Database,
  tenantId: string,
  connectionId: string,
  runId: string,
): Promise<Run | undefined> {
  return steer(database, tenantId, connectionId, runId, 'running', 'paused', 'paused', async (query) => {
    await query(
      `update hub.work_item set state = 'due', due_at = $4::timestamptz, handed_until = null
       where tenant_id = $1 and connection_id = $2 and run = $3 and state in ('due', 'retrying')
         and lease_owner is null and revision = run_revision`,
      [pausedUntil],
    );
  });
}

/** Throws RunOver. */
export async function resumeRun(
  database: Database,
  queues: Queues,
  tenantId: string,
  connectionId: string,
  runId: string,
): Promise<Run | undefined> {
  const run = await steer(
    database,
    tenantId,
    connectionId,
    runId,
    'paused',
    'running',
    'resumed',
    async (query) => {
      await query(
        `update hub.work_item set due_at = now()
       where tenant_id = $1 and connection_id = $2 and run = $3 and state = 'due' and due_at >= $4::timestamptz`,
        [pausedUntil],
      );
    },
  );
  await pokeWorkers(queues);
  return run;
}

type Query = (text: string, more: unknown[]) => Promise<unknown>;

async function steer(
  database: Database,
  tenantId: string,
  connectionId: string,
  runId: string,
  from: Run['state'],
  to: Run['state'],
  verb: string,
  work: (query: Query) => Promise<void>,
): Promise<Run | undefined> {
  await endFinishedRuns(database);
  const found = await database.transaction(async (client) => {
    const { rows } = await client.query<{ number: number; state: Run['state'] }>(
      `select number, state from hub.provisioning_run
       where tenant_id = $1 and connection_id = $2 and id = $3 for update`,
      [tenantId, connectionId, runId],
    );
    const [run] = rows;
    if (!run) return false;
    if (run.state === to) return true;
    if (run.state !== from)
      throw new RunOver(`The run is ${run.state}: only one that is ${from} can be ${verb}.`);
    await client.query(
      'update hub.provisioning_run set state = $4 where tenant_id = $1 and connection_id = $2 and id = $3',
      [tenantId, connectionId, runId, to],
    );
    await work((text, more) => client.query(text, [tenantId, connectionId, run.number, ...more]));
    return true;
  });
  return found ? findRun(database, tenantId, connectionId, runId) : undefined;
}
