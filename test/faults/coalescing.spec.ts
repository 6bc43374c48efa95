import { afterEach, expect, it } from 'vitest';
import { describeOnBothQueues } from '../harness/index.js';
import { Stage } from './stage.js';

const changes = 50;
const latencyMs = 400;

describeOnBothQueues('many quick changes of one person at a slow target', (startQueueServer) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  it('become a few calls, never two at once, in order, and the last one wins', async () => {
    const queue = await startQueueServer();
    cleanUp.push(() => queue.stop());
    const stage = await Stage.open({ redisUrl: queue.redisUrl, faults: { latencyMs } });
    cleanUp.push(() => stage.close());
    const begun = Date.now();
    const ada = await stage.source.createUser('ada@example.com', { title: '0' });
    for (let at = 1; at <= changes; at += 1) {
      await stage.source.patch('Users', ada, { op: 'replace', path: 'title', value: String(at) });
    }
    const sendingMs = Date.now() - begun;
    await stage.settled(1);

    const { calls, accounts } = await stage.expectEachOnce();
    expect(accounts[0]!.title).toBe(String(changes));
    const writes = calls.filter(({ method }) => method !== 'GET');
    // As many as fit one after the other into the time of the changes, the first look, and one for the rest.
    expect(writes.length).toBeLessThanOrEqual(Math.ceil(sendingMs / latencyMs) + 2);
    expect(writes.length).toBeLessThan(changes / 2);
    const titles = writes.map(({ body }) => titleIn(body)).filter((title) => title !== undefined);
    expect(titles.at(-1)).toBe(changes);
    expect(titles).toEqual(titles.toSorted((a, b) => a - b));
  });
});

/** The title a POST or PATCH sets. */
function titleIn(body: {
  title?: string;
  Operations?: { path?: string; value: unknown }[];
}): number | undefined {
  const operation = body.Operations?.find(({ path, value }) =>
    path === undefined ? (value as { title?: string }).title : path === 'title',
  );
  const value = operation?.value as string | { title: string } | undefined;
  const title = body.title ?? (typeof value === 'object' ? value.title : value);
  return title === undefined ? undefined : Number(title);
}
