import type { Connector, MemberChange } from '../contract.js';
import type { Behaviour } from './behaviour.js';
import { expect, expectKind, ok, type Stage } from './stage.js';
import type { TargetUnderTest } from './target-under-test.js';

const noGroups = ({ capabilities, group }: TargetUnderTest) =>
  capabilities.groups && group ? undefined : 'there are no groups';
const noMembers = (target: TargetUnderTest) =>
  noGroups(target) ?? (target.capabilities.members.addRemove ? undefined : 'members cannot be changed');

/** Groups and who is in them. */
export const groupBehaviours: Behaviour[] = [
  {
    id: 'group',
    title: 'creates, finds and deletes a group',
    skip: noGroups,
    async show(stage) {
      const connector = stage.connect();
      const name = stage.name('group');
      const { id } = await stage.newGroup(connector, name);
      const found = await stage.find(connector, 'group', name);
      expect(found.length === 1 && found[0]!.id === id, `found ${found.length} instead of the one`);
      ok(await connector.delete('group', id, stage.context()), 'delete');
      expect((await stage.find(connector, 'group', name)).length === 0, 'it is still found');
    },
  },
  {
    id: 'members',
    title: 'adds and removes members in pieces the target takes, and again',
    skip: noMembers,
    async show(stage) {
      const connector = stage.connect();
      const people = await users(stage, connector, 5);
      const { id } = await stage.newGroup(connector);
      for (let time = 0; time < 2; time += 1) {
        await inPieces(stage, connector, id, people, 'add');
        await expectMembers(stage, connector, id, people);
      }
      const leavers = people.slice(0, 3);
      for (let time = 0; time < 2; time += 1) {
        await inPieces(stage, connector, id, leavers, 'remove');
        await expectMembers(stage, connector, id, people.slice(3));
      }
      await inPieces(stage, connector, id, people.slice(3), 'remove');
      await expectMembers(stage, connector, id, []);
    },
  },
  {
    id: 'unknown-member',
    title: 'adds those it can and tells which member is not known',
    skip: noMembers,
    async show(stage) {
      const connector = stage.connect();
      const people = await users(stage, connector, 2);
      const { id } = await stage.newGroup(connector);
      const { absentId } = stage.target;
      const add = [people[0]!, absentId, people[1]!].map((each) => ({ id: each, type: 'user' as const }));
      const result = ok(await connector.members(id, { add, remove: [] }, stage.context()), 'members');
      expect(result.unknown.join() === absentId, `unknown are ${result.unknown.join() || 'none'}`);
      await expectMembers(stage, connector, id, people);
    },
  },
  {
    id: 'mixed-members',
    title: 'removes and adds those it can where one to be added is not known',
    skip: noMembers,
    async show(stage) {
      const connector = stage.connect();
      const people = await users(stage, connector, 2);
      const [leaver, joiner] = people.map((id) => ({ id, type: 'user' as const }));
      const { id } = await stage.newGroup(connector);
      await inPieces(stage, connector, id, people.slice(0, 1), 'add');
      const change: MemberChange = {
        add: [{ id: stage.target.absentId, type: 'user' }, joiner!],
        remove: [leaver!],
      };
      const result = ok(await connector.members(id, change, stage.context()), 'members');
      expect(result.unknown.includes(stage.target.absentId), 'the member that is not known is not told');
      expect(!result.unknown.includes(joiner!.id), 'a member that is known is told as unknown');
      await expectMembers(stage, connector, id, people.slice(1));
    },
  },
  {
    id: 'gone-group',
    title: 'tells that the group of a change of members is gone',
    skip: noMembers,
    async show(stage) {
      const connector = stage.connect();
      const [person] = await users(stage, connector, 1);
      const change: MemberChange = { add: [{ id: person!, type: 'user' }], remove: [] };
      expectKind(
        await connector.members(stage.target.absentId, change, stage.context()),
        ['not-found'],
        'members',
      );
    },
  },
];

async function users(stage: Stage, connector: Connector, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) ids.push((await stage.newUser(connector)).id);
  return ids;
}

async function inPieces(
  stage: Stage,
  connector: Connector,
  groupId: string,
  ids: string[],
  way: 'add' | 'remove',
): Promise<void> {
  const most = Math.min(stage.target.capabilities.members.maxPerCall, 2);
  for (let from = 0; from < ids.length; from += most) {
    const members = ids.slice(from, from + most).map((id) => ({ id, type: 'user' as const }));
    const change = { add: way === 'add' ? members : [], remove: way === 'remove' ? members : [] };
    const outcome = await connector.members(groupId, change, stage.context());
    expectKind(outcome, ['ok', 'no-op'], `to ${way} members`);
  }
}

async function expectMembers(
  stage: Stage,
  connector: Connector,
  groupId: string,
  ids: string[],
): Promise<void> {
  const { membersOf, capabilities } = stage.target;
  if (!membersOf && !capabilities.members.readable) return;
  const there = (await stage.membersOf(connector, groupId)).toSorted();
  expect(
    there.join() === ids.toSorted().join(),
    `the group has ${there.length} members instead of ${ids.length}`,
  );
}
