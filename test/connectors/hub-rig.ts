import { ScimSender } from '../faults/scim-sender.js';
import { createTestDatabase, startHubHere, waitFor } from '../harness/index.js';

export type Json = Record<string, any>;

export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** Of a test that kills its target meanwhile. CONNECTOR_USERS=500 for the long form. */
export const usersOfKillTest = Number(process.env.CONNECTOR_USERS ?? 100);

/** A hub in this process, a source that sends as Entra does, and one connection, not enabled yet. */
export interface HubRig {
  admin(method: string, path: string, body?: unknown): Promise<Json>;
  /** Its id. */
  connection: string;
  source: ScimSender;
  /** A new person as Entra sends one. @returns the id in the hub */
  join(userName: string, givenName: string, familyName: string): Promise<string>;
  /** Until so many subjects are known to the connection and nothing is left to do for any. */
  settled(subjects: number): Promise<void>;
  stop(): Promise<void>;
}

/** @param connection body of POST /api/v1/connections, without its name */
export async function openHub(connection: object, environment: Record<string, string> = {}): Promise<HubRig> {
  const cleanUp: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  };
  try {
    const database = await createTestDatabase();
    cleanUp.push(() => database.drop());
    const hub = await startHubHere({ DATABASE_URL: database.url, ...environment });
    cleanUp.push(() => hub.stop());
    const admin = async (method: string, path: string, body?: unknown): Promise<Json> => {
      const response = await fetch(`${hub.url}/api/v1/${path}`, {
        method,
        headers: { authorization: `Bearer ${hub.keys.adminKey}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
      return (text ? JSON.parse(text) : {}) as Json;
    };
    const { token } = await admin('POST', 'sources', { name: 'Contoso', client: 'entra' });
    const { id } = await admin('POST', 'connections', { name: 'Target', ...connection });
    const source = new ScimSender(() => hub.url, token);
    return {
      admin,
      connection: id,
      source,
      join: (userName, givenName, familyName) =>
        source.createUser(userName, personOfEntra(userName, givenName, familyName)),
      settled: (subjects) => settled(admin, id, subjects),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const personOfEntra = (userName: string, givenName: string, familyName: string) => ({
  externalId: userName,
  displayName: `${givenName} ${familyName}`,
  title: 'Engineer',
  emails: [{ primary: true, type: 'work', value: userName }],
  name: { formatted: `${givenName} ${familyName}`, familyName, givenName },
  addresses: [{ type: 'work', locality: 'London', country: 'UK' }],
  [enterprise]: { department: 'Engineering' },
});

async function settled(admin: HubRig['admin'], connection: string, subjects: number): Promise<void> {
  await waitFor(
    async () => {
      const { total, done } = await admin('GET', `connections/${connection}/progress`);
      return total >= subjects && done === total;
    },
    { what: 'everything to be done', timeoutMs: 120_000 + subjects * 400, intervalMs: 100 },
  ).catch(async (error: Error) => {
    const report = await admin('GET', `reports/provisioning?connection=${connection}`);
    throw new Error(`${error.message}\n${JSON.stringify(report).slice(0, 3_000)}`, { cause: error });
  });
}

/** What a target of the kill test can do. */
export interface KillableTarget {
  /** How many accounts of the test are there. */
  arrived(): Promise<number>;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** New people arrive while the target is killed and started again, twice. @returns their names */
export async function pushThroughRestarts(
  rig: HubRig,
  target: KillableTarget,
  users = usersOfKillTest,
): Promise<string[]> {
  await rig.admin('POST', `connections/${rig.connection}/enable`);
  const names = Array.from({ length: users }, (_, at) => `user${at}@contoso.example`);
  const load = rig.source.createUsers(names, 16);
  for (const part of [0.25, 0.6]) {
    await waitFor(async () => (await target.arrived()) >= users * part, {
      what: `${users * part} accounts to be there`,
      timeoutMs: 90_000 + users * 400,
    });
    await target.kill();
    await target.start();
  }
  await load;
  await rig.settled(users);
  return names;
}
