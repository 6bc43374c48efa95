import { AssertionError } from 'node:assert';
import type {
  AttributeChange,
  Connector,
  OperationContext,
  Outcome,
  RemoteObject,
  SubjectType,
} from '../contract.js';
import { FaultProxy } from './fault-proxy.js';
import type { OpenOptions, TargetUnderTest } from './target-under-test.js';

/** What one behaviour is tried with: the target, a proxy before it, connectors that are closed in the end. */
export class Stage {
  private readonly opened: Connector[] = [];
  private serial = 0;

  private constructor(
    readonly target: TargetUnderTest,
    readonly proxy: FaultProxy,
    private readonly run: string,
  ) {}

  static async open(target: TargetUnderTest): Promise<Stage> {
    const run = `${Date.now().toString(36)}${Math.floor(Math.random() * 46_656).toString(36)}`;
    return new Stage(target, await FaultProxy.open(target.address), run);
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((connector) => connector.close()));
    await this.proxy.close();
  }

  /** Every answer of it is searched for secrets. */
  connect(options: OpenOptions = {}): Connector {
    const connector = this.target.open(this.proxy.address, options);
    this.opened.push(connector);
    const { secrets } = this.target;
    return new Proxy(connector, {
      get(whole, name) {
        const member: unknown = Reflect.get(whole, name, whole);
        if (typeof member !== 'function') return member;
        return async (...given: unknown[]): Promise<unknown> => {
          const answer: unknown = await (member as (...all: unknown[]) => unknown).apply(whole, given);
          const text = JSON.stringify(answer) ?? '';
          expect(
            !secrets.some((secret) => text.includes(JSON.stringify(secret).slice(1, -1))),
            `${String(name)} answered with a secret in it`,
          );
          return answer;
        };
      },
    });
  }

  name(what = 'user'): string {
    this.serial += 1;
    const { nameDomain } = this.target;
    const name = `kit.${what}.${this.run}.${this.serial}`;
    return nameDomain === undefined ? name : `${name}@${nameDomain}`;
  }

  context(mode: OperationContext['mode'] = 'live'): OperationContext {
    this.serial += 1;
    return { operationId: `${this.run}-${this.serial}`, attempt: 1, mode };
  }

  async newUser(connector: Connector, name = this.name()): Promise<RemoteObject> {
    if (this.target.seedUser) return { ...(await this.target.seedUser(name)), attributes: {} };
    return ok(await connector.create('user', this.target.user(name), this.context()), 'create');
  }

  /** Makes an account of the name, or changes one that was seeded under it. */
  async write(connector: Connector, name: string, signal?: AbortSignal): Promise<Outcome<unknown>> {
    const { target } = this;
    const context = { ...this.context(), ...(signal && { signal }) };
    if (!target.seedUser) return connector.create('user', target.user(name), context);
    const { id } = await target.seedUser(name);
    return connector.update('user', id, [this.change()], context);
  }

  /** The change of the target under test. */
  change(): AttributeChange {
    const { attribute, to } = this.target.change;
    return { op: 'set', attribute, value: to };
  }

  async newGroup(connector: Connector, name = this.name('group')): Promise<RemoteObject> {
    return ok(await connector.create('group', this.target.group!(name), this.context()), 'create a group');
  }

  /** Ids of those who are in a group, read past the connector where that is possible. */
  async membersOf(connector: Connector, groupId: string): Promise<string[]> {
    const { membersOf } = this.target;
    if (membersOf) return membersOf(groupId);
    const { members = [] } = ok(await connector.get('group', groupId, { members: true }), 'get');
    return members.map(({ id }) => id);
  }

  /** As the engine would after trouble has passed: again while the answer is to try again. */
  async find(connector: Connector, type: SubjectType, name: string): Promise<RemoteObject[]> {
    const attribute = type === 'user' ? this.target.userKey : this.target.groupKey!;
    let outcome = await connector.find(type, { attribute, value: name });
    for (let tries = 0; outcome.kind === 'retry' && tries < 3; tries += 1)
      outcome = await connector.find(type, { attribute, value: name });
    return outcome.kind === 'not-found' ? [] : ok(outcome, 'find');
  }
}

export function expect(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError({ message });
}

/** The value of an operation that must have worked. */
export function ok<T>(outcome: Outcome<T>, what: string): T {
  expect(outcome.kind === 'ok', `${what} answered ${told(outcome)} instead of ok`);
  return outcome.value;
}

export function expectKind(outcome: Outcome<unknown>, kinds: Outcome<unknown>['kind'][], what: string): void {
  expect(kinds.includes(outcome.kind), `${what} answered ${told(outcome)} instead of ${kinds.join(' or ')}`);
}

export const told = (outcome: Outcome<unknown>): string => {
  const { kind } = outcome;
  return 'message' in outcome ? `${kind} (${outcome.message})` : kind;
};
