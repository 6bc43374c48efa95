import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnBothQueues, type QueueServer } from '../harness/index.js';
import { PushRig, userCreated } from './push-rig.js';

describeOnBothQueues('the pace of a connection', (startQueueServer) => {
  let server: QueueServer;
  let rig: PushRig;

  beforeEach(async () => {
    server = await startQueueServer();
    rig = await PushRig.start(server);
  });
  afterEach(async () => {
    await rig.stop();
    await server.stop();
  });

  const employ = (count: number) =>
    rig.record(
      ...Array.from({ length: count }, (_, at) => userCreated(randomUUID(), `user${at}@example.com`)),
    );
  /** Most calls that fall into one second, wherever it begins. */
  const mostInASecond = () => {
    const times = rig.target.calls.map(({ at }) => at).toSorted((a, b) => a - b);
    return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
  };

  it('is kept by two workers together: calls a second, and calls at once', async () => {
    await rig.startEngine();
    await rig.startEngine();
    rig.target.latencyMs = 100;
    await employ(60);
    const connection = await rig.connect({ policy: { push: { requestsPerSecond: 20, concurrency: 4 } } });
    await rig.settled(connection, 60_000);
    expect(rig.target.users.size).toBe(60);
    const { calls } = rig.target;
    expect(calls.length).toBeGreaterThanOrEqual(120);
    expect(mostInASecond()).toBeLessThanOrEqual(23);
    const seconds = (calls.at(-1)!.at - calls[0]!.at) / 1_000;
    expect(calls.length / seconds).toBeGreaterThan(12);
    expect(rig.target.mostUnderWay).toBeLessThanOrEqual(4);
    expect(rig.troubles).toEqual([]);
  });

  it('settles in a storm of 429 without dead letters and without hammering', async () => {
    let refused = 0;
    const taken: number[] = [];
    rig.target.fault = ({ at }) => {
      const inASecond = taken.filter((time) => time > at - 1_000).length;
      if (inASecond < 30) {
        taken.push(at);
        return undefined;
      }
      refused += 1;
      return { kind: 'retry', scope: 'connection', afterMs: 500, message: 'slow down', answer: 'HTTP 429' };
    };
    await rig.startEngine();
    await rig.startEngine();
    await employ(90);
    const connection = await rig.connect();
    await rig.settled(connection, 90_000);
    expect(rig.target.users.size).toBe(90);
    expect((await rig.items(connection)).every(({ state }) => state === 'idle')).toBe(true);
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(60);
    expect((await rig.connections.get(rig.tenantId, connection)).state).toBe('enabled');
    const [pace] = await rig.database.query<{ rate: number }>('select rate from hub.connection_pace');
    expect(pace!.rate).toBeLessThan(60);
  });

  it('goes slower before the target has nothing left, and is never refused', async () => {
    const windowMs = 3_000;
    const limit = 40;
    let opened = 0;
    let count = 0;
    let refused = 0;
    rig.target.fault = ({ at }) => {
      if (at >= opened + windowMs) [opened, count] = [at, 0];
      count += 1;
      if (count <= limit) return undefined;
      refused += 1;
      return { kind: 'retry', scope: 'connection', afterMs: opened + windowMs - at, message: 'slow down' };
    };
    rig.target.hints = () => ({ limit, remaining: Math.max(0, limit - count), resetAt: opened + windowMs });
    rig.target.latencyMs = 30;
    await rig.startEngine();
    await employ(70);
    const connection = await rig.connect();
    await rig.settled(connection, 60_000);
    expect(rig.target.users.size).toBe(70);
    expect(refused).toBe(0);
  });
});
