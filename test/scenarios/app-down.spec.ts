import { EventStore, type NewEvent, Subscriptions } from '@rollcall/event-store';
import { directoryProjection } from '@rollcall/read-model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hubProcess } from '../faults/seeded/hub-process.js';
import { Lane } from '../faults/seeded/lane.js';
import { SeededDatabase } from '../faults/seeded/seeded-database.js';
import { Carrier } from '../faults/seeded/seeded-queues.js';
import { mappings, SeededTarget, targetModule } from '../faults/seeded/seeded-target.js';
import { bendTime, World } from '../faults/seeded/world.js';

vi.mock('node:crypto', async (original) =>
  (await import('../faults/seeded/world.js')).bentCrypto(await original()),
);
vi.mock('node:timers/promises', async (original) =>
  (await import('../faults/seeded/world.js')).bentTimers(await original()),
);

const minute = 60_000;
const people = 40;

describe('an app that is away, by a clock that is moved', () => {
  let lane: Lane;
  let straighten: () => void;
  beforeAll(async () => {
    lane = await Lane.open(targetModule);
    straighten = bendTime();
  });
  afterAll(async () => {
    straighten?.();
    await lane?.close();
  });

  it('target down for six hours: nothing is lost, the order is kept, and there is no storm', async () => {
    const world = new World(1);
    world.faulty = false;
    world.slack = 10;
    await lane.begin({}, { push: { concurrency: 8 } }, mappings);
    const target = new SeededTarget(world, { intensity: 0, unique: true, judge: () => undefined });
    const titles = new Map<string, string[]>();
    const update = target.connector.update.bind(target.connector);
    target.connector.update = (type, id, changes, context) => {
      const title = changes.find(({ attribute }) => attribute === 'title');
      if (title?.op === 'set' && !target.down)
        titles.set(id, [...(titles.get(id) ?? []), String(title.value)]);
      return update(type, id, changes, context);
    };
    const carrier = new Carrier(world, 0);
    const { actor, engine } = hubProcess(world, lane, carrier, 'hub', 0);
    const source = world.actor('source', false);
    const database = new SeededDatabase(lane, world, source, 0).asDatabase;
    const events = new EventStore(database, lane.keyring);
    const subscriptions = new Subscriptions(database, events);
    const happen = async <T>(work: () => Promise<T>): Promise<T> => {
      let done: { value: T } | undefined;
      world.act(source, () => void work().then((value) => (done = { value })));
      while (!done) await world.next();
      return done.value;
    };
    const record = (streamId: string, event: NewEvent) =>
      happen(async () => {
        const metadata = { source: 'test', actor: 'test', correlation: 'test' };
        const append = { streamId, streamType: 'user', expected: 'any' as const, events: [event], metadata };
        await events.append(lane.tenantId, append);
        await subscriptions.catchUp(lane.tenantId, directoryProjection);
        world.act(actor, () => engine.pokeDispatch(lane.tenantId));
      });
    const until = async (at: number) => {
      let reached = false;
      world.at(at - world.now, () => (reached = true), source);
      while (!reached) await world.next();
    };
    const states = () =>
      happen(() =>
        database.query<{ state: string; count: number }>(
          'select state, count(*)::int as count from hub.work_item group by state',
        ),
      );

    await happen(async () => {
      world.act(actor, () => void engine.start());
    });
    const ids = Array.from({ length: people }, () => world.uuid());
    for (const [at, id] of ids.entries()) {
      const attributes = {
        userName: `user${at}@example.com`,
        externalId: `x${at}`,
        title: '0',
        active: true,
      };
      await record(id, { type: 'user.created', payload: { attributes } });
    }
    await until(world.now + 2 * minute);
    expect(target.users.size).toBe(people);

    target.down = true;
    const callsBefore = target.calls;
    const downSince = world.now;
    for (let change = 1; change <= 180; change += 1) {
      await until(downSince + change * 2 * minute);
      const id = ids[(change * 7) % people]!;
      await record(id, { type: 'user.updated', payload: { set: { title: String(change) }, removed: [] } });
    }
    const probes = target.calls - callsBefore;
    expect(world.now - downSince).toBeGreaterThanOrEqual(6 * 60 * minute);
    expect(probes).toBeGreaterThan(30);
    expect(probes).toBeLessThan(6 * 60 * 1.5);
    expect((await states()).map(({ state }) => state)).not.toContain('dead');

    target.down = false;
    target.mostAtOnce = 0;
    const callsDown = target.calls;
    const backSince = world.now;
    await until(backSince + 5 * minute);
    expect(await states()).toEqual([{ state: 'idle', count: people }]);
    expect(target.mostAtOnce).toBeLessThanOrEqual(8);
    // One call a person, however many changes had waited, and what little the probing took.
    expect(target.calls - callsDown).toBeLessThanOrEqual(people + 5);
    const last = new Map<string, string>();
    for (let change = 1; change <= 180; change += 1) last.set(`x${(change * 7) % people}`, String(change));
    for (const { id, attributes } of target.users.values()) {
      expect(attributes.title).toBe(last.get(String(attributes.externalId)));
      const written = titles.get(id)!.map(Number);
      expect(written).toEqual(written.toSorted((a, b) => a - b));
    }
    await world.crash(actor);
    await world.end();
  });
});
