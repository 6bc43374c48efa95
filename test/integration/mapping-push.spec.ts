import type { AttributeMapping, Mappings } from '@rollcall/connectors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../harness/index.js';
import { PushRig } from './push-rig.js';

describe('mappings in the engine', () => {
  let rig: PushRig;
  beforeEach(async () => {
    rig = await PushRig.start();
    await rig.startEngine();
  });
  afterEach(() => rig.stop());

  const line = (target: string, more: Partial<AttributeMapping> = {}): AttributeMapping => ({
    target,
    source: target,
    apply: 'always',
    ...more,
  });
  const users = (attributes: AttributeMapping[], source = 'userName'): Mappings => ({
    users: { matching: [{ source, target: source }], attributes: [line('active'), ...attributes] },
  });

  it('chooses again when a value that was free is taken before the account is made', async () => {
    const expression = '$SelectUniqueValue(nickName, nickName & "2", nickName & "3")';
    const userName = { target: 'userName', expression, apply: 'create' } as const;
    const id = await rig.connect({ mappings: users([userName, line('externalId')], 'externalId') });
    let creates = 0;
    rig.target.fault = (call) => {
      if (call.operation !== 'create' || (creates += 1) > 1) return undefined;
      const object = { id: 'other', attributes: { userName: 'ada' }, members: new Set() };
      rig.target.users.set('other', object as never);
      return { kind: 'conflict', message: 'the name is taken' };
    };
    await rig.createUser('ada@example.com', { nickName: 'ada', externalId: 'e1' });
    await rig.settled(id);
    expect(rig.target.userNamed('ada2')?.attributes.externalId).toBe('e1');
    const found = rig.target.made('find').map(({ about }) => about);
    expect(found).toEqual(['e1', 'ada', 'e1', 'ada', 'ada2']);
    await rig.createUser('ada2@example.com', { nickName: 'ada', externalId: 'e2' });
    await rig.createUser('ada3@example.com', { nickName: 'ada', externalId: 'e3' });
    await rig.settled(id);
    expect(rig.target.users.size).toBe(3);
    const dead = (await rig.items(id)).filter(({ state }) => state === 'dead');
    expect(dead).toMatchObject([{ error: { code: 'no-unique-value', attribute: 'userName' } }]);
  });

  it('touches no account that turned out to be protected, whatever happens to its person', async () => {
    const policy = {
      users: { onDeletedAtSource: 'delete', deleteAfterHours: 0 },
      protected: [{ attribute: 'userType', value: 'service' }],
    } as const;
    const id = await rig.connect({
      mappings: users([line('userName'), line('title')]),
      policy: { ...policy, protected: [...policy.protected] },
    });
    const [ada, bob] = [await rig.createUser('ada'), await rig.createUser('bob')];
    await rig.settled(id);
    rig.target.userNamed('ada')!.attributes.userType = 'Service';
    const before = structuredClone(rig.target.userNamed('ada')!.attributes);
    for (const person of [ada, bob]) await rig.updateUser(person, { title: 'x' });
    await waitFor(() => rig.target.userNamed('bob')?.attributes.title === 'x', { what: 'Bob to be changed' });
    await rig.settled(id);
    for (const person of [ada, bob]) await rig.user(person, 'user.deactivated');
    await rig.settled(id);
    for (const person of [ada, bob]) await rig.user(person, 'user.deleted');
    await waitFor(() => rig.target.userNamed('bob') === undefined, { what: 'Bob to be deleted' });
    await rig.settled(id);
    expect(rig.target.userNamed('ada')!.attributes).toEqual(before);
    const skipped = (await rig.operations()).filter(({ type }) => type === 'operation.skipped');
    expect(new Set(skipped.map(({ payload }) => payload.subjectId))).toEqual(new Set([ada]));
    expect(skipped.map(({ payload }) => payload.action)).toEqual(['update', 'deactivate', 'delete']);
    expect(skipped[0]!.payload.reason).toMatch(/is protected: userType is service/);
  });

  it('records the version each operation worked by, however many are saved at once', async () => {
    const id = await rig.connect({ mappings: users([line('userName')]) });
    const ada = await rig.createUser('ada', { title: 'x' });
    await rig.settled(id);
    await Promise.all(
      ['a', 'b', 'c'].map((constant) => {
        const title = { target: 'title', constant, apply: 'always' } as const;
        return rig.connections.change(rig.tenantId, id, { mappings: users([line('userName'), title]) });
      }),
    );
    await rig.settled(id);
    const versions = await rig.database.query<{ version: number; mappings: Mappings }>(
      'select version, mappings from hub.connection_version where connection_id = $1 order by version',
      [id],
    );
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
    const updates = (await rig.operations()).filter(({ payload }) => payload.action === 'update');
    expect(updates.length).toBeGreaterThan(0);
    for (const { payload } of updates) {
      const by = versions.find(({ version }) => version === payload.configVersion)!;
      const written = (payload.changes as { attribute: string; to: unknown }[])[0]!.to;
      expect(by.mappings.users.attributes.at(-1)!.constant).toBe(written);
    }
    const last = versions.at(-1)!.mappings.users.attributes.at(-1)!.constant;
    expect(rig.target.userNamed('ada')!.attributes.title).toBe(last);
    expect(updates.every(({ payload }) => payload.subjectId === ada)).toBe(true);
  });
});
