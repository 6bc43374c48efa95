import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import type { Report, ScimTarget } from '../doubles/scim-target/scim-target.mjs';
import { spawnScimTarget } from '../doubles/scim-target/spawn-scim-target.mjs';
import { createTestDatabase, startHubHere, type TestDatabase, waitFor } from '../harness/index.js';
import { ScimSource } from '../harness/scim-source.js';

export type Json = Record<string, any>;

export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** A hub with its admin REST, an app that accounts are pushed to, and companies that use both. */
export class Scenarios {
  private constructor(
    readonly hub: RunningHub,
    readonly test: TestDatabase,
  ) {}

  static async open(): Promise<Scenarios> {
    const test = await createTestDatabase({ poolSize: 2 });
    return new Scenarios(await startHubHere({ DATABASE_URL: test.url }), test);
  }

  async close(): Promise<void> {
    await this.hub.stop();
    await this.test.drop();
  }

  /** A tenant with an identity provider and one app, which is connected. */
  async company(connection: Json = {}): Promise<Company> {
    const { adminKey } = await call(this.hub.url, this.hub.keys.adminKey, 'POST', 'tenants', {
      name: `Company ${Math.random()}`,
    });
    const app = await spawnScimTarget();
    const company = new Company(this.hub.url, adminKey as string, app, this.test);
    const { token } = await company.admin('POST', 'sources', { name: 'Entra', client: 'entra' });
    company.source = new ScimSource(`${this.hub.url}/scim/v2`, token as string);
    const { settings, ...rest } = connection;
    const { id } = await company.admin('POST', 'connections', {
      name: 'App',
      connector: 'scim2',
      settings: { baseUrl: app.baseUrl, ...settings },
      credentials: { type: 'bearer', token: app.token },
      ...rest,
    });
    company.connection = id as string;
    await company.admin('POST', `connections/${id}/enable`);
    return company;
  }
}

export class Company {
  source!: ScimSource;
  connection!: string;

  constructor(
    private readonly url: string,
    private readonly adminKey: string,
    readonly app: ScimTarget,
    private readonly test: TestDatabase,
  ) {}

  admin<T = Json>(method: string, path: string, body?: unknown): Promise<T> {
    return call(this.url, this.adminKey, method, path, body) as Promise<T>;
  }

  hire(userName: string, attributes: Json = {}): Promise<string> {
    return this.source.make('/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName,
      active: true,
      ...attributes,
    });
  }

  /** So many at a time as a busy source sends. */
  async hireMany(count: number, attributes: (at: number) => Json = () => ({})): Promise<string[]> {
    const ids: string[] = Array.from({ length: count });
    let next = 0;
    const send = async () => {
      while (next < count) {
        const at = next++;
        ids[at] = await this.hire(`user${String(at).padStart(5, '0')}@example.com`, attributes(at));
      }
    };
    await Promise.all(Array.from({ length: 16 }, send));
    return ids;
  }

  async change(id: string, ...operations: Json[]): Promise<void> {
    await this.send('PATCH', `/Users/${id}`, operations);
  }

  async changeGroup(id: string, ...operations: Json[]): Promise<void> {
    await this.send('PATCH', `/Groups/${id}`, operations);
  }

  group(displayName: string, members: string[] = []): Promise<string> {
    return this.source.make('/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName,
      members: members.map((value) => ({ value })),
    });
  }

  async remove(id: string): Promise<void> {
    await this.source.send('DELETE', `/Users/${id}`);
  }

  /** What is in the app. */
  seen(): Promise<Report> {
    return this.app.report();
  }

  async account(userName: string): Promise<Json | undefined> {
    return (await this.seen()).accounts.find((account) => account.userName === userName);
  }

  /** What the admin is shown of it. */
  progress(): Promise<Json> {
    return this.admin('GET', `connections/${this.connection}/progress`);
  }

  /** Newest first. */
  async report(query = ''): Promise<Json[]> {
    const { items } = await this.admin('GET', `reports/provisioning?connection=${this.connection}${query}`);
    return items as Json[];
  }

  /** The person's actions at the app, oldest first. */
  async actions(userId: string): Promise<string[]> {
    const items = await this.report(`&user=${userId}`);
    return items
      .reverse()
      .map(({ action, status }) => (status === 'succeeded' ? action : `${action} ${status}`));
  }

  async accountOf(userId: string): Promise<Json> {
    const { items } = await this.admin('GET', `users/${userId}/targets`);
    return (items as Json[])[0]!;
  }

  deadLetters(): Promise<{ items: Json[] }> {
    return this.admin('GET', `connections/${this.connection}/dead-letters`);
  }

  async alerts(): Promise<Json[]> {
    return (await this.admin('GET', 'alerts')).items as Json[];
  }

  /** Until the admin is shown that so many are looked after and nothing is left to do. */
  async settled(subjects: number, timeoutMs = 60_000): Promise<void> {
    let last: Json = {};
    await waitFor(
      async () => {
        if (await this.behind()) return false;
        last = await this.progress();
        return last.total >= subjects && last.due === 0 && last.retrying === 0;
      },
      { timeoutMs, intervalMs: 50, what: 'nothing to be left to do' },
    ).catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(last)}`, { cause: error });
    });
  }

  /** Changes were accepted that the connection has not heard of yet. */
  private async behind(): Promise<boolean> {
    const rows = await this.test.database.query(
      `select from hub.connection c join hub.event e on e.tenant_id = c.tenant_id and e.stream_type in ('user', 'group')
         and e.position > coalesce((select position from hub.checkpoint p
           where p.tenant_id = c.tenant_id and p.subscriber = 'dispatch'), 0)
       where c.id = $1 limit 1`,
      [this.connection],
    );
    return rows.length > 0;
  }

  /** The report follows what was done by a moment. */
  told(condition: () => Promise<unknown>, what: string, timeoutMs = 30_000): Promise<unknown> {
    return waitFor(condition, { what, timeoutMs, intervalMs: 50 });
  }

  /** Moves what is planned for later that much nearer. */
  async timePasses(hours: number): Promise<void> {
    const { database } = this.test;
    await database.query(
      `update hub.target_object set leaving_since = leaving_since - $2::int * interval '1 hour'
       where connection_id = $1 and leaving_since is not null`,
      [this.connection, hours],
    );
    await database.query(
      `update hub.work_item set due_at = due_at - $2::int * interval '1 hour'
       where connection_id = $1 and state = 'due' and due_at > now()`,
      [this.connection, hours],
    );
  }

  close(): Promise<void> {
    return this.app.stop();
  }

  private async send(method: string, path: string, Operations: Json[]): Promise<void> {
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
    const { status, body } = await this.source.send(method, path, { schemas, Operations });
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(body)}`);
  }
}

async function call(url: string, key: string, method: string, path: string, body?: unknown): Promise<Json> {
  const response = await fetch(`${url}/api/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return (text ? JSON.parse(text) : {}) as Json;
}
