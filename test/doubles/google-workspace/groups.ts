import { type Account, etagOf, type Group, type Json } from './account.js';
import { ApiError, duplicate, forbidden, invalid, notFound, required } from './api-error.js';
import { checkDomain } from './check-user.js';
import { page } from './page-tokens.js';

/** groups, groups.aliases and members. */
export class Groups {
  constructor(private readonly account: Account) {}

  insert(body: Json): Json {
    const { account } = this;
    if (!body.email) throw required('email');
    const email = String(body.email).toLowerCase();
    checkDomain(account, email);
    account.claim(email);
    const group: Group = {
      id: account.newGroupId(),
      own: { name: body.name ?? email.split('@')[0], description: body.description ?? '' },
      email,
      aliases: [],
      members: new Map(),
      createdAt: account.now(),
    };
    account.groups.set(group.id, group);
    return shown(group);
  }

  get(key: string): Json {
    return shown(this.seen(key));
  }

  list(query: URLSearchParams): Json {
    const { account } = this;
    const userKey = query.get('userKey');
    if (userKey !== null && query.has('customer')) throw new ApiError(400, 'badRequest', 'Bad Request');
    if (userKey === null && !query.has('customer') && !query.has('domain'))
      throw new ApiError(400, 'badRequest', 'Bad Request');
    const member = userKey === null ? undefined : (account.user(userKey) ?? account.group(userKey));
    if (userKey !== null && !member) throw notFound('userKey');
    const search = query.get('query');
    const all = [...account.groups.values()]
      .filter(({ members }) => !member || members.has(member.id))
      .filter((group) => search === null || matches(group, search))
      .toSorted((a, b) => (a.email < b.email ? -1 : 1));
    const { items, nextPageToken } = page(account, all, query, 200, 200);
    return {
      kind: 'admin#directory#groups',
      etag: etagOf(items.map(({ id }) => id)),
      ...(items.length > 0 && { groups: items.map(shown) }),
      ...(nextPageToken && { nextPageToken }),
    };
  }

  patch(key: string, body: Json): Json {
    const group = this.seen(key);
    if (body.email !== undefined && String(body.email).toLowerCase() !== group.email) {
      const email = String(body.email).toLowerCase();
      checkDomain(this.account, email);
      this.account.claim(email, group);
      group.aliases = [...group.aliases.filter((alias) => alias !== email), group.email];
      group.email = email;
    }
    for (const name of ['name', 'description']) if (name in body) group.own[name] = body[name] ?? '';
    return shown(group);
  }

  delete(key: string): void {
    const group = this.seen(key);
    this.account.groups.delete(group.id);
    this.account.leaveGroups(group.id);
  }

  aliases(key: string): Json {
    const { aliases, id, email } = this.seen(key);
    return {
      kind: 'admin#directory#aliases',
      ...(aliases.length > 0 && { aliases: aliases.map((alias) => ({ id, alias, primaryEmail: email })) }),
    };
  }

  addAlias(key: string, body: Json): Json {
    const group = this.seen(key);
    if (!body.alias) throw required('alias');
    const alias = String(body.alias).toLowerCase();
    checkDomain(this.account, alias);
    if (group.aliases.includes(alias)) throw duplicate();
    this.account.claim(alias);
    group.aliases.push(alias);
    return { kind: 'admin#directory#alias', id: group.id, alias, primaryEmail: group.email };
  }

  deleteAlias(key: string, alias: string): void {
    const group = this.seen(key);
    if (!group.aliases.includes(alias.toLowerCase())) throw notFound('alias');
    group.aliases = group.aliases.filter((each) => each !== alias.toLowerCase());
  }

  insertMember(groupKey: string, body: Json, seesUser: (key: string) => void): Json {
    const group = this.seen(groupKey);
    const key = body.id ?? body.email;
    if (!key) throw required('memberKey');
    const role = body.role ?? 'MEMBER';
    if (!['OWNER', 'MANAGER', 'MEMBER'].includes(role)) throw invalid('Invalid Input: role');
    const member = this.member(String(key));
    if (!member) throw String(key).includes('@') ? required('memberKey') : notFound('memberKey');
    if (member.kind === 'USER') seesUser(member.id);
    if (group.members.has(member.id)) throw duplicate('Member already exists.');
    if (member.kind === 'GROUP' && this.holds(member.id, group.id))
      throw new ApiError(412, 'conditionNotMet', 'Cyclic memberships not allowed');
    group.members.set(member.id, { role });
    return this.shownMember(member.id, role);
  }

  patchMember(groupKey: string, memberKey: string, body: Json): Json {
    const { membership, id } = this.membership(groupKey, memberKey);
    if (body.role !== undefined) membership.role = body.role;
    return this.shownMember(id, membership.role);
  }

  getMember(groupKey: string, memberKey: string): Json {
    const { membership, id } = this.membership(groupKey, memberKey);
    return this.shownMember(id, membership.role);
  }

  deleteMember(groupKey: string, memberKey: string): void {
    const { group, id } = this.membership(groupKey, memberKey);
    group.members.delete(id);
  }

  listMembers(groupKey: string, query: URLSearchParams): Json {
    const group = this.seen(groupKey);
    const roles = query.get('roles')?.split(',');
    const all = [...group.members]
      .filter(([, { role }]) => !roles || roles.includes(role))
      .map(([id, { role }]) => this.shownMember(id, role) as Json & { id: string });
    const { items, nextPageToken } = page(this.account, all, query, 200, 200);
    return {
      kind: 'admin#directory#members',
      etag: etagOf(items),
      ...(items.length > 0 && { members: items }),
      ...(nextPageToken && { nextPageToken }),
    };
  }

  hasMember(groupKey: string, memberKey: string): Json {
    const group = this.seen(groupKey);
    const member = this.member(memberKey);
    if (!member) throw required('memberKey');
    return { isMember: group.members.has(member.id) || this.holds(group.id, member.id) };
  }

  private seen(key: string): Group {
    const group = this.account.group(key);
    if (group) return group;
    const domain = key.split('@')[1]?.toLowerCase();
    if (domain !== undefined && !this.account.domains.has(domain)) throw forbidden();
    throw notFound('groupKey');
  }

  private member(key: string): { id: string; kind: 'USER' | 'GROUP' } | undefined {
    const user = this.account.user(key);
    if (user) return { id: user.id, kind: 'USER' };
    const group = this.account.group(key);
    return group && { id: group.id, kind: 'GROUP' };
  }

  private membership(groupKey: string, memberKey: string) {
    const group = this.seen(groupKey);
    const member = this.member(memberKey);
    if (!member) throw memberKey.includes('@') ? required('memberKey') : notFound('memberKey');
    const membership = group.members.get(member.id);
    if (!membership) throw notFound('memberKey');
    return { group, membership, id: member.id };
  }

  /** Whether a group holds this one, or is it. */
  private holds(groupId: string, id: string): boolean {
    if (groupId === id) return true;
    const group = this.account.groups.get(groupId);
    return group !== undefined && [...group.members.keys()].some((each) => this.holds(each, id));
  }

  private shownMember(id: string, role: string): Json {
    const user = this.account.users.get(id);
    const group = this.account.groups.get(id);
    const email = user?.primaryEmail ?? group?.email;
    const type = user ? 'USER' : 'GROUP';
    const status = user?.own.suspended === true ? 'SUSPENDED' : 'ACTIVE';
    return { kind: 'admin#directory#member', etag: etagOf([id, role]), id, email, role, type, status };
  }
}

function shown({ id, own, email, aliases, members }: Group): Json {
  const resource = {
    kind: 'admin#directory#group',
    id,
    email,
    ...own,
    directMembersCount: String(members.size),
    adminCreated: true,
    ...(aliases.length > 0 && { aliases }),
  };
  return { ...resource, etag: etagOf(resource) };
}

function matches({ own, email }: Group, query: string): boolean {
  const found = /^(name|email)(=|:)('(?:[^'\\]|\\.)*'|\S+)$/.exec(query.trim());
  if (!found) throw invalid('Invalid Input: query');
  const [, field, operator, text] = found as unknown as [string, 'name' | 'email', string, string];
  const wanted = (text.startsWith("'") ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text).toLowerCase();
  const there = (field === 'name' ? String(own.name) : email).toLowerCase();
  return operator === '=' ? there === wanted : wanted.endsWith('*') && there.startsWith(wanted.slice(0, -1));
}
