import { randomUUID } from 'node:crypto';
import { NameTaken, NoSuchMember, NotThere } from './account-store.errors.js';

/** A resource as scimmy hands it over: SCIM attributes by their names. */
export type Attributes = Record<string, unknown>;
export interface Stored extends Attributes {
  id: string;
  meta: { created: string; lastModified: string };
}
export interface Member {
  value: string;
  type?: string;
}
export interface Snapshot {
  users: Stored[];
  groups: Stored[];
}

/** The app's accounts and groups, in memory, found by id, by name and by external id without a scan. */
export class AccountStore {
  readonly users = new Collection('userName');
  readonly groups = new Collection('displayName');
  /** Goes up with every change. */
  revision = 0;
  onChange: () => void = () => {};

  constructor(snapshot: Snapshot = { users: [], groups: [] }) {
    for (const user of snapshot.users) this.users.put(user);
    for (const group of snapshot.groups) this.groups.put(group);
  }

  saveUser(id: string | undefined, attributes: Attributes): Stored {
    const { groups: _derived, ...own } = attributes;
    return this.changed(this.users.save(id, own));
  }

  saveGroup(id: string | undefined, attributes: Attributes): Stored {
    const before = id === undefined ? undefined : this.groups.get(id);
    const known = new Set(membersOf(before).map(({ value }) => value));
    const members = new Map<string, Member>();
    for (const member of membersOf(attributes)) {
      if (!known.has(member.value) && !this.users.get(member.value) && !this.groups.get(member.value)) {
        throw new NoSuchMember(member.value);
      }
      members.set(member.value, member);
    }
    return this.changed(this.groups.save(id, { ...attributes, members: [...members.values()] }));
  }

  deleteUser(id: string): void {
    this.users.remove(id);
    for (const group of this.groups.all()) {
      const members = membersOf(group);
      const others = members.filter(({ value }) => value !== id);
      if (others.length < members.length) group.members = others;
    }
    this.changed(undefined);
  }

  deleteGroup(id: string): void {
    this.groups.remove(id);
    this.changed(undefined);
  }

  snapshot(): Snapshot {
    return { users: this.users.all(), groups: this.groups.all() };
  }

  private changed<T>(value: T): T {
    this.revision++;
    this.onChange();
    return value;
  }
}

export const membersOf = (group: Attributes | undefined): Member[] => (group?.members ?? []) as Member[];

class Collection {
  private readonly byId = new Map<string, Stored>();
  private readonly byName = new Map<string, Stored>();
  private readonly byExternalId = new Map<string, Set<Stored>>();

  /** `nameAttribute` is unique without regard to case. */
  constructor(private readonly nameAttribute: 'userName' | 'displayName') {}

  get(id: string): Stored | undefined {
    return this.byId.get(id);
  }
  named(name: string): Stored | undefined {
    return this.byName.get(name.toLowerCase());
  }
  withExternalId(externalId: string): Stored[] {
    return [...(this.byExternalId.get(externalId) ?? [])];
  }
  all(): Stored[] {
    return [...this.byId.values()];
  }
  get size(): number {
    return this.byId.size;
  }

  save(id: string | undefined, attributes: Attributes): Stored {
    const before = id === undefined ? undefined : this.byId.get(id);
    if (id !== undefined && !before) throw new NotThere(id);
    const name = String(attributes[this.nameAttribute]);
    const holder = this.named(name);
    if (holder && holder.id !== id) throw new NameTaken(this.nameAttribute, name);
    const now = new Date().toISOString();
    const meta = { created: before?.meta.created ?? now, lastModified: now };
    if (before) this.forget(before);
    const stored: Stored = { ...attributes, id: id ?? randomUUID(), meta };
    this.put(stored);
    return stored;
  }

  remove(id: string): void {
    const stored = this.byId.get(id);
    if (!stored) throw new NotThere(id);
    this.byId.delete(id);
    this.forget(stored);
  }

  put(stored: Stored): void {
    this.byId.set(stored.id, stored);
    this.byName.set(String(stored[this.nameAttribute]).toLowerCase(), stored);
    if (typeof stored.externalId !== 'string') return;
    const same = this.byExternalId.get(stored.externalId) ?? new Set();
    this.byExternalId.set(stored.externalId, same.add(stored));
  }

  /** Out of the look-ups; the place in the list is kept. */
  private forget(stored: Stored): void {
    this.byName.delete(String(stored[this.nameAttribute]).toLowerCase());
    const same = this.byExternalId.get(String(stored.externalId));
    same?.delete(stored);
    if (same?.size === 0) this.byExternalId.delete(String(stored.externalId));
  }
}
