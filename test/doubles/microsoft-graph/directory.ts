import { randomUUID } from 'node:crypto';
import type { Json } from './graph-error.js';
import { badRequest, forbidden, notFound, taken } from './graph-error.js';
import { checkProperties, type ObjectType } from './properties.js';
import { checkNewGroup, checkNewUser, checkUserValues } from './value-rules.js';

export interface DirectoryObject {
  id: string;
  type: ObjectType;
  properties: Json;
  manager?: string;
  members: Set<string>;
  /** Holds an administrator role, so an app may not touch what matters. */
  isAdmin?: boolean;
  createdAt: number;
  deletedAt?: number;
}

/** What delta queries are made of. */
export interface Change {
  version: number;
  at: number;
  id: string;
  type: ObjectType;
  /** Of a change: which properties. Left out: all, since it is new or back. */
  properties?: string[];
  member?: { id: string; type: ObjectType; removed: boolean };
  removed?: 'changed' | 'deleted';
}

const sensitive = [
  'accountEnabled',
  'mobilePhone',
  'otherMails',
  'businessPhones',
  'passwordProfile',
  'userPrincipalName',
];
const onPremisesMastered =
  'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.';

/** Users and groups of one tenant, with the rules Microsoft Graph holds them to. */
export class Directory {
  readonly objects = new Map<string, DirectoryObject>();
  readonly deleted = new Map<string, DirectoryObject>();
  readonly changes: Change[] = [];
  /** What is new cannot be read or changed for so long; lists, searches and delta queries take longer. */
  lag = { byIdMs: 0, inListsMs: 0 };
  clock: () => number = Date.now;
  seats = new Map<string, number>();

  constructor(readonly domains: string[]) {}

  /** Objects that lists and searches show. */
  listed(type: ObjectType): DirectoryObject[] {
    const until = this.clock() - this.lag.inListsMs;
    return [...this.objects.values()].filter((each) => each.type === type && each.createdAt <= until);
  }

  /** By id, or a user by userPrincipalName. */
  get(type: ObjectType, key: string): DirectoryObject {
    const found =
      this.objects.get(key) ?? (type === 'user' ? this.holderOf('userPrincipalName', key) : undefined);
    if (!found || found.type !== type || found.createdAt > this.clock() - this.lag.byIdMs)
      throw notFound(key);
    return found;
  }

  create(type: ObjectType, body: Json, uniqueName?: string): DirectoryObject {
    const { 'members@odata.bind': members, ...own } = body;
    checkProperties(type, own);
    if (type === 'user') checkNewUser(own, this.domains);
    else checkNewGroup(own);
    this.checkTaken(type, own);
    const properties: Json = {
      ...own,
      createdDateTime: new Date(this.clock()).toISOString(),
      ...(uniqueName !== undefined && { uniqueName }),
    };
    const id = randomUUID();
    properties.id = id;
    const object: DirectoryObject = { id, type, properties, members: new Set(), createdAt: this.clock() };
    const added = type === 'group' ? this.checkNewMembers(object, members ?? []) : [];
    this.objects.set(id, object);
    for (const each of added) object.members.add(each);
    this.record({ id, type });
    return object;
  }

  update(type: ObjectType, key: string, body: Json): void {
    const object = this.get(type, key);
    const { 'members@odata.bind': members, ...changes } = body;
    checkProperties(type, changes);
    const { properties } = object;
    if (properties.onPremisesSyncEnabled && Object.keys(changes).length > 0)
      throw badRequest(onPremisesMastered);
    if (object.isAdmin && Object.keys(changes).some((name) => sensitive.includes(name))) throw forbidden();
    if (type === 'user') checkUserValues(changes, this.domains);
    if (changes.displayName === null)
      throw badRequest("Invalid value specified for property 'displayName' of resource 'User'.", [
        { code: 'InvalidValue', target: 'displayName' },
      ]);
    this.checkTaken(type, changes, object.id);
    const added = members === undefined ? [] : this.checkNewMembers(object, members);
    for (const [name, value] of Object.entries(changes)) {
      const nested = typeof value === 'object' && value !== null && !Array.isArray(value);
      properties[name] = nested ? { ...properties[name], ...value } : value;
    }
    if (Object.keys(changes).length > 0)
      this.record({ id: object.id, type, properties: Object.keys(changes) });
    for (const each of added) this.join(object, each);
  }

  /** Users and Microsoft 365 groups can be restored for 30 days, security groups are gone. */
  delete(type: ObjectType, key: string): void {
    const object = this.get(type, key);
    if (object.isAdmin) throw forbidden();
    if (object.properties.onPremisesSyncEnabled) throw badRequest(onPremisesMastered);
    this.objects.delete(object.id);
    for (const group of this.objects.values()) if (group.members.has(object.id)) this.leave(group, object.id);
    for (const user of this.objects.values()) if (user.manager === object.id) delete user.manager;
    const soft = type === 'user' || object.properties.groupTypes?.includes('Unified');
    if (soft) {
      object.deletedAt = this.clock();
      object.properties.deletedDateTime = new Date(object.deletedAt).toISOString();
      if (type === 'user')
        object.properties.userPrincipalName = `${object.id.replaceAll('-', '')}${object.properties.userPrincipalName}`;
      this.deleted.set(object.id, object);
    }
    this.record({ id: object.id, type, removed: soft ? 'changed' : 'deleted' });
  }

  restore(id: string): DirectoryObject {
    const object = this.deleted.get(id);
    if (!object) throw notFound(id);
    const { properties, type } = object;
    const name = type === 'user' ? String(properties.userPrincipalName).slice(32) : undefined;
    this.checkTaken(
      type,
      name === undefined
        ? { mailNickname: properties.mailNickname, groupTypes: properties.groupTypes }
        : { userPrincipalName: name },
    );
    if (name !== undefined) properties.userPrincipalName = name;
    delete properties.deletedDateTime;
    delete object.deletedAt;
    this.deleted.delete(id);
    this.objects.set(id, object);
    this.record({ id, type });
    return object;
  }

  purge(id: string): void {
    const object = this.deleted.get(id);
    if (!object) throw notFound(id);
    this.deleted.delete(id);
    this.record({ id, type: object.type, removed: 'deleted' });
  }

  addMember(groupId: string, memberId: string): void {
    const group = this.get('group', groupId);
    const [member] = this.checkNewMembers(group, [memberId]);
    this.join(group, member!);
  }

  removeMember(groupId: string, memberId: string): void {
    const group = this.get('group', groupId);
    this.checkMembersWritable(group);
    if (!group.members.has(memberId)) throw notFound(memberId);
    this.leave(group, memberId);
  }

  setManager(userId: string, managerId: string | undefined): void {
    const user = this.get('user', userId);
    if (managerId === undefined && user.manager === undefined) throw notFound('manager');
    if (managerId === undefined) delete user.manager;
    else user.manager = this.get('user', managerId).id;
    this.record({ id: user.id, type: 'user', properties: ['manager'] });
  }

  assignLicenses(userId: string, add: { skuId: string }[], remove: string[]): DirectoryObject {
    const user = this.get('user', userId);
    const { properties } = user;
    if (add.length > 0 && !properties.usageLocation)
      throw badRequest('License assignment cannot be done for user with invalid usage location.');
    const held = new Set<string>((properties.assignedLicenses ?? []).map(({ skuId }: Json) => skuId));
    for (const { skuId } of add) {
      const left = this.seats.get(skuId);
      if (left === undefined)
        throw badRequest(`License ${skuId} does not correspond to a valid company License.`);
      if (left <= 0 && !held.has(skuId))
        throw badRequest(`Subscription with SKU ${skuId} does not have any available licenses.`);
      if (!held.has(skuId)) this.seats.set(skuId, left - 1);
      held.add(skuId);
    }
    for (const skuId of remove) {
      if (!held.delete(skuId)) throw badRequest('User does not have a corresponding license.');
      this.seats.set(skuId, this.seats.get(skuId)! + 1);
    }
    properties.assignedLicenses = [...held].map((skuId) => ({ skuId, disabledPlans: [] }));
    properties.licenseAssignmentStates = [...held].map((skuId) => ({
      skuId,
      assignedByGroup: null,
      state: 'Active',
    }));
    this.record({ id: user.id, type: 'user', properties: ['assignedLicenses'] });
    return user;
  }

  private record(change: Omit<Change, 'version' | 'at'>): void {
    this.changes.push({ ...change, version: this.changes.length + 1, at: this.clock() });
  }

  private join(group: DirectoryObject, id: string): void {
    group.members.add(id);
    const { type } = this.objects.get(id)!;
    this.record({
      id: group.id,
      type: 'group',
      properties: ['members'],
      member: { id, type, removed: false },
    });
  }

  private leave(group: DirectoryObject, id: string): void {
    group.members.delete(id);
    const type = this.objects.get(id)?.type ?? 'user';
    this.record({
      id: group.id,
      type: 'group',
      properties: ['members'],
      member: { id, type, removed: true },
    });
  }

  private holderOf(property: string, value: string): DirectoryObject | undefined {
    const wanted = value.toLowerCase();
    for (const each of this.objects.values())
      if (String(each.properties[property] ?? '').toLowerCase() === wanted) return each;
    return undefined;
  }

  private checkTaken(type: ObjectType, properties: Json, own?: string): void {
    const unique =
      type === 'user'
        ? ['userPrincipalName']
        : properties.groupTypes?.includes('Unified')
          ? ['mailNickname']
          : [];
    for (const name of unique) {
      const holder = properties[name] && this.holderOf(name, properties[name]);
      if (holder && holder.id !== own) throw taken(name);
    }
  }

  private checkMembersWritable({ properties }: DirectoryObject): void {
    if (properties.groupTypes?.includes('DynamicMembership') || properties.isAssignableToRole)
      throw forbidden();
    if (properties.onPremisesSyncEnabled) throw badRequest(onPremisesMastered);
    if (properties.mailEnabled && !properties.groupTypes?.includes('Unified'))
      throw badRequest('Cannot Update a mail-enabled security groups and or distribution list.');
  }

  /** All or nothing. @param references ids, or addresses that end with one */
  private checkNewMembers(group: DirectoryObject, references: string[]): string[] {
    if (references.length > 20)
      throw badRequest('The number of added references exceeds the limit of 20 for one request.');
    if (references.length > 0) this.checkMembersWritable(group);
    const ids = references.map((reference) => reference.slice(reference.lastIndexOf('/') + 1));
    for (const id of ids) {
      const member = this.objects.get(id);
      if (!member || member.createdAt > this.clock() - this.lag.byIdMs) throw notFound(id);
      if (member.type === 'group' && group.properties.groupTypes?.includes('Unified'))
        throw badRequest('Only users can be members of a Microsoft 365 group.');
    }
    if (ids.some((id) => group.members.has(id)))
      throw badRequest(
        "One or more added object references already exist for the following modified properties: 'members'.",
      );
    return ids;
  }
}
