import { type Account, etagOf, type Json, type User } from './account.js';
import { ApiError, forbidden, invalid, notFound, required } from './api-error.js';
import { checkDomain, checkUser, userFields } from './check-user.js';
import { page } from './page-tokens.js';
import { matchesQuery } from './search-users.js';

export interface UserEvent {
  event: 'add' | 'update' | 'delete' | 'undelete' | 'makeAdmin';
  user: Json;
}

interface UserOptions {
  /** How long a new user is not shown, and how. */
  lag: { getMs: number; listMs: number; status: 403 | 404 };
  /** How long a write to a user takes: another in that time is refused. */
  writeMs: number;
  /** Whether a super administrator stands behind the call. */
  isSuper(): boolean;
  told(event: UserEvent): void;
}

/** users and users.aliases. */
export class Users {
  private readonly written = new Map<string, Promise<unknown>>();

  constructor(
    private readonly account: Account,
    private readonly options: UserOptions,
  ) {}

  insert(body: Json, query: URLSearchParams): Json {
    const { account } = this;
    checkUser(account, body, true);
    const primaryEmail = String(body.primaryEmail).toLowerCase();
    checkDomain(account, primaryEmail);
    if (query.get('resolveConflictAccount') === 'true') account.unmanaged.delete(primaryEmail);
    account.claim(primaryEmail);
    const now = account.now();
    const user: User = {
      id: account.newUserId(),
      own: { orgUnitPath: '/', ...ownOf(body) },
      primaryEmail,
      aliases: [],
      isAdmin: false,
      isDelegatedAdmin: false,
      hasPassword: true,
      createdAt: now,
      changedAt: now,
    };
    account.users.set(user.id, user);
    this.options.told({ event: 'add', user: this.shown(user) });
    return this.shown(user);
  }

  get(key: string, query: URLSearchParams): Json {
    return this.shown(this.seen(key), query);
  }

  list(query: URLSearchParams): Json {
    const { account } = this;
    const domain = query.get('domain')?.toLowerCase();
    if (domain === undefined && !query.has('customer')) throw new ApiError(400, 'badRequest', 'Bad Request');
    if (domain !== undefined && !account.domains.has(domain))
      throw new ApiError(404, 'notFound', 'Domain not found.');
    const deleted = query.get('showDeleted') === 'true';
    const search = query.get('query');
    const { listMs } = this.options.lag;
    const all = (deleted ? account.deletedUsers() : [...account.users.values()])
      .filter((user) => deleted || account.now() - user.createdAt >= listMs)
      .filter(({ primaryEmail }) => domain === undefined || primaryEmail.endsWith(`@${domain}`))
      .filter((user) => search === null || matchesQuery(this.shown(user, fullProjection), search))
      .toSorted((a, b) => (a.primaryEmail < b.primaryEmail ? -1 : 1));
    const { items, nextPageToken } = page(account, all, query, 500, 100);
    return {
      kind: 'admin#directory#users',
      etag: etagOf(items),
      ...(items.length > 0 && { users: items.map((user) => this.shown(user, query)) }),
      ...(nextPageToken && { nextPageToken }),
    };
  }

  /** PATCH, and PUT as well: both leave what is not named. Lists are replaced whole; null clears. */
  async patch(key: string, body: Json): Promise<Json> {
    const { account } = this;
    const user = this.touchable(key);
    await this.alone(user);
    checkUser(account, body, false);
    if (body.primaryEmail !== undefined) this.rename(user, String(body.primaryEmail));
    for (const [name, value] of Object.entries(ownOf(body))) {
      if (value === null) delete user.own[name];
      else
        user.own[name] =
          Array.isArray(value) || typeof value !== 'object' ? value : merged(user.own[name], value);
    }
    user.changedAt = account.now();
    this.options.told({ event: 'update', user: this.shown(user) });
    return this.shown(user);
  }

  async delete(key: string): Promise<void> {
    const { account } = this;
    const user = this.touchable(key);
    await this.alone(user);
    account.users.delete(user.id);
    account.deleted.set(user.id, { ...user, deletedAt: account.now() });
    account.leaveGroups(user.id);
    this.options.told({ event: 'delete', user: this.shown(user) });
  }

  undelete(id: string, body: Json): void {
    const { account } = this;
    const user = account.deletedUsers().find((each) => each.id === id);
    if (!user && account.users.has(id))
      throw new ApiError(412, 'conditionNotMet', 'User cannot be undeleted: undelete is not possible.');
    if (!user) throw notFound('userKey');
    if (!account.orgUnits.has(body.orgUnitPath ?? '/')) throw invalid('Invalid Input: INVALID_OU_ID');
    const { deletedAt: _, ...restored } = user;
    account.deleted.delete(id);
    account.users.set(id, { ...restored, own: { ...restored.own, orgUnitPath: body.orgUnitPath ?? '/' } });
    this.options.told({ event: 'undelete', user: this.shown(restored) });
  }

  makeAdmin(key: string, body: Json): void {
    const user = this.touchable(key);
    user.isAdmin = body.status === true;
    this.options.told({ event: 'makeAdmin', user: this.shown(user) });
  }

  aliases(key: string): Json {
    const user = this.seen(key);
    return {
      kind: 'admin#directory#aliases',
      etag: etagOf(user.aliases),
      ...(user.aliases.length > 0 && { aliases: user.aliases.map((alias) => aliasOf(user, alias)) }),
    };
  }

  addAlias(key: string, body: Json): Json {
    const user = this.touchable(key);
    if (!body.alias) throw required('alias');
    const alias = String(body.alias).toLowerCase();
    checkDomain(this.account, alias);
    if (user.aliases.includes(alias)) throw new ApiError(409, 'duplicate', 'Entity already exists.');
    this.account.claim(alias);
    user.aliases.push(alias);
    return aliasOf(user, alias);
  }

  deleteAlias(key: string, alias: string): void {
    const user = this.touchable(key);
    if (!user.aliases.includes(alias.toLowerCase())) throw notFound('alias');
    user.aliases = user.aliases.filter((each) => each !== alias.toLowerCase());
  }

  /** @throws 403 in another domain, 404, and either while a new user is not shown */
  seen(key: string): User {
    const { account, options } = this;
    const user = account.user(key);
    if (!user) {
      const domain = key.split('@')[1]?.toLowerCase();
      if (domain !== undefined && !account.domains.has(domain)) throw forbidden();
      throw notFound('userKey');
    }
    const { getMs, status } = options.lag;
    if (account.now() - user.createdAt >= getMs) return user;
    throw status === 403 ? forbidden() : notFound('userKey');
  }

  private touchable(key: string): User {
    const user = this.seen(key);
    if ((user.isAdmin || user.isDelegatedAdmin) && !this.options.isSuper()) throw forbidden();
    return user;
  }

  /** @throws 409 while another write to the user is under way */
  private async alone(user: User): Promise<void> {
    const { writeMs } = this.options;
    if (this.written.has(user.id))
      throw new ApiError(409, 'conflict', 'The request conflicts with another one: conflicting requests.');
    if (writeMs === 0) return;
    const write = new Promise((resolve) => setTimeout(resolve, writeMs));
    this.written.set(user.id, write);
    await write;
    this.written.delete(user.id);
  }

  /** The old address stays as an alias. */
  private rename(user: User, to: string): void {
    const next = to.toLowerCase();
    if (next === user.primaryEmail) return;
    checkDomain(this.account, next);
    this.account.claim(next, user);
    user.aliases = [...user.aliases.filter((alias) => alias !== next), user.primaryEmail];
    user.primaryEmail = next;
  }

  shown(user: User, query = new URLSearchParams()): Json {
    const { id, own, primaryEmail, aliases, isAdmin, isDelegatedAdmin, createdAt, deletedAt } = user;
    const { customSchemas, name, emails = [], ...rest } = own;
    const projection = query.get('projection') ?? 'basic';
    const fullName = name?.displayName ?? `${name?.givenName} ${name?.familyName}`;
    const resource = {
      kind: 'admin#directory#user',
      id,
      primaryEmail,
      name: { ...name, fullName },
      isAdmin,
      isDelegatedAdmin,
      creationTime: new Date(createdAt).toISOString(),
      lastLoginTime: '1970-01-01T00:00:00.000Z',
      agreedToTerms: false,
      suspended: false,
      archived: false,
      changePasswordAtNextLogin: false,
      ipWhitelisted: false,
      ...rest,
      ...(own.suspended === true && { suspensionReason: 'ADMIN' }),
      emails: [
        { address: primaryEmail, primary: true },
        ...emails,
        ...aliases.map((address) => ({ address })),
      ],
      ...(aliases.length > 0 && { aliases }),
      customerId: this.account.customerId,
      isMailboxSetup: true,
      ...(projection !== 'basic' && customSchemas && { customSchemas }),
      ...(deletedAt !== undefined && { deletionTime: new Date(deletedAt).toISOString() }),
    };
    return { ...resource, etag: etagOf(resource) };
  }
}

const fullProjection = new URLSearchParams({ projection: 'full' });

/** Passwords are taken and never given back. */
const ownOf = (body: Json): Json =>
  Object.fromEntries(Object.entries(body).filter(([name]) => userFields.has(name)));

/** Objects within a user, custom schemas among them, are merged. */
function merged(there: Json | undefined, given: Json): Json {
  const next: Json = { ...there };
  for (const [name, value] of Object.entries(given)) {
    if (value === null) delete next[name];
    else
      next[name] =
        Array.isArray(value) || typeof value !== 'object' ? value : merged(next[name], value as Json);
  }
  return next;
}

const aliasOf = ({ id, primaryEmail }: User, alias: string): Json => ({
  kind: 'admin#directory#alias',
  id,
  primaryEmail,
  alias,
  etag: etagOf(alias),
});
