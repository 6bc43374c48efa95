import { afterEach, expect, it } from 'vitest';
import {
  createTestDatabase,
  describeWithSlapd,
  startHubHere,
  startSlapd,
  type Slapd,
  waitFor,
} from '../harness/index.js';
import { ScimSender } from '../faults/scim-sender.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
/** CONNECTOR_USERS=500 for the long form. */
const users = Number(process.env.CONNECTOR_USERS ?? 100);

type Json = Record<string, any>;

describeWithSlapd('the hub and a real slapd', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  async function open() {
    const slapd = await startSlapd();
    cleanUp.push(() => slapd.stop());
    const database = await createTestDatabase();
    cleanUp.push(() => database.drop());
    const hub = await startHubHere({ DATABASE_URL: database.url });
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
    const { id: connection } = await admin('POST', 'connections', {
      name: 'Directory',
      connector: 'ldap',
      settings: {
        url: slapd.url,
        caCertificates: slapd.certificate,
        userBase: slapd.people,
        groupBase: slapd.groups,
      },
      credentials: slapd.service,
      policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 0 } },
    });
    const settled = (subjects: number) =>
      waitFor(
        async () => {
          const { total, done } = await admin('GET', `connections/${connection}/progress`);
          return total >= subjects && done === total;
        },
        { what: 'everything to be done', timeoutMs: 90_000, intervalMs: 100 },
      ).catch(async (error: Error) => {
        const report = await admin('GET', `reports/provisioning?connection=${connection}`);
        throw new Error(`${error.message}\n${JSON.stringify(report).slice(0, 3_000)}`, { cause: error });
      });
    return { slapd, admin, connection, settled, source: new ScimSender(() => hub.url, token) };
  }

  const entryOf = async (slapd: Slapd, uid: string): Promise<Json | undefined> =>
    (await slapd.search(slapd.people, `(uid=${uid})`))[0];

  it('joiners, a mover, a group and leavers arrive as Entra sends them', async () => {
    const { slapd, admin, connection, settled, source } = await open();
    const { steps } = await admin('POST', `connections/${connection}/test`);
    expect(steps.filter(({ status }: Json) => status === 'failed')).toEqual([]);
    await admin('POST', `connections/${connection}/enable`);

    const join = (userName: string, givenName: string, familyName: string) =>
      source.createUser(userName, {
        externalId: userName,
        displayName: `${givenName} ${familyName}`,
        title: 'Engineer',
        emails: [{ primary: true, type: 'work', value: userName }],
        name: { formatted: `${givenName} ${familyName}`, familyName, givenName },
        addresses: [{ type: 'work', locality: 'London', country: 'UK' }],
        [enterprise]: { department: 'Engineering' },
      });
    const grace = await join('grace@contoso.example', 'Grace', 'Hopper');
    const ada = await join('ada@contoso.example', 'Ada', 'Lovelace');
    await settled(2);
    expect(await entryOf(slapd, 'ada@contoso.example')).toMatchObject({
      cn: 'Ada Lovelace',
      sn: 'Lovelace',
      givenName: 'Ada',
      mail: 'ada@contoso.example',
      title: 'Engineer',
      l: 'London',
      departmentNumber: 'Engineering',
    });

    await source.patch(
      'Users',
      ada,
      { op: 'replace', path: 'userName', value: 'ada.king@contoso.example' },
      { op: 'replace', path: 'name.familyName', value: 'King' },
      { op: 'add', path: `${enterprise}:manager`, value: grace },
      { op: 'remove', path: 'title' },
    );
    const group = await source.createGroup('Engineering, "R&D"', [ada, grace]);
    await settled(3);
    const moved = (await entryOf(slapd, 'ada.king@contoso.example'))!;
    const boss = (await entryOf(slapd, 'grace@contoso.example'))!;
    expect(moved).toMatchObject({ sn: 'King', manager: boss.dn });
    expect(moved).not.toHaveProperty('title');
    const members = async () => {
      const [entry] = await slapd.search(slapd.groups, '(objectClass=groupOfNames)');
      return [(entry as Json).member].flat().filter((dn: string) => !dn.startsWith('cn=nobody'));
    };
    expect((await members()).sort()).toEqual([moved.dn, boss.dn].sort());

    await source.patch('Groups', group, { op: 'remove', path: `members[value eq "${grace}"]` });
    await source.patch('Users', grace, { op: 'replace', path: 'active', value: false });
    await waitFor(async () => (await members()).length === 1, { what: 'Grace to leave the group' });
    await waitFor(
      async () => (await entryOf(slapd, 'grace@contoso.example'))?.pwdAccountLockedTime === '000001010000Z',
      { what: 'Grace to lose access' },
    );
    await source.deleteUser(ada);
    await waitFor(async () => !(await entryOf(slapd, 'ada.king@contoso.example')), {
      what: 'Ada to be gone',
      timeoutMs: 60_000,
    });
    const { items } = await admin('GET', `reports/provisioning?connection=${connection}&status=failed`);
    expect(items).toEqual([]);
  }, 120_000);

  it(
    `slapd killed and started again in the middle of ${users} operations: each is there once`,
    async () => {
      const { slapd, admin, connection, settled, source } = await open();
      await admin('POST', `connections/${connection}/enable`);
      const names = Array.from({ length: users }, (_, at) => `user${at}@contoso.example`);
      const load = source.createUsers(names, 16);
      const arrived = async () => (await slapd.search(slapd.people, '(uid=*)', ['uid'])).length;
      for (const part of [0.25, 0.6]) {
        await waitFor(async () => (await arrived()) >= users * part, {
          what: `${users * part} accounts to be there`,
          timeoutMs: 60_000,
        });
        await slapd.kill();
        await slapd.start();
      }
      await load;
      await settled(users);
      const entries = await slapd.search(slapd.people, '(uid=*)', ['uid']);
      expect(entries.map(({ uid }) => uid).sort()).toEqual(names.toSorted());
      const added = await slapd.search('cn=accesslog', '(&(objectClass=auditAdd)(reqResult=0))', ['reqDN']);
      const ofPeople = added.filter(({ reqDN }) => String(reqDN).startsWith('uid='));
      expect(new Set(ofPeople.map(({ reqDN }) => reqDN)).size).toBe(ofPeople.length);
    },
    120_000 + users * 200,
  );
});
