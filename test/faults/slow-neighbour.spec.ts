import { randomUUID } from 'node:crypto';
import type { ConnectorModule } from '@rollcall/connectors';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnBothQueues, type QueueServer, waitFor } from '../harness/index.js';
import { PushRig, userCreated } from '../integration/push-rig.js';
import { PushTarget } from '../integration/push-target.js';

/** So few that each is looked for by itself. */
const people = 90;

describeOnBothQueues('an app that does not answer', (startQueueServer) => {
  let server: QueueServer;
  let rig: PushRig;
  let release: () => void = () => undefined;
  const fast = new PushTarget();
  const slow = new PushTarget();

  beforeEach(async () => {
    server = await startQueueServer();
    rig = await PushRig.start({ redisUrl: server.redisUrl, module: byAddress() });
    await rig.startEngine();
  });
  afterEach(async () => {
    release();
    await rig.stop();
    await server.stop();
  });

  /** Which of the two targets a connection leads to is in its settings. The slow one answers when it is let. */
  function byAddress(): ConnectorModule {
    const answered = new Promise<void>((resolve) => (release = resolve));
    const { manifest, open } = fast.module();
    return {
      manifest,
      open: (settings, credentials, runtime) => {
        if (!(settings as { baseUrl: string }).baseUrl.includes('slow'))
          return open(settings, credentials, runtime);
        const connector = slow.module().open(settings, credentials, runtime);
        const find: typeof connector.find = async (...given) => {
          const outcome = await connector.find(...given);
          await answered;
          return outcome;
        };
        return { ...connector, find };
      },
    };
  }

  async function connect(name: string): Promise<string> {
    const { id } = await rig.connections.create(rig.tenantId, {
      name,
      connector: 'memory',
      settings: { baseUrl: `https://${name}.example` },
      credentials: { type: 'bearer', token: 'secret' },
      policy: { push: { concurrency: 8 } },
    });
    await rig.connections.enable(rig.tenantId, id);
    return id;
  }

  it('delays nobody at another: everything is done there before the first answer comes here', async () => {
    const [slowly, quickly] = [await connect('slow'), await connect('fast')];
    const ids = Array.from({ length: people }, () => randomUUID());
    await rig.record(...ids.map((id, at) => userCreated(id, `user${at}@example.com`)));
    await waitFor(() => slow.mostUnderWay > 0 && slow.made('find').length >= 8, {
      what: 'all its calls to hang',
    });
    await rig.settled(quickly, 40_000);
    expect(fast.users.size).toBe(people);
    for (const [at, id] of ids.slice(0, 20).entries()) {
      await rig.updateUser(id, { title: `title ${at}` });
      await waitFor(() => fast.userNamed(`user${at}@example.com`)?.attributes.title === `title ${at}`, {
        what: 'a change to arrive',
      });
    }
    // Nothing came of any call to the slow one all the while, and no more than its share was out.
    expect(slow.users.size).toBe(0);
    expect(slow.made('find').length).toBe(8);
    const waiting = (await rig.items(slowly)).filter(({ state }) => state !== 'idle').length;
    expect(waiting).toBe(people);

    release();
    await rig.settled(slowly, 40_000);
    expect(slow.users.size).toBe(people);
    expect(slow.userNamed('user7@example.com')!.attributes.title).toBe('title 7');
    expect(rig.troubles).toEqual([]);
  });
});
