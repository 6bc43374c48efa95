import { type AttributeMapping, type Connector, connectorModule, type Outcome } from '@rollcall/connectors';
import { normalise, userType } from '@rollcall/scim';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateExpressions } from '../mapping/evaluate-expressions.js';
import { asObserved } from '../plan/as-observed.js';
import { compileConfiguration } from '../plan/compile-configuration.js';
import { planUser } from '../plan/plan-user.js';
import type { Action, Configuration, TargetObject, UserState } from '../plan/plan.js';
import { Attempt } from './attempt.js';
import { carryOut } from './carry-out.js';

const scim = connectorModule('scim2')!.manifest.defaultMappings;
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const manager = `${enterprise}:manager.value`;
const now = new Date('2026-03-01T00:00:00Z');
const expression: AttributeMapping = {
  target: 'nickName',
  expression: '$Join(" ", $ToLower(displayName), title)',
  apply: 'always',
};
const once: AttributeMapping = { source: 'title', target: 'preferredLanguage', apply: 'create' };

function configure(onLeaving: 'deactivate' | 'delete' | 'keep'): Configuration {
  const attributes = scim.users.attributes.filter(({ target }) => target !== 'preferredLanguage');
  return compileConfiguration({
    version: 1,
    mappings: {
      users: {
        matching: [{ source: 'externalId', target: 'externalId' }, ...scim.users.matching],
        attributes: [...attributes, expression, once],
      },
    },
    scope: { rule: 'userType ne "Guest"' },
    policy: {
      users: { onDeletedAtSource: onLeaving, onOutOfScope: onLeaving, deleteAfterHours: 0 },
      protected: [{ subjectId: 'u3' }, { attribute: 'title', value: 'Root' }],
    },
  });
}

type Fate = 'well' | 'refused' | 'lost' | 'busy' | 'forgotten';
interface Known {
  target?: TargetObject;
  mayExist: boolean;
  lookFirst?: boolean;
}

/** The hub's side of a target in memory: plans, makes the calls, and remembers, as far as it hears of it. */
class Hub {
  readonly accounts = new Map<string, Record<string, unknown>>();
  readonly known = new Map<string, Known>();
  readonly created: string[] = [];
  /** An attribute that the target takes no change of. */
  refuses: string | undefined;
  private fates: Fate[] = [];

  constructor(private readonly configuration: Configuration) {}

  async push(state: UserState, fates: Fate[]): Promise<Action | 'none' | 'refuse' | 'failed'> {
    this.fates = [...fates];
    const { target, mayExist, lookFirst } = this.known.get(state.id) ?? { mayExist: false };
    const { users } = this.configuration;
    const expressions = await evaluateExpressions(users.expressions, state.resource, users.type, now);
    const remoteIds = new Map(
      [...this.known].flatMap(([id, { target: there }]): [string, string][] =>
        there && (there.state === 'active' || there.state === 'inactive') ? [[id, there.remoteId]] : [],
      ),
    );
    const attempt = new Attempt({
      connector: this.connector as Connector,
      type: 'user',
      operationId: 'o',
      attempt: 1,
      writtenMembers: async () => [],
      holderOf: async (remoteId) => {
        const [id] = [...this.known].find(([, { target: there }]) => there?.remoteId === remoteId) ?? [];
        return id === undefined || id === state.id ? undefined : { subjectId: id, left: false };
      },
    });
    const carried = await carryOut(
      (known, answers) =>
        planUser(state, this.configuration, known, { now, remoteIds, expressions, ...answers }),
      target,
      attempt,
      mayExist || lookFirst === true,
      async () => ({ kind: 'go' }),
      undefined,
      mayExist,
      (known, observed) => asObserved(known, observed, this.configuration.users),
    );
    // A process that is killed hears of nothing; what it may have made is all that is known of it.
    const forgotten = this.fates.includes('forgotten') && carried.kind === 'done';
    if (carried.kind === 'failed' || forgotten) {
      const creating = carried.plan.action === 'create' || carried.plan.action === 'match';
      this.known.set(state.id, { target, mayExist: mayExist || creating || !target, lookFirst: true });
      return 'failed';
    }
    this.known.set(state.id, { target: carried.target, mayExist: carried.kind === 'refused' && mayExist });
    return carried.plan.action as Action;
  }

  private answer<T>(work: () => Outcome<T>): Outcome<T> {
    const fate = this.fates[0] === 'forgotten' ? 'well' : (this.fates.shift() ?? 'well');
    if (fate === 'refused') return { kind: 'retry', scope: 'object', message: 'HTTP 500' };
    if (fate === 'busy') return { kind: 'retry', scope: 'connection', afterMs: 1_000, message: 'HTTP 429' };
    const outcome = work();
    return fate === 'lost'
      ? { kind: 'retry', scope: 'object', maybeDone: true, message: 'no answer' }
      : outcome;
  }

  private readonly connector: Pick<Connector, 'find' | 'get' | 'create' | 'update' | 'delete'> = {
    find: async (_type, { attribute, value }) =>
      this.answer(() => ({
        kind: 'ok',
        value: [...this.accounts]
          .filter(([, attributes]) => attributes[attribute] === value)
          .map(([id, attributes]) => ({ id, attributes: { ...attributes } as never })),
      })),
    get: async (_type, id) =>
      this.answer(() =>
        this.accounts.has(id)
          ? { kind: 'ok', value: { id, attributes: { ...this.accounts.get(id) } as never } }
          : { kind: 'not-found', message: 'gone' },
      ),
    create: async (_type, attributes) =>
      this.answer(() => {
        const id = `r${this.created.length + 1}`;
        this.created.push(String(attributes.externalId));
        this.accounts.set(id, { ...attributes });
        return { kind: 'ok', value: { id, attributes } };
      }),
    update: async (_type, id, changes) =>
      this.answer(() => {
        const account = this.accounts.get(id);
        if (!account) return { kind: 'not-found', message: 'gone' };
        const attribute = changes.find((change) => change.attribute === this.refuses)?.attribute;
        if (attribute !== undefined)
          return { kind: 'rejected', code: 'invalid-value', attribute, message: `${attribute} is refused` };
        for (const change of changes) {
          if (change.op === 'set') account[change.attribute] = change.value;
          else delete account[change.attribute];
        }
        return { kind: 'ok', value: { id } };
      }),
    delete: async (_type, id) =>
      this.answer(() => {
        this.accounts.delete(id);
        return { kind: 'ok', value: undefined };
      }),
  };

  accountOf(externalId: string): Record<string, unknown> | undefined {
    return [...this.accounts.values()].find((account) => account.externalId === externalId);
  }
}

interface Change {
  who: number;
  set: Record<string, unknown>;
  active?: boolean;
  deleted?: true;
  boss?: number;
}

function stateAfter(at: number, changes: Change[]): UserState {
  const resource: Record<string, unknown> = {
    userName: `user${at}`,
    externalId: `x${at}`,
    displayName: 'Someone',
  };
  let active = true;
  let deletedAt: Date | undefined;
  for (const change of changes.filter(({ who }) => who === at)) {
    if (deletedAt) break;
    Object.assign(resource, change.set);
    if (change.boss !== undefined) resource[enterprise] = { manager: { value: `u${change.boss}` } };
    active = change.active ?? active;
    if (change.deleted) deletedAt = now;
  }
  for (const [name, value] of Object.entries(resource)) if (value === undefined) delete resource[name];
  const search = normalise(resource, userType);
  return { id: `u${at}`, active, resource, search, memberOf: [], ...(deletedAt && { deletedAt }) };
}

const text = fc.constantFrom('a', 'B', 'ünï', undefined);
const people = [0, 1, 2, 3];
const anyChange: fc.Arbitrary<Change> = fc.record({
  who: fc.constantFrom(...people),
  set: fc.oneof(
    fc.record({ title: text }),
    fc.record({ displayName: text, userType: fc.constantFrom('Guest', 'Employee') }),
    fc.record({
      emails: fc.constantFrom([{ type: 'work', value: 'a@x' }], [], [{ type: 'work', value: 'b@x' }]),
    }),
  ),
  active: fc.option(fc.boolean(), { nil: undefined }),
  deleted: fc.option(fc.constant(true as const), { nil: undefined, freq: 8 }),
  boss: fc.option(fc.constantFrom(...people), { nil: undefined }),
}) as fc.Arbitrary<Change>;
const anyFate = fc.constantFrom<Fate>('well', 'well', 'well', 'refused', 'lost', 'busy', 'forgotten');
const anyHistory = fc.array(
  fc.record({
    change: anyChange,
    pushed: fc.array(fc.constantFrom(...people)),
    fates: fc.array(anyFate, { maxLength: 4 }),
  }),
  { maxLength: 12 },
);
const anyLeaving = fc.constantFrom('deactivate' as const, 'delete' as const, 'keep' as const);
const anyOrder = fc.shuffledSubarray(people, { minLength: people.length });

/** Until nobody has anything left to do. */
async function untilInLine(hub: Hub, states: UserState[], order: number[]): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    const actions: string[] = [];
    for (const at of order) actions.push(await hub.push(states[at]!, []));
    if (actions.every((action) => action === 'none' || action === 'refuse')) return;
  }
  throw new Error('The plans do not come to an end');
}

function isWanted({ id, active, deletedAt, resource }: UserState): boolean {
  return active && !deletedAt && resource.userType !== 'Guest' && id !== 'u3';
}

/** Without what is written at creation alone, and without ids that the target drew. */
function seen(hub: Hub, at: number): Record<string, unknown> {
  const { preferredLanguage: _once, [manager]: _id, ...account } = hub.accountOf(`x${at}`) ?? {};
  return account;
}

function bossOf(hub: Hub, at: number): unknown {
  return hub.accounts.get(hub.accountOf(`x${at}`)?.[manager] as string)?.externalId;
}

describe('what is carried out, after any history with any faults', () => {
  it('comes to what the last state alone would have come to, with no account made twice', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, anyLeaving, anyOrder, anyOrder, async (history, leaving, order, other) => {
        const hub = new Hub(configure(leaving));
        const changes: Change[] = [];
        for (const { change, pushed, fates } of history) {
          changes.push(change);
          for (const at of pushed) await hub.push(stateAfter(at, changes), fates);
        }
        const states = people.map((at) => stateAfter(at, changes));
        await untilInLine(hub, states, order);
        const fresh = new Hub(configure(leaving));
        await untilInLine(fresh, states, other);

        const owners = [...hub.accounts.values()].map(({ externalId }) => externalId);
        expect(new Set(owners).size).toBe(owners.length);
        for (const at of people) {
          const { deletedAt, resource } = states[at]!;
          const wanted = isWanted(states[at]!);
          if (wanted) expect(seen(hub, at)).toEqual(seen(fresh, at));
          const boss = (resource[enterprise] as { manager: { value: string } } | undefined)?.manager.value;
          if (wanted && boss !== undefined && isWanted(states[Number(boss.slice(1))]!)) {
            expect(bossOf(hub, at)).toBe(`x${boss.slice(1)}`);
          }
          const account = hub.accountOf(`x${at}`);
          if (!wanted && account && leaving !== 'keep') expect(account.active).toBe(false);
          const left = deletedAt !== undefined || resource.userType === 'Guest';
          if (left && leaving === 'delete') expect(account).toBeUndefined();
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never touches who is protected, nor makes an account for who is out of scope', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, anyLeaving, async (history, leaving) => {
        const hub = new Hub(configure(leaving));
        const root = { externalId: 'x1', userName: 'user1', title: 'Root', active: true };
        hub.accounts.set('root', { ...root });
        const changes: Change[] = [];
        for (const { change, pushed, fates } of history) {
          changes.push(change);
          for (const at of pushed) {
            const before = hub.created.length;
            const state = stateAfter(at, changes);
            await hub.push(state, fates);
            const outside =
              !state.active || state.deletedAt !== undefined || state.resource.userType === 'Guest';
            if (outside) expect(hub.created.length).toBe(before);
          }
        }
        expect(hub.accountOf('x3')).toBeUndefined();
        expect(hub.accounts.get('root')).toEqual(root);
        expect(hub.created).not.toContain('x1');
      }),
      { numRuns: 300 },
    );
  });

  it('takes away what an attempt made that was not answered, when its person has left meanwhile', async () => {
    const hub = new Hub(configure('deactivate'));
    expect(await hub.push(stateAfter(0, []), ['well', 'well', 'lost'])).toBe('failed');
    expect(hub.accountOf('x0')).toMatchObject({ active: true });
    const left = stateAfter(0, [{ who: 0, set: {}, deleted: true }]);
    expect(await hub.push(left, [])).toBe('adopt');
    expect(await hub.push(left, [])).toBe('deactivate');
    expect(hub.accountOf('x0')).toMatchObject({ active: false });
    expect(hub.created).toHaveLength(1);
  });

  it('finds out what an unanswered change has done before it takes the account for what it was', async () => {
    const hub = new Hub(configure('deactivate'));
    await hub.push(stateAfter(0, []), []);
    const away: Change = { who: 0, set: { title: 'B' }, active: false };
    expect(await hub.push(stateAfter(0, [away]), ['lost'])).toBe('failed');
    expect(hub.accountOf('x0')).toMatchObject({ active: false, title: 'B' });
    const back: Change = { who: 0, set: { title: undefined }, active: true };
    await hub.push(stateAfter(0, [away, back]), []);
    expect(hub.accountOf('x0')).toMatchObject({ active: true });
    expect(hub.accountOf('x0')).not.toHaveProperty('title');
  });

  it('takes access away also where the target refuses what else has changed, and says so afterwards', async () => {
    const hub = new Hub(configure('deactivate'));
    await hub.push(stateAfter(0, []), []);
    hub.refuses = 'title';
    const away = stateAfter(0, [{ who: 0, set: { title: 'B' }, active: false }]);
    expect(await hub.push(away, [])).toBe('deactivate');
    expect(hub.accountOf('x0')).toMatchObject({ active: false });
    expect(hub.known.get(away.id)?.target).toMatchObject({ state: 'inactive' });
    expect(await hub.push(away, [])).toBe('failed');
    hub.refuses = undefined;
    expect(await hub.push(away, [])).toBe('update');
    expect(hub.accountOf('x0')).toMatchObject({ active: false, title: 'B' });
  });
});
