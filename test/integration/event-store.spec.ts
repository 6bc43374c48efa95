import { randomBytes, randomUUID } from 'node:crypto';
import {
  type Append,
  ClaimConflict,
  EventStore,
  eventStoreMigrations,
  type RecordedEvent,
  SubjectErased,
  type Subscriber,
  Subscriptions,
  VersionConflict,
} from '@rollcall/event-store';
import { Keyring } from '@rollcall/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../harness/index.js';

let test: TestDatabase;
let store: EventStore;
const keyring = new Keyring(randomBytes(32));

beforeAll(async () => {
  test = await createTestDatabase({ migrations: eventStoreMigrations, poolSize: 20 });
  store = new EventStore(test.database, keyring);
});
afterAll(() => test.drop());

const metadata = { source: 'test', actor: 'test', correlation: 'c' };
const created = (streamId: string, more: Partial<Append> = {}): Append => ({
  streamId,
  streamType: 'user',
  expected: 'none',
  events: [{ type: 'user.created', payload: { name: 'Ada Lovelace' } }],
  metadata,
  ...more,
});

describe('append', () => {
  it('numbers a tenant’s events 1, 2, 3 and each stream’s versions likewise', async () => {
    const tenant = randomUUID();
    const [one, two] = [randomUUID(), randomUUID()];
    await store.append(tenant, created(one));
    const second = await store.append(tenant, created(two, { events: [event('a'), event('b')] }));
    const third = await store.append(tenant, created(one, { expected: 1, events: [event('c')] }));
    expect(second).toMatchObject({ firstPosition: 2, lastPosition: 3, version: 2 });
    expect(third).toMatchObject({ firstPosition: 4, lastPosition: 4, version: 2 });
    expect(await store.head(tenant)).toBe(4);
    const all = await store.readAll(tenant, 0, 10);
    expect(all.map(({ position, type, version }) => [position, type, version])).toEqual([
      [1, 'user.created', 1],
      [2, 'a', 1],
      [3, 'b', 2],
      [4, 'c', 2],
    ]);
  });

  it('refuses another version than expected, says which it is, and writes nothing', async () => {
    const tenant = randomUUID();
    const id = randomUUID();
    await store.append(tenant, created(id));
    await expect(store.append(tenant, created(id))).rejects.toThrow(VersionConflict);
    await expect(store.append(tenant, created(id, { expected: 3 }))).rejects.toMatchObject({ actual: 1 });
    await expect(store.append(tenant, created(randomUUID(), { expected: 'exists' }))).rejects.toThrow(
      VersionConflict,
    );
    expect(await store.head(tenant)).toBe(1);
  });

  it('holds a claim for one stream until that stream releases it', async () => {
    const tenant = randomUUID();
    const [ada, eve] = [randomUUID(), randomUUID()];
    const name = { kind: 'userName', key: 'ada@example.com' };
    await store.append(tenant, created(ada, { claims: [name] }));
    const clash = await store
      .append(tenant, created(eve, { claims: [name] }))
      .catch((error: unknown) => error);
    expect(clash).toBeInstanceOf(ClaimConflict);
    expect(clash).toMatchObject({ claim: name, holder: ada });
    await store.append(tenant, created(ada, { expected: 1, events: [event('gone')], releases: [name] }));
    await store.append(tenant, created(eve, { claims: [name] }));
    expect(await store.claimHolder(tenant, name)).toBe(eve);
  });

  it('lets the neighbours of a clashing append through, without a hole in the positions', async () => {
    const tenant = randomUUID();
    const taken = { kind: 'userName', key: 'taken' };
    await store.append(tenant, created(randomUUID(), { claims: [taken] }));
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) =>
        store.append(tenant, created(randomUUID(), { claims: index % 3 === 0 ? [taken] : [] })),
      ),
    );
    const refused = results.filter(({ status }) => status === 'rejected').length;
    expect(refused).toBe(67);
    const positions = (await store.readAll(tenant, 0, 1000)).map(({ position }) => position);
    expect(positions).toEqual(Array.from({ length: 1 + 133 }, (_, index) => index + 1));
  });

  it('gives exactly one of many concurrent appends of one claim the claim', async () => {
    const tenant = randomUUID();
    const stores = Array.from({ length: 4 }, () => new EventStore(test.database, keyring));
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) =>
        stores[index % 4]!.append(
          tenant,
          created(randomUUID(), { claims: [{ kind: 'userName', key: 'one' }] }),
        ),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await store.head(tenant)).toBe(1);
  });

  it('rolls back with the caller’s transaction', async () => {
    const tenant = randomUUID();
    const failure = test.database.transaction(async (client) => {
      await store.appendIn(client, tenant, [created(randomUUID())]);
      throw new Error('changed my mind');
    });
    await expect(failure).rejects.toThrow('changed my mind');
    expect(await store.head(tenant)).toBe(0);
    expect((await store.append(tenant, created(randomUUID()))).firstPosition).toBe(1);
  });
});

describe('a subscriber beside many appenders', () => {
  /**
   * Appenders on connections of their own, with transactions of different lengths, so that commits overlap.
   * The counter row makes each wait for the one before it. With positions drawn from a sequence instead (the
   * second test) a transaction that drew early and commits late is skipped: that is what this guards against.
   */
  async function race(numbering: 'counter row' | 'sequence'): Promise<{ appended: number; seen: number[] }> {
    const tenant = randomUUID();
    const appenders = 12;
    const each = 25;
    let running = appenders;
    const sequence = `hub.position_${tenant.replaceAll('-', '')}`;
    if (numbering === 'sequence') await test.database.query(`create sequence ${sequence}`);
    const appendSlowly = async (index: number) => {
      for (let turn = 0; turn < each; turn++) {
        await test.database.transaction(async (client) => {
          if (numbering === 'counter row') {
            await store.appendIn(client, tenant, [created(randomUUID())]);
          } else {
            await client.query(
              `insert into hub.event values ($1, nextval('${sequence}'), $2, 'user', 1, 'user.created', 1, $2, '', '{}', now())`,
              [tenant, randomUUID()],
            );
          }
          if ((index + turn) % 3 === 0) await client.query('select pg_sleep(0.003)');
        });
      }
    };
    const seen: number[] = [];
    const follow = async () => {
      let checkpoint = 0;
      for (;;) {
        const last = running === 0;
        const { rows } = await test.database.pool.query<{ position: number }>(
          'select position::float8 as position from hub.event where tenant_id = $1 and position > $2 order by position',
          [tenant, checkpoint],
        );
        seen.push(...rows.map(({ position }) => position));
        checkpoint = rows.at(-1)?.position ?? checkpoint;
        if (last && rows.length === 0) return;
      }
    };
    const appending = Array.from({ length: appenders }, (_, index) =>
      appendSlowly(index).finally(() => running--),
    );
    await Promise.all([follow(), ...appending]);
    return { appended: appenders * each, seen };
  }

  it('sees every event once and in order', async () => {
    const { appended, seen } = await race('counter row');
    expect(seen).toEqual(Array.from({ length: appended }, (_, index) => index + 1));
  });

  it('would miss events if positions came from a sequence', async () => {
    const { appended, seen } = await race('sequence');
    expect(seen.length).toBeLessThan(appended);
  });
});

describe('sealing', () => {
  it('keeps no payload readable at rest', async () => {
    const tenant = randomUUID();
    const id = randomUUID();
    await store.append(tenant, created(id));
    const [row] = await test.database.query<{ payload: Buffer; event: string }>(
      'select payload, e::text as event from hub.event e where tenant_id = $1',
      [tenant],
    );
    expect(row!.payload.toString('latin1')).not.toContain('Lovelace');
    expect(Buffer.from(row!.event).toString('latin1')).not.toContain('Lovelace');
    expect((await store.readStream(tenant, id))[0]!.payload).toEqual({ name: 'Ada Lovelace' });
  });

  it('opens only in its own place', async () => {
    const tenant = randomUUID();
    const [one, two] = [randomUUID(), randomUUID()];
    await store.append(tenant, created(one));
    await store.append(tenant, created(two, { subjectId: one, expected: 'any' }));
    await test.database.query(
      `update hub.event set payload = (select payload from hub.event where tenant_id = $1 and position = 1)
       where tenant_id = $1 and position = 2`,
      [tenant],
    );
    await expect(store.readStream(tenant, two)).rejects.toThrow();
  });

  it('makes an erased subject unreadable while shape and order stay', async () => {
    const tenant = randomUUID();
    const [gone, stays] = [randomUUID(), randomUUID()];
    await store.append(tenant, created(gone));
    await store.append(tenant, created(stays));
    await test.database.transaction((client) => store.erase(client, tenant, gone));
    const events = await store.readAll(tenant, 0, 10);
    expect(events.map(({ streamId, payload }) => [streamId, payload])).toEqual([
      [gone, undefined],
      [stays, { name: 'Ada Lovelace' }],
    ]);
    const more = store.append(tenant, created(gone, { expected: 1, events: [event('again')] }));
    await expect(more).rejects.toThrow(SubjectErased);
  });

  it('keeps one key when two processes record the first facts of a subject at once', async () => {
    const tenant = randomUUID();
    const person = randomUUID();
    const stores = Array.from({ length: 8 }, () => new EventStore(test.database, keyring));
    await Promise.all(
      stores.map((each) =>
        each.append(tenant, created(randomUUID(), { subjectId: person, expected: 'any' })),
      ),
    );
    const fresh = new EventStore(test.database, keyring);
    const events = await fresh.readAll(tenant, 0, 100);
    expect(events.every(({ payload }) => payload?.name === 'Ada Lovelace')).toBe(true);
  });
});

describe('upcast', () => {
  it('reads old shapes as the newest, step by step', async () => {
    const tenant = randomUUID();
    const id = randomUUID();
    await store.append(tenant, created(id));
    const newer = new EventStore(test.database, keyring, [
      { type: 'user.created', from: 1, up: ({ name }) => ({ attributes: { displayName: name } }) },
      { type: 'user.created', from: 2, up: ({ attributes }) => ({ attributes, active: true }) },
    ]);
    expect((await newer.readStream(tenant, id))[0]).toMatchObject({
      schemaVersion: 3,
      payload: { attributes: { displayName: 'Ada Lovelace' }, active: true },
    });
  });

  it('refuses two steps for one shape at start', () => {
    const step = { type: 'a', from: 1, up: (payload: Record<string, unknown>) => payload };
    expect(() => new EventStore(test.database, keyring, [step, step])).toThrow('Two upcasters for a@1');
  });
});

describe('subscriptions', () => {
  const subscriptions = () => new Subscriptions(test.database, store);
  const collector = (name = 'collect') => {
    const seen: RecordedEvent[] = [];
    const subscriber: Subscriber = {
      name,
      async handle(events) {
        seen.push(...events);
      },
    };
    return { seen, subscriber };
  };
  const appendMany = async (tenant: string, count: number) => {
    await Promise.all(Array.from({ length: count }, () => store.append(tenant, created(randomUUID()))));
  };

  it('handle each event once although several processes catch up at once', async () => {
    const tenant = randomUUID();
    await appendMany(tenant, 1200);
    const { seen, subscriber } = collector();
    await Promise.all(Array.from({ length: 4 }, () => subscriptions().catchUp(tenant, subscriber)));
    expect(seen.map(({ position }) => position)).toEqual(
      Array.from({ length: 1200 }, (_, index) => index + 1),
    );
  });

  it('begin again where the last committed batch ended', async () => {
    const tenant = randomUUID();
    await appendMany(tenant, 10);
    const { seen, subscriber } = collector();
    expect(await subscriptions().catchUp(tenant, subscriber)).toBe(10);
    await appendMany(tenant, 3);
    expect(await subscriptions().catchUp(tenant, subscriber)).toBe(13);
    expect(seen).toHaveLength(13);
  });

  it('do not overtake the subscriber they are limited by', async () => {
    const tenant = randomUUID();
    await appendMany(tenant, 5);
    const first = collector('first');
    const second = collector('second');
    const limited = { ...second.subscriber, limitBy: 'first' };
    expect(await subscriptions().catchUp(tenant, limited)).toBe(0);
    await subscriptions().catchUp(tenant, first.subscriber);
    expect(await subscriptions().catchUp(tenant, limited)).toBe(5);
  });

  it('park a stream whose event cannot be read, and go on with the others', async () => {
    const tenant = randomUUID();
    const [damaged, good] = [randomUUID(), randomUUID()];
    await store.append(tenant, created(damaged));
    await store.append(tenant, created(good));
    await store.append(tenant, created(damaged, { expected: 1, events: [event('later')] }));
    await test.database.query(
      `update hub.event set payload = set_byte(payload, 20, 255 - get_byte(payload, 20)) where tenant_id = $1 and position = 1`,
      [tenant],
    );
    const { seen, subscriber } = collector('reader');
    expect(await subscriptions().catchUp(tenant, subscriber)).toBe(3);
    expect(seen.map(({ streamId }) => streamId)).toEqual([good]);
    expect(await subscriptions().parked(tenant)).toMatchObject([{ streamId: damaged, position: 1 }]);
  });

  it('park a stream whose event cannot be handled, go on with the others, and resume it in order', async () => {
    const tenant = randomUUID();
    const [bad, good] = [randomUUID(), randomUUID()];
    await store.append(tenant, created(bad));
    await store.append(tenant, created(good));
    await store.append(tenant, created(bad, { expected: 1, events: [event('later')] }));
    let broken = true;
    const handled: string[] = [];
    const subscriber: Subscriber = {
      name: 'fragile',
      async handle(events) {
        for (const { streamId, type } of events) {
          if (streamId === bad && broken) throw new Error('cannot read this');
          handled.push(`${streamId === bad ? 'bad' : 'good'} ${type}`);
        }
      },
    };
    expect(await subscriptions().catchUp(tenant, subscriber)).toBe(3);
    expect(handled).toEqual(['good user.created']);
    expect(await subscriptions().parked(tenant, 'fragile')).toMatchObject([
      { streamId: bad, position: 1, error: 'cannot read this' },
    ]);
    await store.append(tenant, created(bad, { expected: 2, events: [event('last')] }));
    await subscriptions().catchUp(tenant, subscriber);
    broken = false;
    await subscriptions().resume(tenant, subscriber, bad);
    expect(handled.slice(1)).toEqual(['bad user.created', 'bad later', 'bad last']);
    expect(await subscriptions().parked(tenant)).toEqual([]);
  });
});

function event(type: string) {
  return { type, payload: { type } };
}
