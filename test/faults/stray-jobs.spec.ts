import { randomUUID } from 'node:crypto';
import type { JobsOptions } from 'bullmq';
import { Queues } from '@rollcall/platform';
import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import { pushJobId, pushJobOptions, pushQueueName } from '../../libs/provisioning/src/work/push-job.js';
import { describeOnBothQueues, waitFor } from '../harness/index.js';
import { names } from './sizes.js';
import { Stage } from './stage.js';

describeOnBothQueues('jobs that are old, doubled or about nobody', (startQueueServer) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  it('do nothing, and take nothing from those that are due', async () => {
    const { redisUrl, stop } = await startQueueServer();
    cleanUp.push(stop);
    const stage = await Stage.open({ redisUrl, faults: { latencyMs: 20 } });
    cleanUp.push(() => stage.close());
    const [tenantId, prefix] = await identities(stage.databaseUrl);
    const queues = await Queues.open({ redisUrl, databaseUrl: stage.databaseUrl, prefix });
    cleanUp.push(() => queues.close());
    const queue = queues.queue(pushQueueName(stage.connection));
    const add = (subjectId: string, handout: number, opts: JobsOptions = {}) =>
      queue.add(
        'user',
        { tenantId, connectionId: stage.connection, subjectType: 'user', subjectId },
        { ...pushJobOptions, jobId: pushJobId(subjectId, handout), ...opts },
      );
    const empty = () =>
      waitFor(
        async () => {
          const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
          return Object.values(counts).every((count) => count === 0);
        },
        { what: 'the queue to be empty', timeoutMs: 40_000 },
      );

    await stage.source.createUsers(names(20));
    const gone = await stage.source.createUser('gone@example.com');
    await stage.settled(21);
    await stage.source.deleteUser(gone);
    await waitFor(async () => (await stage.target.report()).accounts.some(({ active }) => active === false), {
      what: 'the leaver to be deactivated',
    });
    await stage.settled(21);
    const people = [...stage.source.acknowledged.values()] as string[];
    const { calls } = await stage.target.counts();

    // Nothing is due: whatever comes, in whatever order and however often, makes no call.
    for (const handout of [7, 3, 1, 0]) for (const id of people.toReversed()) await add(id, handout);
    for (let copy = 0; copy < 5; copy += 1) await add(people[0]!, 1);
    await add(randomUUID(), 1);
    await empty();
    expect((await stage.target.counts()).calls).toBe(calls);

    // Everybody is due, and stray jobs come in between.
    const ids = people.filter((id) => id !== gone);
    await Promise.all([
      ...ids.map((id) => stage.source.patch('Users', id, { op: 'replace', path: 'title', value: 'New' })),
      ...ids.flatMap((id) => [1, 2, 3, 2].map((handout) => add(id, handout, { lifo: handout === 1 }))),
    ]);
    await stage.settled(21);
    await empty();
    const { accounts } = await stage.expectEachOnce();
    expect(accounts.filter(({ title }) => title === 'New')).toHaveLength(20);
    const writes = (await stage.target.report()).calls.slice(calls).filter(({ method }) => method !== 'GET');
    expect(writes).toHaveLength(20);
  });
});

/** The tenant's id, and the prefix under which this hub's queues are in Redis. */
async function identities(databaseUrl: string): Promise<[tenantId: string, prefix: string]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client
    .query<{ tenant: string; installation: string }>(
      'select (select tenant_id from hub.tenant) as tenant, (select id from hub.installation) as installation',
    )
    .finally(() => client.end());
  return [rows[0]!.tenant, `rollcall-${rows[0]!.installation}`];
}
