import { connectorModule } from '@rollcall/connectors';
import { normalise, userType } from '@rollcall/scim';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../scope/scope.js';
import { applyPlan } from './apply-plan.js';
import { compileConfiguration } from './compile-configuration.js';
import { planUser } from './plan-user.js';
import type { Configuration, Plan, TargetObject, UserState } from './plan.js';
import type { PolicyInput } from './policy.js';

const mappings = connectorModule('scim2')!.manifest.defaultMappings;
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const manager = `${enterprise}:manager.value`;
const now = new Date('2026-03-01T00:00:00Z');
const hours = (count: number) => new Date(now.getTime() + count * 3_600_000);

function configure(options: { scope?: Scope; policy?: PolicyInput } = {}): Configuration {
  return compileConfiguration({
    version: 1,
    mappings,
    scope: options.scope ?? {},
    policy: options.policy ?? {},
  });
}

function user(resource: Record<string, unknown> = {}, more: Partial<UserState> = {}): UserState {
  const whole = { userName: 'ada@example.com', displayName: 'Ada', ...resource };
  return {
    id: 'u1',
    active: true,
    resource: whole,
    search: normalise(whole, userType),
    memberOf: [],
    ...more,
  };
}

function plan(
  state: UserState | undefined,
  configuration: Configuration,
  target?: TargetObject,
  facts: Partial<Parameters<typeof planUser>[3]> = {},
): Plan {
  return planUser(state, configuration, target, { now, remoteIds: new Map(), ...facts });
}

/** Follows plans until nothing is left to do, as the engine does at a target that has no such account. */
function carryOut(
  state: UserState | undefined,
  configuration: Configuration,
  start?: TargetObject,
  at = now,
) {
  let target = start;
  const actions: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    const facts = { now: at, remoteIds: new Map(), match: target ? undefined : ({ kind: 'none' } as const) };
    const next = planUser(state, configuration, target, facts);
    actions.push(next.action);
    target = applyPlan(target, next, 'r1');
    if (next.action === 'none' || next.action === 'refuse') return { target, actions, last: next };
  }
  throw new Error(`Not in line after five plans: ${actions.join(', ')}`);
}

const account: TargetObject = {
  remoteId: 'r1',
  origin: 'created',
  state: 'active',
  written: { userName: 'ada@example.com', displayName: 'Ada', active: true },
};

describe('a user without an account', () => {
  it('is looked for first, then created with every mapped value', () => {
    const looking = plan(user(), configure());
    expect(looking).toEqual({ action: 'match', keys: [{ attribute: 'userName', value: 'ada@example.com' }] });
    const made = plan(user({ title: 'Countess' }), configure(), undefined, { match: { kind: 'none' } });
    expect(made).toMatchObject({ action: 'create', becomes: 'active' });
    expect(made.action === 'create' && made.changes).toEqual([
      { attribute: 'userName', to: 'ada@example.com' },
      { attribute: 'active', to: true },
      { attribute: 'displayName', to: 'Ada' },
      { attribute: 'title', to: 'Countess' },
    ]);
  });

  it('is adopted when one account matches, and only what differs is written', () => {
    const object = {
      id: 'r9',
      attributes: { userName: 'ada@example.com', displayName: 'Old', title: 'Countess' },
      active: true,
    };
    const adopted = plan(user({ title: 'Countess' }), configure(), undefined, {
      match: { kind: 'one', key: { attribute: 'userName', value: 'ada@example.com' }, object },
    });
    expect(adopted).toMatchObject({
      action: 'adopt',
      remoteId: 'r9',
      changes: [{ attribute: 'displayName', from: 'Old', to: 'Ada' }],
    });
  });

  it('is not guessed at when several match, or when the match belongs to somebody', () => {
    const key = { attribute: 'userName', value: 'ada@example.com' };
    const many = plan(user(), configure(), undefined, { match: { kind: 'many', key, ids: ['r1', 'r2'] } });
    expect(many).toMatchObject({
      action: 'refuse',
      code: 'ambiguous-match',
      message: expect.stringContaining('r1, r2'),
    });
    const taken = plan(user(), configure(), undefined, {
      match: { kind: 'taken', key, remoteId: 'r1', subjectId: 'u2' },
    });
    expect(taken).toMatchObject({
      action: 'refuse',
      code: 'already-linked',
      message: expect.stringContaining('u2'),
    });
  });

  it('is the one of a leaver when the same person is made anew, active again', () => {
    const object = {
      id: 'r9',
      attributes: { userName: 'ada@example.com', displayName: 'Ada' },
      active: false,
    };
    const key = { attribute: 'userName', value: 'ada@example.com' };
    expect(
      plan(user(), configure(), undefined, { match: { kind: 'one', key, object, leaver: 'u1' } }),
    ).toMatchObject({
      action: 'adopt',
      reason: { code: 'leaver-returned' },
      remoteId: 'r9',
      takenFrom: 'u1',
      becomes: 'active',
      changes: [{ attribute: 'active', from: false, to: true }],
    });
  });

  it('gets none when inactive, deleted or out of scope', () => {
    const scoped = configure({ scope: { rule: 'userType eq "Employee"' } });
    for (const [state, configuration] of [
      [user({}, { active: false }), configure()],
      [user({}, { deletedAt: now }), configure()],
      [user({ userType: 'Guest' }), scoped],
      [undefined, configure()],
    ] as const) {
      expect(plan(state, configuration)).toMatchObject({
        action: 'none',
        reason: { code: 'never-provisioned' },
      });
    }
    expect(plan(user({ userType: 'employee' }), scoped).action).toBe('match');
  });

  it('says what it would do when creating is switched off', () => {
    const off = configure({ policy: { users: { create: false } } });
    expect(plan(user(), off, undefined, { match: { kind: 'none' } })).toMatchObject({
      action: 'none',
      withheld: 'create',
    });
  });
});

describe('a user with an account', () => {
  it('is in line when nothing differs', () => {
    expect(plan(user(), configure(), account)).toMatchObject({ action: 'none', reason: { code: 'in-line' } });
  });

  it('is updated by what differs, and cleared of what is gone', () => {
    const target = { ...account, written: { ...account.written, title: 'Miss' } };
    expect(plan(user({ displayName: 'Ada L.' }), configure(), target)).toMatchObject({
      action: 'update',
      changes: [
        { attribute: 'displayName', from: 'Ada', to: 'Ada L.' },
        { attribute: 'title', from: 'Miss' },
      ],
    });
  });

  it('keeps what is only written when an account is made', () => {
    const own = { ...mappings.users, attributes: mappings.users.attributes.map((line) => ({ ...line })) };
    own.attributes.find(({ target }) => target === 'displayName')!.apply = 'create';
    const configuration = compileConfiguration({
      version: 1,
      mappings: { users: own },
      scope: {},
      policy: {},
    });
    expect(plan(user({ displayName: 'Other' }), configuration, account).action).toBe('none');
  });

  it('loses access when inactive, and is updated all the same', () => {
    expect(plan(user({ title: 'Countess' }, { active: false }), configure(), account)).toMatchObject({
      action: 'deactivate',
      reason: { code: 'inactive-at-source' },
      changes: [
        { attribute: 'title', to: 'Countess' },
        { attribute: 'active', from: true, to: false },
      ],
      becomes: 'inactive',
    });
  });

  it('loses access and nothing else when deleted or out of scope, and is never deleted by default', () => {
    const scoped = configure({ scope: { groups: ['g1'] } });
    for (const [state, configuration, code] of [
      [user({ title: 'x' }, { deletedAt: hours(-10_000) }), configure(), 'deleted-at-source'],
      [undefined, configure(), 'deleted-at-source'],
      [user({ title: 'x' }), scoped, 'out-of-scope'],
    ] as const) {
      const leaving = carryOut(state, configuration, account);
      expect(leaving.actions).toEqual(['deactivate', 'none']);
      expect(leaving.target).toMatchObject({
        state: 'inactive',
        written: { ...account.written, active: false },
      });
      expect(plan(state, configuration, account)).toMatchObject({ reason: { code } });
    }
    expect(plan(user({}, { memberOf: ['g1'] }), scoped, account).action).toBe('none');
  });

  it('comes back when active and in scope again, with what changed meanwhile', () => {
    const inactive: TargetObject = {
      ...account,
      state: 'inactive',
      written: { ...account.written, active: false },
    };
    expect(plan(user({ title: 'Countess' }), configure(), inactive)).toMatchObject({
      action: 'reactivate',
      changes: [
        { attribute: 'title', to: 'Countess' },
        { attribute: 'active', from: false, to: true },
      ],
      becomes: 'active',
    });
  });

  it('is deleted only after its time of grace, and a re-hire in between saves it', () => {
    const strict = configure({ policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 24 } } });
    const gone = user({}, { deletedAt: now });
    const first = plan(gone, strict, account, { now });
    expect(first).toMatchObject({ action: 'deactivate', nextDueAt: hours(24), leavingSince: now });
    const leaving = applyPlan(account, first)!;
    expect(plan(gone, strict, leaving, { now: hours(23) })).toMatchObject({
      action: 'none',
      nextDueAt: hours(24),
    });
    const back = plan(user(), strict, leaving, { now: hours(23) });
    expect(back.action).toBe('reactivate');
    expect(applyPlan(leaving, back)).toMatchObject({ state: 'active', leavingSince: undefined });
    const last = plan(gone, strict, leaving, { now: hours(24) });
    expect(last).toMatchObject({ action: 'delete', becomes: 'deleted' });
    expect(applyPlan(leaving, last)).toMatchObject({ state: 'deleted', written: {} });
  });

  it('is deleted at once without grace, and not at all when deleting is switched off', () => {
    const leaver = user({}, { deletedAt: now });
    const atOnce = { onDeletedAtSource: 'delete', deleteAfterHours: 0 } as const;
    expect(plan(leaver, configure({ policy: { users: atOnce } }), account).action).toBe('delete');
    const off = configure({ policy: { users: { ...atOnce, delete: false } } });
    expect(plan(leaver, off, account)).toMatchObject({ action: 'none', withheld: 'delete' });
  });

  it('cannot be deactivated where nothing is mapped from active, and says so', () => {
    const attributes = mappings.users.attributes.filter(({ source }) => source !== 'active');
    const configuration = compileConfiguration({
      version: 1,
      mappings: { users: { matching: [], attributes } },
      scope: {},
      policy: {},
    });
    expect(plan(user({}, { active: false }), configuration, account)).toMatchObject({
      action: 'none',
      reason: { code: 'no-active-attribute' },
    });
  });

  it('is looked for again when its account has gone', () => {
    expect(plan(user(), configure(), { ...account, state: 'absent', written: {} }).action).toBe('match');
  });
});

describe('a manager', () => {
  const led = user({ [enterprise]: { manager: { value: 'boss' } } });

  it('is left as it is while the manager is not there, and written as the target knows it', () => {
    const target = { ...account, written: { ...account.written, [manager]: 'r-old' } };
    expect(plan(led, configure(), target)).toMatchObject({
      action: 'none',
      references: { all: ['boss'], parked: ['boss'] },
    });
    const remoteIds = new Map([['boss', 'r-boss']]);
    expect(plan(led, configure(), target, { remoteIds })).toMatchObject({
      action: 'update',
      changes: [{ attribute: manager, from: 'r-old', to: 'r-boss' }],
      references: { all: ['boss'], parked: [] },
    });
    expect(plan(user(), configure(), target)).toMatchObject({
      changes: [{ attribute: manager, from: 'r-old' }],
    });
  });
});

const text = fc.constantFrom('', 'a', 'b', 'Ada', 'ünïcode');
const anyUser = fc
  .record({
    displayName: text,
    title: fc.option(text, { nil: undefined }),
    userType: fc.constantFrom('Employee', 'Guest'),
  })
  .chain((resource) =>
    fc
      .record({ active: fc.boolean(), deleted: fc.boolean(), inGroup: fc.boolean() })
      .map(({ active, deleted, inGroup }) =>
        user(JSON.parse(JSON.stringify(resource)), {
          active,
          ...(deleted && { deletedAt: now }),
          memberOf: inGroup ? ['g1'] : [],
        }),
      ),
  );
const leaving = fc.constantFrom('deactivate' as const, 'delete' as const, 'keep' as const);
const anyConfiguration = fc
  .record({
    rule: fc.option(fc.constant('userType eq "Employee"'), { nil: undefined }),
    groups: fc.option(fc.constant<string[]>(['g1']), { nil: undefined }),
    users: fc.record({
      create: fc.boolean(),
      update: fc.boolean(),
      deactivate: fc.boolean(),
      delete: fc.boolean(),
      onDeactivated: fc.constantFrom('deactivate' as const, 'keep' as const),
      onDeletedAtSource: leaving,
      onOutOfScope: leaving,
      deleteAfterHours: fc.constantFrom(0, 24),
    }),
  })
  .map(({ rule, groups, users }) =>
    configure({ scope: { ...(rule && { rule }), ...(groups && { groups }) }, policy: { users } }),
  );

describe('every plan', () => {
  it('leaves nothing to do once it is carried out', () => {
    fc.assert(
      fc.property(
        fc.array(anyUser, { minLength: 1, maxLength: 4 }),
        anyConfiguration,
        (states, configuration) => {
          let target: TargetObject | undefined;
          for (const state of states) {
            const { target: after } = carryOut(state, configuration, target);
            target = after;
          }
          const again = carryOut(states.at(-1), configuration, target);
          expect(again.actions).toEqual(['none']);
          expect(again.target).toEqual(target);
        },
      ),
    );
  });

  it('touches nobody who is out of scope and has no account', () => {
    fc.assert(
      fc.property(anyUser, (state) => {
        const configuration = configure({
          scope: { groups: ['another'] },
          policy: { users: { onOutOfScope: 'delete' } },
        });
        expect(plan(state, configuration).action).toBe('none');
      }),
    );
  });

  it('comes to the same end whatever came before, with everything switched on', () => {
    fc.assert(
      fc.property(fc.array(anyUser, { maxLength: 4 }), anyUser, (before, last) => {
        fc.pre(last.active && !last.deletedAt);
        let target: TargetObject | undefined;
        for (const state of before) target = carryOut(state, configure(), target).target;
        const long = carryOut(last, configure(), target).target!;
        const short = carryOut(last, configure()).target!;
        expect([long.state, long.written]).toEqual([short.state, short.written]);
      }),
    );
  });
});
