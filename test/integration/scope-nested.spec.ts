import { ConnectionTransfer } from '@rollcall/provisioning';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../harness/index.js';
import { PushRig } from './push-rig.js';

describe('who is in scope', () => {
  let rig: PushRig;
  beforeAll(async () => {
    rig = await PushRig.start();
    await rig.startEngine();
  });
  afterAll(() => rig?.stop());
  beforeEach(() => {
    rig.target.users.clear();
    rig.target.groups.clear();
  });

  const group = (id: string) => ({ id, type: 'Group' });
  const nest = (parent: string, type: 'group.members-added' | 'group.members-removed', child: string) =>
    rig.record({
      streamId: parent,
      streamType: 'group',
      events: [{ type, payload: { members: [group(child)] } }],
    });
  const active = () =>
    [...rig.target.users.values()]
      .filter(({ attributes }) => attributes.active === true)
      .map(({ attributes }) => attributes.userName)
      .toSorted();
  const expectActive = (names: string[]) =>
    waitFor(async () => JSON.stringify(active()) === JSON.stringify(names), {
      what: `${names.join(', ')} to be active, and not ${active().join(', ')}`,
    });

  it('is who is below an assigned group, at any depth, while groups move, circle and go', async () => {
    const [amy, ben, cid] = [
      await rig.createUser('amy'),
      await rig.createUser('ben'),
      await rig.createUser('cid'),
    ];
    const leaf = await rig.createGroup('Leaf', [amy!]);
    const middle = await rig.createGroup('Middle', [ben!]);
    const top = await rig.createGroup('Top');
    const id = await rig.connect({
      name: 'Nested',
      scope: { groups: [top] },
      policy: { guard: { deactivations: { enabled: false } } },
    });
    await rig.settled(id);
    expect(active()).toEqual([]);
    await nest(top, 'group.members-added', middle);
    await expectActive(['ben']);
    await nest(middle, 'group.members-added', leaf);
    await expectActive(['amy', 'ben']);
    await nest(leaf, 'group.members-added', top);
    await rig.members(leaf, 'group.members-added', [cid!]);
    await expectActive(['amy', 'ben', 'cid']);
    await nest(top, 'group.members-removed', middle);
    await expectActive([]);
    await nest(top, 'group.members-added', middle);
    await expectActive(['amy', 'ben', 'cid']);
    await rig.record({
      streamId: leaf,
      streamType: 'group',
      events: [{ type: 'group.deleted', payload: {} }],
    });
    await expectActive(['ben']);
    await rig.connections.remove(rig.tenantId, id);
  });

  it('follows moves that the tables have seen together', async () => {
    const dot = await rig.createUser('dot');
    const inner = await rig.createGroup('Inner', [dot]);
    const outer = await rig.createGroup('Outer');
    await nest(outer, 'group.members-added', inner);
    const id = await rig.connect({
      name: 'Together',
      scope: { groups: [outer] },
      policy: { guard: { deactivations: { enabled: false } } },
    });
    await expectActive(['dot']);
    await rig.record(
      {
        streamId: inner,
        streamType: 'group',
        events: [{ type: 'group.members-removed', payload: { members: [{ id: dot, type: 'User' }] } }],
      },
      {
        streamId: outer,
        streamType: 'group',
        events: [{ type: 'group.members-removed', payload: { members: [group(inner)] } }],
      },
    );
    await expectActive([]);
    await rig.connections.remove(rig.tenantId, id);
  });

  it('can be asked of each type apart', async () => {
    await rig.createUser('eva', { userType: 'Employee' });
    await rig.createUser('fox', { userType: 'Guest' });
    await rig.createGroup('app-readers');
    await rig.createGroup('other');
    const id = await rig.connect({
      name: 'Apart',
      scope: { users: { rule: 'userType eq "employee"' }, groups: { rule: 'displayName sw "app-"' } },
    });
    await rig.settled(id);
    expect(active()).toEqual(['eva']);
    expect([...rig.target.groups.values()].map(({ attributes }) => attributes.displayName)).toEqual([
      'app-readers',
    ]);
    await rig.connections.remove(rig.tenantId, id);
  });

  it('goes out to a file with the names of its groups, and in from it', async () => {
    const crew = await rig.createGroup('File crew');
    const scope = { users: { rule: 'title pr', groups: [crew] }, groups: { groups: [crew] } };
    const id = await rig.connect({ name: 'Out', scope, enable: false });
    const transfer = new ConnectionTransfer(rig.database, rig.connections);
    const document = await transfer.export(rig.tenantId, id);
    expect(document.scope).toEqual({
      users: { rule: 'title pr', groups: [{ id: crew, displayName: 'File crew' }] },
      groups: { groups: [{ id: crew, displayName: 'File crew' }] },
    });
    const byName = { groups: { groups: [{ displayName: 'FILE CREW' }] } };
    const credentials = { type: 'bearer', token: 'secret' };
    const file = { ...document, name: 'In', scope: byName };
    const made = await transfer.create(rig.tenantId, file, credentials, {});
    expect(made.scope).toEqual({ groups: { groups: [crew] } });
    const unknown = { ...file, name: 'No', scope: { users: { groups: [{ displayName: 'Nobody' }] } } };
    await expect(transfer.create(rig.tenantId, unknown, credentials, {})).rejects.toMatchObject({
      errors: [{ field: 'scope.users.groups.0' }],
    });
  });

  it('is refused where it cannot be meant, naming the field', async () => {
    const refused = async (scope: object) =>
      rig.connect({ name: 'Bad', scope, enable: false }).then(
        () => 'saved',
        (error: { errors?: { field: string; message: string }[] }) => error.errors,
      );
    expect(await refused({ rule: 'title pr', users: {} })).toMatchObject([{ field: 'scope.rule' }]);
    expect(await refused({ groups: [], users: {} })).toMatchObject([{ field: 'scope.groups' }]);
    expect(await refused({ rule: 'groups.value eq "x"' })).toMatchObject([
      { field: 'scope.rule', message: expect.stringContaining('name the groups') },
    ]);
    expect(await refused({ groups: { rule: 'members pr' } })).toMatchObject([{ field: 'scope.groups.rule' }]);
    expect(await refused({ groups: { rule: 'nonsense pr' } })).toMatchObject([
      { field: 'scope.groups.rule' },
    ]);
  });
});
