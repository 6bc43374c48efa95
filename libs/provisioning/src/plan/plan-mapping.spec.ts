import type { AttributeMapping, AttributeValue, Mappings } from '@rollcall/connectors';
import { userType } from '@rollcall/scim';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateExpressions } from '../mapping/evaluate-expressions.js';
import type { ProtectedRule } from '../matching/protection.js';
import { applyPlan } from './apply-plan.js';
import { compileConfiguration } from './compile-configuration.js';
import type { Answers } from './facts.js';
import { planGroup } from './plan-group.js';
import { planUser } from './plan-user.js';
import type { Plan, TargetObject, UserState } from './plan.js';
import type { PolicyInput } from './policy.js';

const now = new Date('2026-03-01T00:00:00Z');
const matching = [{ source: 'userName', target: 'userName' }];
const userName: AttributeMapping = { source: 'userName', target: 'userName', apply: 'always' };
const active: AttributeMapping = { source: 'active', target: 'active', apply: 'always' };

const configure = (
  attributes: AttributeMapping[],
  policy: PolicyInput = {},
  more: Partial<Mappings['users']> = {},
) =>
  compileConfiguration({
    version: 1,
    mappings: { users: { matching, attributes: [userName, active, ...attributes], ...more } },
    scope: {},
    policy,
  });
type Configured = ReturnType<typeof configure>;

const user = (resource: Record<string, unknown> = {}, more: Partial<UserState> = {}): UserState => ({
  id: 'u1',
  active: true,
  resource: { userName: 'ada', ...resource },
  search: {},
  memberOf: [],
  ...more,
});

async function plan(
  state: UserState,
  configuration: Configured,
  target?: TargetObject,
  answers: Answers = { match: { kind: 'none' } },
): Promise<Plan> {
  const expressions = await evaluateExpressions(
    configuration.users.expressions,
    state.resource,
    userType,
    now,
  );
  return planUser(state, configuration, target, { now, remoteIds: new Map(), expressions, ...answers });
}

/** Plans and carries out, at a target that has nobody else, until nothing is left to do. */
async function carryOut(state: UserState, configuration: Configured, start?: TargetObject) {
  let target = start;
  const plans: Plan[] = [];
  for (let round = 0; round < 5; round += 1) {
    const unique = new Map([['nickName', 'free']]);
    const next = await plan(state, configuration, target, { match: { kind: 'none' }, unique, observed: {} });
    plans.push(next);
    target = applyPlan(target, next, 'r1');
    if (next.action === 'none' || next.action === 'refuse') return { target, plans, last: next };
  }
  throw new Error(`Not in line after five plans: ${plans.map(({ action }) => action).join(', ')}`);
}

const account = (written: Record<string, AttributeValue> = {}): TargetObject => ({
  remoteId: 'r1',
  origin: 'created',
  state: 'active',
  written: { userName: 'ada', active: true, ...written },
});

describe('a mapping', () => {
  it('writes a default for what is empty, clears what is gone, or leaves it', async () => {
    const configuration = configure([
      { target: 'title', source: 'title', default: 'none', apply: 'always' },
      { target: 'nickName', source: 'nickName', apply: 'always' },
      { target: 'locale', source: 'locale', apply: 'always', whenEmpty: 'leave' },
    ]);
    const target = account({ title: 'x', nickName: 'y', locale: 'z' });
    expect(await plan(user({ title: '', nickName: [], locale: null }), configuration, target)).toMatchObject({
      action: 'update',
      changes: [
        { attribute: 'title', from: 'x', to: 'none' },
        { attribute: 'nickName', from: 'y' },
      ],
    });
  });

  it('takes a list in another order for the same, unless the order counts', async () => {
    const roles: AttributeMapping = { target: 'roles', source: 'roles', apply: 'always' };
    const target = account({ roles: ['b', 'a'] });
    expect((await plan(user({ roles: ['a', 'b'] }), configure([roles]), target)).action).toBe('none');
    const ordered = configure([{ ...roles, ordered: true }]);
    expect((await plan(user({ roles: ['a', 'b'] }), ordered, target)).action).toBe('update');
  });

  it('translates a list of references, and writes the others when they are there', async () => {
    const configuration = configure([
      { target: 'assistants', source: 'x509Certificates', kind: 'reference', apply: 'always' },
    ]);
    const state = user({ x509Certificates: [{ value: 'u2' }, { value: 'u3' }] });
    const made = planUser(state, configuration, account(), { now, remoteIds: new Map([['u2', 'r2']]) });
    expect(made).toMatchObject({
      changes: [{ attribute: 'assistants', to: ['r2'] }],
      references: { all: ['u2', 'u3'], parked: ['u3'] },
    });
  });

  it('that fails stops an account from being made, and of an existing one only its own attribute', async () => {
    const configuration = configure([
      { target: 'title', expression: '$CDate(title)', apply: 'always' },
      { target: 'nickName', source: 'nickName', apply: 'always' },
    ]);
    const state = user({ title: 'soon', nickName: 'Ada' });
    expect(await plan(state, configuration)).toMatchObject({
      action: 'refuse',
      code: 'mapping-failed',
      attribute: 'title',
      intended: 'create',
      message: expect.stringContaining('title: $CDate: argument 1'),
    });
    const { plans, target } = await carryOut(state, configuration, account({ title: 'Miss' }));
    expect(plans).toMatchObject([
      {
        action: 'update',
        changes: [{ attribute: 'nickName', to: 'Ada' }],
        problems: [{ attribute: 'title' }],
      },
      { action: 'refuse', intended: 'update' },
    ]);
    expect(target!.written).toMatchObject({ title: 'Miss', nickName: 'Ada' });
    const leaver = await plan(user({ title: 'soon' }, { active: false }), configuration, account());
    expect(leaver).toMatchObject({ action: 'deactivate' });
  });

  it('that matches and fails makes nothing: an account could come up twice', async () => {
    const failing = { matching: [{ expression: '$CStr($CInt(title))', target: 'externalId' }, ...matching] };
    const configuration = configure([], {}, failing);
    expect(await plan(user({ title: 'x' }), configuration, undefined, {})).toMatchObject({
      action: 'refuse',
      attribute: 'externalId',
    });
    expect(await plan(user({ title: '07' }), configuration, undefined, {})).toEqual({
      action: 'match',
      keys: [
        { attribute: 'externalId', value: '7' },
        { attribute: 'userName', value: 'ada' },
      ],
    });
  });

  it('chooses a value that nobody has, once, and says when all are taken', async () => {
    const configuration = configure([
      { target: 'nickName', expression: '$SelectUniqueValue(userName, userName & "2")', apply: 'create' },
    ]);
    const match = { kind: 'none' } as const;
    expect(await plan(user(), configuration)).toEqual({
      action: 'choose',
      choices: [{ attribute: 'nickName', candidates: ['ada', 'ada2'] }],
    });
    const made = await plan(user(), configuration, undefined, {
      match,
      unique: new Map([['nickName', 'ada2']]),
    });
    expect(made).toMatchObject({
      action: 'create',
      changes: expect.arrayContaining([{ attribute: 'nickName', to: 'ada2' }]),
    });
    const target = applyPlan(undefined, made, 'r1')!;
    expect((await plan(user(), configuration, target)).action).toBe('none');
    const taken = await plan(user(), configuration, undefined, {
      match,
      unique: new Map([['nickName', undefined]]),
    });
    expect(taken).toMatchObject({
      action: 'refuse',
      code: 'no-unique-value',
      message: expect.stringContaining('ada, ada2'),
    });
  });

  it('of a group is evaluated, too', async () => {
    const group = { id: 'g1', resource: { displayName: 'crew' }, search: {} };
    const expression = '$ToUpper(displayName)';
    const configuration = compileConfiguration({
      version: 1,
      mappings: {
        users: { matching, attributes: [userName] },
        groups: {
          matching: [{ expression, target: 'displayName' }],
          attributes: [{ target: 'displayName', expression, apply: 'always' }],
        },
      },
      scope: {},
      policy: {},
    });
    const { expressions: compiled, type } = configuration.groups!;
    const expressions = await evaluateExpressions(compiled, group.resource, type, now);
    const facts = { now, remoteIds: new Map<string, string>(), expressions };
    expect(planGroup(group, configuration, undefined, facts)).toEqual({
      action: 'match',
      keys: [{ attribute: 'displayName', value: 'CREW' }],
    });
    expect(planGroup(group, configuration, undefined, { ...facts, match: { kind: 'none' } })).toMatchObject({
      changes: [{ attribute: 'displayName', to: 'CREW' }],
    });
  });
});

describe('what is protected', () => {
  const key = { attribute: 'userName', value: 'ada' };
  const title: AttributeMapping = { target: 'title', source: 'title', apply: 'always' };
  const guarded = (rule: ProtectedRule) => configure([title], { protected: [rule] });

  it('is not made over, adopted or changed, and the plan says why', async () => {
    const pattern = guarded({ attribute: 'userName', pattern: 'a*' });
    expect(await plan(user(), pattern)).toMatchObject({
      action: 'none',
      withheld: 'create',
      reason: { code: 'protected' },
    });
    const object = { id: 'r7', attributes: { userName: 'ada' } };
    const match = { kind: 'one', key, object } as const;
    for (const rule of [{ remoteId: 'r7' }, { attribute: 'userName', value: 'ADA' }, { subjectId: 'u1' }]) {
      expect(await plan(user(), guarded(rule as ProtectedRule), undefined, { match })).toMatchObject({
        action: 'none',
        reason: { code: 'protected' },
      });
    }
    expect(await plan(user({ title: 'x' }), pattern, account())).toMatchObject({
      action: 'none',
      withheld: 'update',
      reason: { code: 'protected', text: expect.stringContaining('r1') },
    });
  });

  it('is looked at first where a mapping does not tell', async () => {
    const configuration = guarded({ attribute: 'userType', value: 'Service' });
    const state = user({ title: 'x' });
    expect(await plan(state, configuration, account(), {})).toEqual({ action: 'observe', remoteId: 'r1' });
    expect((await plan(state, configuration, account(), { observed: { userType: 'service' } })).action).toBe(
      'none',
    );
    expect((await plan(state, configuration, account(), { observed: { userType: 'Employee' } })).action).toBe(
      'update',
    );
    expect((await plan(user(), configuration, account(), {})).action).toBe('none');
  });

  it('gives its names to nobody, and a leaver loses access all the same', async () => {
    const configuration = guarded({ attribute: 'userName', value: 'root' });
    const renamed = await plan(user({ userName: 'root', title: 'x' }), configuration, account());
    expect(renamed).toMatchObject({
      action: 'update',
      changes: [{ attribute: 'title', to: 'x' }],
      problems: [{ attribute: 'userName', message: expect.stringContaining('protected') }],
    });
    const leaver = await plan(user({ userName: 'root' }, { active: false }), configuration, account());
    expect(leaver).toMatchObject({
      action: 'deactivate',
      changes: [{ attribute: 'active', from: true, to: false }],
    });
  });
});

const text = fc.constantFrom('', 'a', 'Ada', 'soon', '7', '2026-01-01', 'ünï', 'svc-a', 'root');
const anyValue = fc.oneof(text, fc.constant(undefined), fc.constant(null), fc.array(text, { maxLength: 3 }));
const anyUser = fc
  .record({
    userName: fc.constantFrom('ada', 'svc-a', 'root', 'bob'),
    title: anyValue,
    nickName: anyValue,
    locale: anyValue,
    active: fc.boolean(),
    deleted: fc.boolean(),
  })
  .map(({ active: isActive, deleted, ...resource }) =>
    user(JSON.parse(JSON.stringify(resource)), { active: isActive, ...(deleted && { deletedAt: now }) }),
  );

const anySource = fc.oneof(
  fc.constantFrom('title', 'nickName', 'locale').map((source) => ({ source })),
  fc.constantFrom<AttributeValue>('x', '', true, ['b', 'a'], 7).map((constant) => ({ constant })),
  fc
    .constantFrom(
      '$CDate(title)',
      '$CInt(nickName)',
      '$ToUpper(title)',
      '$Split(title, "a")',
      '$Switch(locale, null, "Ada", "1", "", [])',
      '$Coalesce(title, nickName, locale)',
      '$Now()',
      'locale > 3',
      '[title, nickName]',
    )
    .map((expression) => ({ expression })),
);
const lineFor = (target: string) =>
  fc
    .record({
      from: anySource,
      default: fc.option(fc.constantFrom<AttributeValue>('d', ['e']), { nil: undefined }),
      apply: fc.constantFrom('always' as const, 'create' as const),
      whenEmpty: fc.option(fc.constantFrom('clear' as const, 'leave' as const), { nil: undefined }),
      ordered: fc.option(fc.boolean(), { nil: undefined }),
    })
    .map(({ from, ...more }): AttributeMapping => ({ target, ...from, ...JSON.parse(JSON.stringify(more)) }));
const anyLines = fc.tuple(lineFor('title'), lineFor('x'), lineFor('y'), lineFor('z'));
const unique: AttributeMapping = {
  target: 'nickName',
  expression: '$SelectUniqueValue(title, userName)',
  apply: 'create',
};

describe('every plan of any mapping', () => {
  it('leaves nothing to do once it is carried out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyUser, { minLength: 1, maxLength: 3 }), anyLines, async (states, lines) => {
        const configuration = configure([...lines, unique]);
        let target: TargetObject | undefined;
        for (const state of states) ({ target } = await carryOut(state, configuration, target));
        const again = await carryOut(states.at(-1)!, configuration, target);
        expect(again.plans).toHaveLength(1);
        expect(again.target).toEqual(target);
      }),
    );
  });

  it('does the same for an attribute whether or not another one fails', async () => {
    await fc.assert(
      fc.asyncProperty(anyUser, anyLines, async (state, lines) => {
        fc.pre(state.active && !state.deletedAt);
        const broken: AttributeMapping = { target: 'broken', expression: '$CDate("never")', apply: 'always' };
        const changes = async (attributes: AttributeMapping[]) => {
          const made = await plan(state, configure(attributes), account());
          return 'changes' in made ? made.changes : [];
        };
        const alone = await changes(lines);
        expect(await changes([lines[0], broken, ...lines.slice(1)])).toEqual(alone);
      }),
    );
  });

  it('touches nothing that is protected', async () => {
    const anyRule = fc.constantFrom<ProtectedRule>(
      { attribute: 'userName', value: 'ROOT' },
      { attribute: 'userName', pattern: 'svc-*' },
      { attribute: 'userType', value: 'Service' },
      { attribute: 'title', pattern: '*a*' },
      { remoteId: 'r1' },
      { remoteId: 'r9' },
      { subjectId: 'u1' },
    );
    const leaving = fc.constantFrom('deactivate' as const, 'delete' as const, 'keep' as const);
    const anyPolicy = fc.record({ onDeletedAtSource: leaving, deleteAfterHours: fc.constantFrom(0, 24) });
    const anyAccount = fc.record({
      userName: fc.constantFrom('ada', 'svc-a', 'root'),
      title: fc.constantFrom('a', 'x'),
      state: fc.constantFrom('active' as const, 'inactive' as const, 'absent' as const),
      userType: fc.constantFrom('Service', 'Employee'),
    });
    const covers = (rule: ProtectedRule, id: string, values: Record<string, unknown>) => {
      if ('remoteId' in rule) return rule.remoteId === id;
      if ('subjectId' in rule) return true;
      const value = values[rule.attribute];
      const all = (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');
      const wanted = 'value' in rule ? rule.value : rule.pattern;
      const pattern = new RegExp(`^${wanted.replaceAll('*', '.*')}$`, 'i');
      return all.some((each) => pattern.test(each));
    };
    await fc.assert(
      fc.asyncProperty(
        anyUser,
        anyLines,
        anyRule,
        anyPolicy,
        anyAccount,
        fc.boolean(),
        async (state, lines, rule, users, known, there) => {
          const configuration = configure(lines, { users, protected: [rule] });
          const written = { userName: known.userName, title: known.title, active: known.state === 'active' };
          const target: TargetObject | undefined = there
            ? { remoteId: 'r1', origin: 'created', state: known.state, written }
            : undefined;
          const all = { ...written, userType: known.userType };
          const object = { id: 'r9', attributes: all };
          const found = await plan(state, configuration, target, {
            match: { kind: 'one', key, object },
            observed: all,
          });
          if ('changes' in found) {
            const id = found.remoteId ?? target!.remoteId;
            expect(covers(rule, id, all), JSON.stringify(found)).toBe(false);
          }
          const none = await plan(state, configuration, undefined, { match: { kind: 'none' } });
          for (const made of [found, none]) {
            if (!('changes' in made)) continue;
            const given = Object.fromEntries(made.changes.map(({ attribute, to }) => [attribute, to]));
            expect(covers(rule, 'new', given), JSON.stringify(made)).toBe(false);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

const key = { attribute: 'userName', value: 'ada' };
