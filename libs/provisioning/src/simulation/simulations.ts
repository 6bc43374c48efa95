import { randomUUID } from 'node:crypto';
import type { SubjectType } from '@rollcall/connectors';
import { Database, Queues } from '@rollcall/platform';
import type { Draft } from '../connections/open-connection.js';
import type { SimulatedSubject, Simulation, SimulationState } from './simulation.js';
import { nothingYet } from './tally.js';

export const simulationQueue = 'simulations';

/** Of each connection so many are kept; the oldest go. */
const mostKept = 20;

const columns = `id, connection_id as "connectionId", state, draft, base_version as "baseVersion", actor, total, done,
  error, created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt", result`;

/** A tenant's simulations. What they need of the connection is checked before. */
export class Simulations {
  constructor(
    private readonly database: Database,
    private readonly queues: Queues,
  ) {}

  /** Waits for a worker to take it up. */
  async create(tenantId: string, connectionId: string, draft: Draft, actor: string): Promise<Simulation> {
    const id = randomUUID();
    await this.database.query(
      `insert into hub.simulation (tenant_id, id, connection_id, draft, base_version, actor, result)
       select $1, $2, $3, $4, config_version, $5, $6 from hub.connection where tenant_id = $1 and id = $3`,
      [tenantId, id, connectionId, draft, actor, nothingYet()],
    );
    await this.database.query(
      `delete from hub.simulation where tenant_id = $1 and connection_id = $2 and state not in ('queued', 'running')
         and id not in (select id from hub.simulation where tenant_id = $1 and connection_id = $2
           order by created_at desc limit ${mostKept})`,
      [tenantId, connectionId],
    );
    await enqueueSimulation(this.queues, tenantId, id);
    return (await this.get(tenantId, connectionId, id))!;
  }

  async list(tenantId: string, connectionId: string): Promise<Simulation[]> {
    return this.database.query<Simulation>(
      `select ${columns} from hub.simulation where tenant_id = $1 and connection_id = $2 order by created_at desc`,
      [tenantId, connectionId],
    );
  }

  async get(tenantId: string, connectionId: string, id: string): Promise<Simulation | undefined> {
    const [row] = await this.database.query<Simulation>(
      `select ${columns} from hub.simulation where tenant_id = $1 and connection_id = $2 and id = $3`,
      [tenantId, connectionId, id],
    );
    return row;
  }

  /** What was counted so far stays. Answers how it stands now. */
  async cancel(tenantId: string, connectionId: string, id: string): Promise<SimulationState | undefined> {
    await this.database.query(
      `update hub.simulation set state = 'cancelled', finished_at = now()
       where tenant_id = $1 and connection_id = $2 and id = $3 and state in ('queued', 'running')`,
      [tenantId, connectionId, id],
    );
    return (await this.get(tenantId, connectionId, id))?.state;
  }

  /** Subjects one by one, in the order of their ids. */
  async subjects(
    tenantId: string,
    id: string,
    {
      type,
      draft,
      live,
      differs,
      cursor,
      limit,
    }: {
      type?: SubjectType;
      draft?: string;
      live?: string;
      differs?: boolean;
      cursor?: string;
      limit: number;
    },
  ): Promise<{ items: SimulatedSubject[]; nextCursor: string | null }> {
    const rows = await this.database.query<
      Omit<SimulatedSubject, 'subject'> & { id: string; type: SubjectType; display: string | null }
    >(
      `select s.subject_id as id, s.subject_type as type, coalesce(u.user_name, g.display_name) as display, s.draft,
         s.live, s.differs, s.reason, s.live_reason as "liveReason", s.changes
       from hub.simulation_subject s
       left join hub.directory_user u on u.tenant_id = $1 and u.id = s.subject_id
       left join hub.directory_group g on g.tenant_id = $1 and g.id = s.subject_id
       where s.tenant_id = $1 and s.simulation_id = $2 and ($3::text is null or s.subject_type = $3)
         and ($4::text is null or s.draft = $4) and ($5::text is null or s.live = $5)
         and ($6::boolean is null or s.differs = $6) and ($7::uuid is null or s.subject_id > $7)
       order by s.subject_id limit $8`,
      [tenantId, id, type ?? null, draft ?? null, live ?? null, differs ?? null, cursor ?? null, limit + 1],
    );
    const items = rows.slice(0, limit).map(({ id: subjectId, type: subjectType, display, ...rest }) => ({
      subject: { type: subjectType, id: subjectId, display },
      ...rest,
    }));
    return { items, nextCursor: rows.length > limit ? items.at(-1)!.subject.id : null };
  }
}

export async function enqueueSimulation(queues: Queues, tenantId: string, id: string): Promise<void> {
  await queues
    .queue(simulationQueue)
    .add('simulation', { tenantId, id }, { jobId: id, removeOnComplete: true, removeOnFail: true })
    .catch(() => undefined);
}
