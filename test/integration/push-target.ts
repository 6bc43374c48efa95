import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type Attributes,
  type Capabilities,
  type Connector,
  type ConnectorModule,
  connectorModule,
  type Outcome,
  type RateHints,
  type RemoteObject,
  type SubjectType,
} from '@rollcall/connectors';

export interface TargetCall {
  operation: 'find' | 'list' | 'get' | 'create' | 'update' | 'delete' | 'members';
  type: SubjectType;
  /** The remote id, or the name that was looked for or made. */
  about: string;
  at: number;
}

type Fault = (call: TargetCall) => Outcome<never> | { lostAfterwards: true } | undefined;

/** A target in memory behind the connector contract, whose every call can be slowed, refused or lost. */
export class PushTarget {
  readonly users = new Map<string, RemoteObject>();
  readonly groups = new Map<string, Omit<RemoteObject, 'members'> & { members: Set<string> }>();
  readonly calls: TargetCall[] = [];
  latencyMs = 0;
  /** Calls that come meanwhile have no answer before it is fulfilled. */
  held: Promise<unknown> | undefined;
  fault: Fault = () => undefined;
  /** Most calls at once about one object, ever. */
  mostAtOnce = 0;
  /** Most calls at once, ever. */
  mostUnderWay = 0;
  accepts: unknown = 'secret';
  /** Added to every answer. */
  hints: () => RateHints | undefined = () => undefined;
  private allUnderWay = 0;
  private readonly underWay = new Map<string, number>();

  readonly capabilities: Capabilities = {
    create: true,
    update: true,
    delete: true,
    groups: true,
    find: true,
    list: true,
    changes: false,
    members: { addRemove: true, maxPerCall: 100, readable: true, nested: false },
    pageSize: 100,
  };

  module(): ConnectorModule {
    return {
      manifest: {
        type: 'memory',
        name: 'Memory',
        description: 'A target for tests.',
        settingsSchema: {
          type: 'object',
          additionalProperties: false,
          required: ['baseUrl'],
          properties: { baseUrl: { type: 'string', format: 'uri', title: 'Address' } },
        },
        credentialsSchema: {
          type: 'object',
          additionalProperties: false,
          required: ['type', 'token'],
          properties: { type: { const: 'bearer' }, token: { type: 'string', minLength: 1 } },
        },
        capabilities: this.capabilities,
        presets: [],
        defaultMappings: connectorModule('scim2')!.manifest.defaultMappings,
      },
      open: (_settings, credentials) => this.connect((credentials as { token: string }).token),
    };
  }

  userNamed(userName: string): RemoteObject | undefined {
    return [...this.users.values()].find(({ attributes }) => attributes.userName === userName);
  }

  groupNamed(displayName: string) {
    return [...this.groups.values()].find(({ attributes }) => attributes.displayName === displayName);
  }

  made(operation: TargetCall['operation'], type: SubjectType = 'user'): TargetCall[] {
    return this.calls.filter((call) => call.operation === operation && call.type === type);
  }

  private connect(token: string): Connector {
    const call = <T>(
      operation: TargetCall['operation'],
      type: SubjectType,
      about: string,
      work: () => Outcome<T>,
    ): Promise<Outcome<T>> => this.answer({ operation, type, about, at: Date.now() }, token, work);
    return {
      test: async () => ({ ok: token === this.accepts, steps: [] }),
      discover: async () => ({
        kind: 'ok',
        value: { objectTypes: [], capabilities: this.capabilities, assumptions: [] },
      }),
      list: (type, { cursor, limit = 100 }) =>
        call('list', type, cursor ?? '0', () => {
          const from = Number(cursor ?? 0);
          const all = [...this.store(type).values()];
          const next = from + limit < all.length ? String(from + limit) : undefined;
          return { kind: 'ok', value: { objects: all.slice(from, from + limit), nextCursor: next } };
        }),
      get: (type, id) =>
        call('get', type, id, () => {
          const group = type === 'group' ? this.groups.get(id) : undefined;
          const members = [...(group?.members ?? [])].map((member) => ({
            id: member,
            type: 'user' as const,
          }));
          const object = this.store(type).get(id);
          const found = object && (group ? { ...object, members } : object);
          return found ? { kind: 'ok', value: found } : { kind: 'not-found', message: 'no such object' };
        }),
      find: (type, { attribute, value }) =>
        call('find', type, value, () => ({
          kind: 'ok',
          value: [...this.store(type).values()].filter(({ attributes }) => attributes[attribute] === value),
        })),
      create: async (type, attributes, { mode }) => {
        if (mode === 'plan') return planned('create', type, attributes);
        return call('create', type, nameOf(type, attributes), () => {
          const name = nameOf(type, attributes);
          const taken = [...this.store(type).values()].some(
            (object) => nameOf(type, object.attributes) === name,
          );
          if (taken) return { kind: 'conflict', message: 'the name is taken' };
          const object = { id: randomUUID(), attributes: { ...attributes }, members: new Set<string>() };
          this.store(type).set(object.id, object as never);
          return { kind: 'ok', value: { id: object.id, attributes: object.attributes } };
        });
      },
      update: async (type, id, changes, { mode }) => {
        if (mode === 'plan') return planned('update', type, changes);
        return call('update', type, id, () => {
          const found = this.store(type).get(id);
          if (!found) return { kind: 'not-found', message: 'no such object' };
          const group = this.groups.get(id);
          for (const change of changes) {
            if (group && change.op === 'set' && change.attribute === 'members') {
              group.members = new Set(change.value as string[]);
            } else if (change.op === 'set') found.attributes[change.attribute] = change.value;
            else delete found.attributes[change.attribute];
          }
          return { kind: 'ok', value: { id } };
        });
      },
      delete: async (type, id, { mode }) => {
        if (mode === 'plan') return planned('delete', type);
        return call('delete', type, id, () =>
          this.store(type).delete(id)
            ? { kind: 'ok', value: undefined }
            : { kind: 'no-op', why: 'already-absent' },
        );
      },
      members: async (groupId, { add, remove }, { mode }) => {
        if (mode === 'plan') return planned('members', 'group', { add, remove });
        return call('members', 'group', groupId, () => {
          const group = this.groups.get(groupId);
          if (!group) return { kind: 'not-found', message: 'no such group' };
          const known = add.filter(({ id }) => this.users.has(id));
          known.forEach(({ id }) => group.members.add(id));
          remove.forEach(({ id }) => group.members.delete(id));
          return {
            kind: 'ok',
            value: {
              added: known.map(({ id }) => id),
              removed: remove.map(({ id }) => id),
              unknown: add.filter(({ id }) => !this.users.has(id)).map(({ id }) => id),
            },
          };
        });
      },
      close: async () => undefined,
    };
  }

  private store(type: SubjectType): Map<string, RemoteObject> {
    return type === 'user' ? this.users : (this.groups as unknown as Map<string, RemoteObject>);
  }

  private async answer<T>(call: TargetCall, token: string, work: () => Outcome<T>): Promise<Outcome<T>> {
    this.calls.push(call);
    const atOnce = (this.underWay.get(call.about) ?? 0) + 1;
    this.underWay.set(call.about, atOnce);
    this.allUnderWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.allUnderWay);
    if (call.operation !== 'list') this.mostAtOnce = Math.max(this.mostAtOnce, atOnce);
    try {
      await this.held;
      if (this.latencyMs > 0) await wait(this.latencyMs);
      if (token !== this.accepts) return { kind: 'denied', message: 'the token is refused' };
      const fault = this.fault(call);
      const hints = this.hints();
      if (fault && 'kind' in fault) return { ...fault, ...(hints && { hints }) };
      const outcome = work();
      if (fault) {
        return { kind: 'retry', scope: 'object', maybeDone: true, message: 'no answer came' };
      }
      return {
        ...outcome,
        ...(hints && { hints }),
        calls: [{ method: call.operation.toUpperCase(), url: `memory:/${call.type}` }],
      };
    } finally {
      this.underWay.set(call.about, atOnce - 1);
      this.allUnderWay -= 1;
    }
  }
}

function nameOf(type: SubjectType, attributes: Attributes): string {
  return String(type === 'user' ? attributes.userName : attributes.displayName).toLowerCase();
}

function planned(operation: string, type: SubjectType, body?: unknown): Outcome<never> {
  return {
    kind: 'planned',
    calls: [{ method: operation.toUpperCase(), url: `memory:/${type}`, ...(body !== undefined && { body }) }],
  };
}
