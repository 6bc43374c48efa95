import { randomUUID } from 'node:crypto';

export type Data = Record<string, unknown>;

export interface Event {
  type: string;
  data: Data;
}

interface Kept extends Data {
  id: string;
  attributes: Data;
  members: string[];
}

export type Answer = { status: number; body?: unknown };

/** What an app makes of the events it receives. */
export class Accounts {
  /** How often an account or group was made. */
  made = 0;
  private readonly kept: Record<string, Map<string, Kept>> = { user: new Map(), group: new Map() };

  constructor(private readonly ids: 'own' | 'none') {}

  all(type: string): Kept[] | undefined {
    return this.kept[type] && [...this.kept[type].values()];
  }

  take({ type: name, data }: Event): Answer {
    if (name === 'ping') return { status: 204 };
    const [type = '', what = ''] = name.split('.');
    const objects = this.kept[type];
    if (!objects) return { status: 400, body: { error: `There are no ${type}s here.` } };
    if (what === 'created') return this.create(type, objects, data);
    const object = objects.get(String(data.id));
    if (!object) return { status: 404, body: { error: `There is no ${type} ${String(data.id)}.` } };
    if (what === 'deleted') objects.delete(object.id);
    else if (what === 'updated') return this.update(type, object, data);
    else if (what === 'members_changed') return this.changeMembers(object, data);
    else return { status: 400, body: { error: `${name} is not known.` } };
    return { status: 204 };
  }

  private create(type: string, objects: Map<string, Kept>, data: Data): Answer {
    const attributes = data.attributes as Data;
    if (this.holder(type, attributes)) return isTaken(type);
    const id = this.ids === 'own' ? randomUUID() : String(data.id);
    objects.set(id, { id, attributes: { ...attributes }, ...(type === 'group' && { members: [] }) } as Kept);
    this.made += 1;
    return this.ids === 'own' ? { status: 201, body: { id } } : { status: 202 };
  }

  private update(type: string, object: Kept, data: Data): Answer {
    const changes = data.changes as Data;
    const holder = this.holder(type, changes);
    if (holder && holder !== object) return isTaken(type);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) delete object.attributes[name];
      else object.attributes[name] = value;
    }
    return { status: 204 };
  }

  private changeMembers(group: Kept, data: Data): Answer {
    const ids = (list: unknown) => (list as Data[]).map(({ id }) => String(id));
    const unknown = ids(data.add).filter((id) => !this.kept.user!.has(id));
    if (unknown.length > 0) return { status: 422, body: { error: `Not known: ${unknown.join(', ')}` } };
    const left = group.members.filter((id) => !ids(data.remove).includes(id));
    group.members = [...new Set([...left, ...ids(data.add)])];
    return { status: 204 };
  }

  /** Who has the unique name that is in the attributes, if one is. */
  private holder(type: string, attributes: Data): Kept | undefined {
    const name = uniqueIn[type]!;
    if (attributes[name] === undefined) return undefined;
    return this.all(type)?.find((each) => each.attributes[name] === attributes[name]);
  }
}

const uniqueIn: Record<string, string> = { user: 'userName', group: 'displayName' };

const isTaken = (type: string): Answer => ({ status: 409, body: { error: `${uniqueIn[type]} is taken.` } });
