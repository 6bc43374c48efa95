import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../harness/index.js';
import { PushRig } from './push-rig.js';

const seeds = [1, 2, 3];
const users = 8;
const groups = 6;
const steps = 40;

/** Mulberry32: the same graph for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

describe('groups with their effective members', () => {
  let rig: PushRig;
  beforeAll(async () => {
    rig = await PushRig.start();
    await rig.startEngine();
  });
  afterAll(() => rig?.stop());

  const membersOf = (displayName: string): string[] =>
    [...(rig.target.groupNamed(displayName)?.members ?? [])]
      .map((id) => String(rig.target.users.get(id)?.attributes.userName))
      .toSorted();

  it.each(seeds)('hold who can be reached, whatever moved in which order (seed %i)', async (seed) => {
    const random = randomFrom(seed);
    const name = (index: number) => `u${seed}-${index}`;
    const userIds = await Promise.all(Array.from({ length: users }, (_, at) => rig.createUser(name(at))));
    const groupIds = await Promise.all(
      Array.from({ length: groups }, (_, at) => rig.createGroup(`g${seed}-${at}`)),
    );
    const id = await rig.connect({
      name: `Flat ${seed}`,
      policy: { groups: { membership: 'effective' }, guard: { updates: { enabled: false } } },
    });
    const edges = new Map<string, { group: string; member: string; type: 'User' | 'Group' }>();
    const gone = new Set<string>();
    for (let step = 0; step < steps; step += 1) {
      const batch: Parameters<PushRig['record']> = [];
      for (let change = 0; change <= random(3); change += 1) {
        const group = groupIds[random(groups)]!;
        if (gone.has(group)) continue;
        const type = random(2) === 0 ? 'User' : 'Group';
        const member = type === 'User' ? userIds[random(users)]! : groupIds[random(groups)]!;
        if (gone.has(member) || member === group) continue;
        const key = `${group}/${member}`;
        const removes = edges.has(key);
        if (removes) edges.delete(key);
        else edges.set(key, { group, member, type });
        batch.push({
          streamId: group,
          streamType: 'group',
          events: [
            {
              type: removes ? 'group.members-removed' : 'group.members-added',
              payload: { members: [{ id: member, type }] },
            },
          ],
        });
      }
      // One after the other: two changes of one membership must keep their order in the log.
      for (const append of batch) await rig.record(append);
      if (step === 25) {
        const dead = groupIds[random(groups)]!;
        gone.add(dead);
        for (const [key, { group, member }] of edges)
          if (group === dead || member === dead) edges.delete(key);
        await rig.record({
          streamId: dead,
          streamType: 'group',
          events: [{ type: 'group.deleted', payload: {} }],
        });
      }
    }
    const reachable = (from: string): string[] => {
      const seen = new Set([from]);
      const found = new Set<string>();
      for (const at of seen) {
        for (const { group, member, type } of edges.values()) {
          if (group !== at) continue;
          if (type === 'Group') seen.add(member);
          else found.add(name(userIds.indexOf(member)));
        }
      }
      return [...found].toSorted();
    };
    const expected = groupIds.map((groupId, at) =>
      gone.has(groupId) ? [`g${seed}-${at}`, []] : [`g${seed}-${at}`, reachable(groupId)],
    );
    const actual = () => groupIds.map((_, at) => [`g${seed}-${at}`, membersOf(`g${seed}-${at}`)]);
    await rig.settled(id);
    await waitFor(async () => JSON.stringify(actual()) === JSON.stringify(expected), {
      what: 'the members to be those who can be reached',
    }).catch(() => undefined);
    expect(actual()).toEqual(expected);
    await rig.connections.remove(rig.tenantId, id);
  });

  it('are sent as differences in calls of at most a hundred, once each through two ways in', async () => {
    rig.target.users.clear();
    rig.target.groups.clear();
    const count = 3_500;
    const ids = Array.from({ length: count }, () => randomUUID());
    const half = ids.slice(0, 2_000);
    for (let from = 0; from < count; from += 500) {
      await Promise.all(
        ids.slice(from, from + 500).map((id, at) =>
          rig.events.append(rig.tenantId, {
            streamId: id,
            streamType: 'user',
            expected: 'none',
            events: [
              { type: 'user.created', payload: { attributes: { userName: `m${from + at}`, active: true } } },
            ],
            metadata: { source: 'test', actor: 'test', correlation: 'test' },
          }),
        ),
      );
    }
    const left = await rig.createGroup('Left', half);
    const right = await rig.createGroup('Right', ids.slice(1_500));
    const all = await rig.createGroup('All');
    const member = (id: string) => ({ id, type: 'Group' });
    await rig.record({
      streamId: all,
      streamType: 'group',
      events: [{ type: 'group.members-added', payload: { members: [member(left), member(right)] } }],
    });
    const id = await rig.connect({
      name: 'Large',
      policy: { groups: { enabled: false } },
      scope: { users: {}, groups: { groups: [all] } },
    });
    await rig.settled(id, 100_000);
    rig.target.calls.length = 0;
    const policy = { groups: { membership: 'effective' as const } };
    await rig.connections.change(rig.tenantId, id, { policy });
    await waitFor(async () => membersOf('All').length === count, {
      timeoutMs: 50_000,
      what: '3,500 members to be there',
    });
    await rig.settled(id);
    expect(rig.target.made('members', 'group').length).toBe(count / 100);
    rig.target.calls.length = 0;
    await rig.record({
      streamId: all,
      streamType: 'group',
      events: [{ type: 'group.members-removed', payload: { members: [member(left)] } }],
    });
    await waitFor(async () => membersOf('All').length === 2_000, {
      timeoutMs: 30_000,
      what: 'those to be taken out who are in no other way',
    });
    await rig.settled(id);
    expect(rig.target.made('members', 'group').length).toBe(15);
    await rig.connections.remove(rig.tenantId, id);
  }, 180_000);
});

describe('a target that takes no additions', () => {
  it('is given the whole list, with those it had before, and is told why', async () => {
    const rig = await PushRig.start();
    try {
      rig.target.capabilities.members.addRemove = false;
      await rig.startEngine();
      const [ada, bob] = [await rig.createUser('ada'), await rig.createUser('bob')];
      rig.target.groups.set('old', {
        id: 'old',
        attributes: { displayName: 'Team' },
        members: new Set(['stranger']),
      });
      const team = await rig.createGroup('Team', [ada, bob]);
      const id = await rig.connect();
      const names = () =>
        [...rig.target.groupNamed('Team')!.members]
          .map((member) => String(rig.target.users.get(member)?.attributes.userName ?? member))
          .toSorted();
      await waitFor(async () => names().length === 3, { what: 'both to be members' });
      expect(names()).toEqual(['ada', 'bob', 'stranger']);
      await rig.settled(id);
      await rig.members(team, 'group.members-removed', [bob]);
      await waitFor(async () => names().length === 2, { what: 'one to be taken out' });
      expect(names()).toEqual(['ada', 'stranger']);
      expect(rig.target.made('members', 'group')).toEqual([]);
      await rig.settled(id);
      const last = (await rig.operations()).at(-1)!;
      expect(last.payload.reason).toContain('whole list');
    } finally {
      await rig.stop();
    }
  });
});
