import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Request } from 'express';
import SCIMMYRouters from 'scimmy-routers';
import { AccountStore, membersOf, type Stored } from './account-store.js';
import { AccountFile } from './account-file.js';
import { page, pagePolicy } from './page.js';
import { declareResources } from './scim-resources.js';

export interface SandboxOptions {
  /** 0 takes a free one. */
  port: number;
  host?: string;
  token: string;
  /** JSON file the accounts are kept in. Unset: in memory only. */
  dataFile?: string;
}

export interface Sandbox {
  url: string;
  /** Of its SCIM endpoint. */
  baseUrl: string;
  token: string;
  accounts(): Stored[];
  groups(): (Stored & { members: { value: string }[] })[];
  stop(): Promise<void>;
}

/** A small app with accounts and groups that are managed over SCIM, on scimmy: somebody else's server. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { port, host = '127.0.0.1', token } = options;
  const file = options.dataFile === undefined ? undefined : new AccountFile(options.dataFile);
  const store = new AccountStore(await file?.read());
  if (file) store.onChange = () => file.saveSoon(() => store.snapshot());

  declareResources();
  const app = express();
  app.disable('x-powered-by');
  app.get('/health', (_, response) => void response.json({ status: 'ok' }));
  app.get(
    '/',
    (_, response) => void response.set('Content-Security-Policy', pagePolicy).type('html').send(page),
  );
  app.get(
    '/state',
    ({ query }, response) =>
      void response.json(state(store, typeof query.search === 'string' ? query.search : '')),
  );
  app.use('/scim/v2', ownQuery);
  app.use(
    '/scim/v2',
    new SCIMMYRouters({
      type: 'bearer',
      handler: (request) => authenticate(request, token),
      context: () => store,
    }),
  );

  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const shown = host.includes(':') ? `[${host}]` : host;
  const url = `http://${shown}:${(server.address() as AddressInfo).port}`;
  return {
    url,
    baseUrl: `${url}/scim/v2`,
    token,
    accounts: () => store.users.all(),
    groups: () => store.groups.all().map((group) => ({ ...group, members: membersOf(group) })),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await file?.flush();
    },
  };
}

/** scimmy-routers turns startIndex and count into numbers in place, which Express 5 forgets: its query is read anew each time. */
function ownQuery(request: Request, _: unknown, next: () => void): void {
  Object.defineProperty(request, 'query', {
    value: { ...request.query },
    writable: true,
    configurable: true,
  });
  next();
}

function authenticate(request: Request, token: string): string {
  const given = Buffer.from(request.header('authorization') ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new Error('The bearer token is missing or wrong');
  return 'provisioning';
}

const mostShown = 300;

/** What the page shows: counts of all, and the accounts and groups a search finds, newest change first. */
function state(store: AccountStore, search: string) {
  const wanted = search.trim().toLowerCase();
  const found = (texts: unknown[]) =>
    texts.some((text) => typeof text === 'string' && text.toLowerCase().includes(wanted));
  const newestFirst = (a: Stored, b: Stored) => b.meta.lastModified.localeCompare(a.meta.lastModified);
  const users = store.users.all();
  const name = (id: string) => store.users.get(id)?.userName ?? store.groups.get(id)?.displayName ?? id;
  const groupsOf = new Map<string, unknown[]>();
  for (const group of store.groups.all()) {
    for (const { value } of membersOf(group))
      groupsOf.set(value, [...(groupsOf.get(value) ?? []), group.displayName]);
  }
  const shownUsers = users
    .filter((user) => found([user.userName, user.displayName, user.title]))
    .sort(newestFirst);
  const shownGroups = store.groups
    .all()
    .filter((group) => found([group.displayName]))
    .sort(newestFirst);
  return {
    revision: store.revision,
    accounts: users.length,
    active: users.filter((user) => user.active === true).length,
    groups: store.groups.size,
    found: shownUsers.length,
    users: shownUsers.slice(0, mostShown).map((user) => ({
      resource: user,
      groups: groupsOf.get(user.id) ?? [],
      manager: managerOf(user, name),
    })),
    groupList: shownGroups.slice(0, mostShown).map((group) => {
      const members = membersOf(group);
      return {
        id: group.id,
        displayName: group.displayName,
        size: members.length,
        members: members.slice(0, 50).map(({ value }) => name(value)),
      };
    }),
  };
}

function managerOf(user: Stored, name: (id: string) => unknown): unknown {
  const enterprise = user['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'] as
    { manager?: { value?: string } } | undefined;
  const id = enterprise?.manager?.value;
  return id === undefined ? undefined : name(id);
}
