import {
  type Attributes,
  type Capabilities,
  type Connector,
  connectorModule,
  type ConnectorModule,
  type Mappings,
  type Outcome,
  type RemoteObject,
  type SubjectType,
} from '@rollcall/connectors';
import { type Actor, currentActor, type World } from './world.js';

export interface Account extends Omit<RemoteObject, 'members'> {
  members: Set<string>;
}

const scim = connectorModule('scim2')!.manifest.defaultMappings;

/** Matched by what never changes first, so that a rename under way does not hide an account. */
export const mappings: Mappings = {
  users: {
    attributes: scim.users.attributes,
    matching: [{ source: 'externalId', target: 'externalId' }, ...scim.users.matching],
  },
  groups: {
    attributes: scim.groups!.attributes,
    matching: [{ source: 'externalId', target: 'externalId' }, ...scim.groups!.matching],
  },
};

export const byExternalId: Mappings = {
  users: { ...mappings.users, matching: mappings.users.matching.slice(0, 1) },
  groups: { ...mappings.groups!, matching: mappings.groups!.matching.slice(0, 1) },
};

const capabilities: Capabilities = {
  create: true,
  update: true,
  delete: true,
  groups: true,
  find: true,
  list: true,
  changes: false,
  members: { addRemove: true, maxPerCall: 2, readable: true, nested: false },
  pageSize: 100,
};

/** Whichever world the caller is in has a target of its own. */
export const targetModule: ConnectorModule = {
  manifest: {
    type: 'memory',
    name: 'Memory',
    description: 'A target for tests.',
    settingsSchema: { type: 'object' },
    credentialsSchema: { type: 'object' },
    capabilities,
    presets: [],
    defaultMappings: mappings,
  },
  open: () => targets.get(currentActor().world)!.connector,
};

export const targets = new WeakMap<World, SeededTarget>();

export interface TargetRules {
  intensity: number;
  /** Refuses a name that another has. Otherwise it makes doubles without a word. */
  unique: boolean;
  /** Judges a call before it is carried out; a text is what is wrong with it. */
  judge(operation: string, type: SubjectType, about: Attributes): string | undefined;
}

/** A target whose every call is two moments: when it arrives and is carried out, or not, and when the answer is heard. */
export class SeededTarget {
  readonly users = new Map<string, Account>();
  readonly groups = new Map<string, Account>();
  readonly wrongs: string[] = [];
  /** Nothing is answered. */
  down = false;
  /** Calls that have come in, and how many at once at most. */
  calls = 0;
  mostAtOnce = 0;
  readonly connector: Connector;
  private atOnce = 0;
  private readonly underWay = new Map<Actor, string[]>();

  constructor(
    private readonly world: World,
    private readonly rules: TargetRules,
  ) {
    targets.set(world, this);
    this.connector = this.connect();
  }

  store(type: SubjectType): Map<string, Account> {
    return type === 'user' ? this.users : this.groups;
  }

  /** Calls of a process that is gone are under way no longer. */
  forgetActor(actor: Actor): void {
    this.underWay.delete(actor);
  }

  private connect(): Connector {
    const known = (type: SubjectType, id: string) => this.store(type).get(id);
    return {
      test: async () => ({ ok: true, steps: [] }),
      discover: async () => ({ kind: 'ok', value: { objectTypes: [], capabilities, assumptions: [] } }),
      close: async () => undefined,
      list: (type) =>
        this.call('list', type, undefined, () => ({
          kind: 'ok',
          value: { objects: [...this.store(type).values()].map(copy) },
        })),
      get: (type, id) =>
        this.call('get', type, undefined, () => {
          const found = known(type, id);
          return found ? { kind: 'ok', value: copy(found) } : absent;
        }),
      find: (type, { attribute, value }) =>
        this.call('find', type, undefined, () => ({
          kind: 'ok',
          value: [...this.store(type).values()]
            .filter(({ attributes }) => attributes[attribute] === value)
            .map(copy),
        })),
      create: (type, attributes) =>
        this.call('create', type, attributes, () => {
          if (this.rules.unique && this.taken(type, attributes)) return nameTaken;
          const object = { id: this.world.uuid(), attributes: { ...attributes }, members: new Set<string>() };
          this.store(type).set(object.id, object);
          return { kind: 'ok', value: copy(object) };
        }),
      update: (type, id, changes) =>
        this.call('update', type, known(type, id)?.attributes, () => {
          const found = known(type, id);
          if (!found) return absent;
          const after = { ...found.attributes };
          for (const change of changes) {
            if (change.op === 'set') after[change.attribute] = change.value;
            else delete after[change.attribute];
          }
          if (this.rules.unique && this.taken(type, after, id)) return nameTaken;
          found.attributes = after;
          return { kind: 'ok', value: { id } };
        }),
      delete: (type, id) =>
        this.call('delete', type, known(type, id)?.attributes, () =>
          this.store(type).delete(id)
            ? { kind: 'ok', value: undefined }
            : { kind: 'no-op', why: 'already-absent' },
        ),
      members: (groupId, { add, remove }) =>
        this.call('members', 'group', known('group', groupId)?.attributes, () => {
          const group = this.groups.get(groupId);
          if (!group) return absent;
          const there = add.filter(({ id }) => this.users.has(id)).map(({ id }) => id);
          there.forEach((id) => group.members.add(id));
          remove.forEach(({ id }) => group.members.delete(id));
          const unknown = add.map(({ id }) => id).filter((id) => !there.includes(id));
          return { kind: 'ok', value: { added: there, removed: remove.map(({ id }) => id), unknown } };
        }),
    };
  }

  private taken(type: SubjectType, attributes: Attributes, except?: string): boolean {
    const name = type === 'user' ? 'userName' : 'displayName';
    return [...this.store(type).values()].some(
      (other) => other.id !== except && other.attributes[name] === attributes[name],
    );
  }

  private async call<T>(
    operation: string,
    type: SubjectType,
    changed: Attributes | undefined,
    carryOut: () => Outcome<T>,
  ): Promise<Outcome<T>> {
    const actor = currentActor();
    const about = changed && String(changed.externalId ?? changed.userName ?? changed.displayName);
    const label = `${operation} ${type} ${about ?? ''}`;
    const going = this.underWay.get(actor) ?? [];
    this.underWay.set(actor, going);
    if (about !== undefined) {
      const all = [...this.underWay].flatMap(([who, calls]) => (who.alive ? calls : []));
      if (all.includes(about)) this.wrongs.push(`two calls at once about ${about}: ${label}`);
      going.push(about);
    }
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    try {
      const outcome = await this.world.step(label, () => this.arrive(operation, type, changed, carryOut));
      return await this.world.step(`answer to ${label}: ${outcome.kind}`, () => outcome);
    } finally {
      this.atOnce -= 1;
      if (about !== undefined) going.splice(going.indexOf(about), 1);
    }
  }

  private arrive<T>(
    operation: string,
    type: SubjectType,
    changed: Attributes | undefined,
    carryOut: () => Outcome<T>,
  ): Outcome<T> {
    const { world, rules } = this;
    this.calls += 1;
    if (this.down) return faults.away();
    const wrong = world.faulty && world.chance(rules.intensity) ? world.pick(kinds) : undefined;
    if (wrong !== undefined && wrong !== 'lost' && wrong !== 'broken afterwards') return faults[wrong](world);
    const judged = changed && rules.judge(operation, type, changed);
    if (judged) this.wrongs.push(judged);
    const outcome = carryOut();
    if (wrong === 'broken afterwards') throw new Error('a fault of the connector');
    if (wrong !== 'lost') return { ...outcome, calls: [{ method: operation, url: `memory:/${type}` }] };
    const scope = world.pick(['object', 'connection'] as const);
    return { kind: 'retry', scope, maybeDone: true, message: 'no answer came' };
  }
}

const faults = {
  busy: (world: World): Outcome<never> => ({
    kind: 'retry',
    scope: world.pick(['object', 'connection']),
    afterMs: 1_000 + Math.floor(world.draw() * 4_000),
    message: 'HTTP 429',
  }),
  failing: (): Outcome<never> => ({ kind: 'retry', scope: 'object', message: 'HTTP 500' }),
  away: (): Outcome<never> => ({ kind: 'retry', scope: 'connection', message: 'no connection' }),
  broken: (): Outcome<never> => {
    throw new Error('a fault of the connector');
  },
};
const kinds = ['lost', 'lost', 'broken afterwards', 'busy', 'failing', 'away', 'broken'] as const;
const absent: Outcome<never> = { kind: 'not-found', message: 'no such object' };
const nameTaken: Outcome<never> = { kind: 'conflict', message: 'the name is taken' };

const copy = ({ id, attributes }: Account): RemoteObject => ({ id, attributes: { ...attributes } });
