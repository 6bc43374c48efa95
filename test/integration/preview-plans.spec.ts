import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttributePlan, Previews as PreviewsClass } from '@rollcall/provisioning';
import { provisionOnDemand } from '@rollcall/provisioning';
import { PushRig } from './push-rig.js';

describe('a preview', () => {
  let rig: PushRig;
  let previews: PreviewsClass;
  beforeAll(async () => {
    rig = await PushRig.start();
    await rig.startEngine();
    previews = rig.previews();
  });
  afterAll(() => rig?.stop());

  const user = (id: string) => ({ type: 'user' as const, id });
  const provision = (connection: string, id: string) =>
    provisionOnDemand(
      { database: rig.database, events: rig.events, queues: rig.queues },
      rig.tenantId,
      connection,
      user(id),
      30_000,
    );
  const sorted = (changes: AttributePlan[]) =>
    changes.toSorted((a, b) => a.attribute.localeCompare(b.attribute));

  it('is what is then done, for anybody and any configuration', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          active: fc.boolean(),
          title: fc.option(fc.constantFrom('Clerk', 'Director'), { nil: undefined }),
          there: fc.boolean(),
          deleted: fc.boolean(),
          change: fc.option(fc.constantFrom('title', 'scope', 'inactive'), { nil: undefined }),
          create: fc.boolean(),
          update: fc.boolean(),
          onOutOfScope: fc.constantFrom('deactivate', 'delete', 'keep'),
          grace: fc.constantFrom(0, 24),
          rule: fc.constantFrom(undefined, 'title eq "Director"', 'active eq true'),
        }),
        async (drawn) => {
          const name = `p${(number += 1)}@example.com`;
          if (drawn.there) {
            rig.target.users.set(`old-${number}`, {
              id: `old-${number}`,
              attributes: { userName: name, active: true },
            });
          }
          const id = await rig.createUser(name, {
            active: drawn.active,
            ...(drawn.title && { title: drawn.title }),
          });
          if (!drawn.active) await rig.user(id, 'user.deactivated');
          const connection = await rig.connect({
            name: `Preview ${number}`,
            scope: { rule: `userName eq "${name}"` },
            policy: { groups: { enabled: false }, guard: off },
          });
          const first = await agree(connection, id);
          expect(first).toBeDefined();
          if (drawn.change) {
            await rig.connections.change(rig.tenantId, connection, {
              scope: { rule: `userName eq "${name}"${drawn.rule ? ` and ${drawn.rule}` : ''}` },
              policy: {
                users: {
                  create: drawn.create,
                  update: drawn.update,
                  onOutOfScope: drawn.onOutOfScope as 'keep',
                  deleteAfterHours: drawn.grace,
                },
                groups: { enabled: false },
                guard: off,
              },
            });
            await rig.settled(connection);
            await rig.stopEngines();
            if (drawn.change === 'title') await rig.updateUser(id, { title: 'Director' });
            if (drawn.change === 'inactive') await rig.user(id, 'user.deactivated');
            if (drawn.deleted) await rig.user(id, 'user.deleted');
            const before = await previews.preview(rig.tenantId, connection, user(id));
            const made = (await succeeded(connection, id)).length;
            await rig.startEngine();
            await rig.spread();
            await compare(connection, id, before!, made);
          }
          await rig.connections.disable(rig.tenantId, connection);
        },
      ),
      { numRuns: 12, seed: 11 },
    );

    async function agree(connection: string, id: string) {
      await rig.settled(connection);
      const after = await previews.preview(rig.tenantId, connection, user(id));
      expect(after!.plan.action).toBe('none');
      expect((await provision(connection, id)).status).toBe('nothing');
      return after;
    }
    async function succeeded(connection: string, id: string) {
      return (await rig.operations()).filter(
        ({ type, payload }) =>
          type === 'operation.succeeded' && payload.connectionId === connection && payload.subjectId === id,
      );
    }
    async function compare(
      connection: string,
      id: string,
      preview: NonNullable<Awaited<ReturnType<PreviewsClass['preview']>>>,
      before: number,
    ) {
      const done = await provision(connection, id);
      const made = await succeeded(connection, id);
      if (preview.plan.action === 'none' || preview.plan.action === 'refuse') {
        expect(made).toHaveLength(before);
        expect(done.status).not.toBe('succeeded');
        return;
      }
      expect(made).toHaveLength(before + 1);
      const last = made.at(-1)!.payload as { action: string; changes: AttributePlan[] };
      expect({ action: last.action, changes: sorted(last.changes) }).toEqual({
        action: preview.plan.action,
        changes: sorted(preview.plan.changes),
      });
    }
  }, 180_000);

  const off = { deactivations: { enabled: false }, deletes: { enabled: false } };

  it('sends nothing, and tells each step and the calls', async () => {
    const id = await rig.createUser('step@example.com', { title: 'Clerk' });
    const connection = await rig.connect({
      name: 'Steps',
      enable: false,
      scope: { rule: 'userName sw "step"' },
    });
    rig.target.calls.length = 0;
    const preview = await previews.preview(rig.tenantId, connection, user(id));
    expect(preview!.steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
      'import passed',
      'scope passed',
      'match passed',
      'map passed',
      'plan passed',
    ]);
    expect(preview!.plan).toMatchObject({ action: 'create', code: 'new' });
    expect(preview!.calls).toMatchObject([{ method: 'CREATE', url: 'memory:/user' }]);
    expect(preview!.notes).toEqual([expect.stringContaining('disabled')]);
    expect(new Set(rig.target.calls.map(({ operation }) => operation))).toEqual(new Set(['find']));
    await expect(provision(connection, id)).rejects.toThrow('enable it');
  });

  it('says what would be if somebody left a group, got another title, or was gone', async () => {
    const id = await rig.createUser('iris@example.com');
    const inner = await rig.createGroup('Inner what-if', [id]);
    const outer = await rig.createGroup('Outer what-if');
    await rig.record({
      streamId: outer,
      streamType: 'group',
      events: [{ type: 'group.members-added', payload: { members: [{ id: inner, type: 'Group' }] } }],
    });
    const connection = await rig.connect({
      name: 'What if',
      scope: { groups: [outer] },
      policy: { guard: off, groups: { membership: 'effective' } },
    });
    await rig.settled(connection);
    const ask = async (whatIf: object) =>
      (await previews.preview(rig.tenantId, connection, user(id), { whatIf }))!;
    const left = await ask({ leavesGroups: [inner] });
    expect(left.plan).toMatchObject({ action: 'deactivate', code: 'out-of-scope' });
    expect(left.memberships).toEqual([{ group: { id: outer, display: 'Outer what-if' }, change: 'remove' }]);
    const moved = await ask({ leavesGroups: [inner], joinsGroups: [outer] });
    expect(moved.plan.action).toBe('none');
    expect((await ask({ set: { title: 'Director' } })).plan).toMatchObject({
      action: 'update',
      changes: [{ attribute: 'title', to: 'Director' }],
    });
    expect((await ask({ active: false })).plan).toMatchObject({ code: 'inactive-at-source' });
    expect((await ask({ deleted: true })).plan).toMatchObject({ code: 'deleted-at-source' });
    await expect(ask({ set: { nickname2: 'x' } })).rejects.toThrow(/nickname2/);
    await rig.connections.disable(rig.tenantId, connection);
  });

  it('counts a group’s members, in calls as large as the target takes', async () => {
    rig.target.capabilities.members.maxPerCall = 2;
    const ids = [];
    for (let at = 0; at < 5; at += 1) ids.push(await rig.createUser(`m${at}@group.example.com`));
    const group = await rig.createGroup('Five', ids);
    const connection = await rig.connect({
      name: 'Members',
      scope: { users: { rule: 'userName ew "@group.example.com"' }, groups: { groups: [group] } },
      policy: { groups: { enabled: false } },
    });
    await rig.settled(connection);
    const preview = await previews.preview(
      rig.tenantId,
      connection,
      { type: 'group', id: group },
      {
        draft: { policy: {} },
      },
    );
    expect(preview).toMatchObject({
      draft: true,
      plan: { action: 'create' },
      members: { membership: 'direct', add: 5, remove: 0, waiting: 0, more: false },
    });
    expect(preview!.calls.map(({ method }) => method)).toEqual(['CREATE', 'MEMBERS', 'MEMBERS', 'MEMBERS']);
    rig.target.capabilities.members.maxPerCall = 100;
  });

  it('of a scope lists who would come in and who would leave', async () => {
    const connection = await rig.connect({
      name: 'Scopes',
      enable: false,
      scope: { rule: 'title eq "Clerk"' },
    });
    const stay = await rig.createUser('stay@scope.example.com', { title: 'Clerk', userType: 'A' });
    const leave = await rig.createUser('leave@scope.example.com', { title: 'Clerk' });
    const enter = await rig.createUser('enter@scope.example.com', { title: 'Cook', userType: 'A' });
    const list = async (which: 'in' | 'entering' | 'leaving') =>
      (await previews.scope(
        rig.tenantId,
        connection,
        { rule: 'userType eq "A" and userName ew "@scope.example.com"' },
        { type: 'user', list: which, limit: 1_000 },
      ))!;
    const entering = await list('entering');
    expect(entering.counts).toMatchObject({ in: 2, entering: 1 });
    expect(entering.items.map(({ id }) => id)).toEqual([enter]);
    expect((await list('in')).items.map(({ id }) => id).toSorted()).toEqual([stay, enter].toSorted());
    expect((await list('leaving')).items).toContainEqual({
      id: leave,
      display: 'leave@scope.example.com',
      reason: expect.stringContaining('userType eq "A"'),
    });
  });
});
