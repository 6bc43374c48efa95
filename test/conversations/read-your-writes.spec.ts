import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, describeOnBothQueues, type StartedHub, startHub } from '../harness/index.js';
import { ids, type Json, ScimClient, userBody } from './scim-client.js';

const rounds = 1000;
const lanes = 8;
const changed = 200;
/** More than the users who can have come in between, in other lanes. */
const window = 4 * lanes;

interface Person {
  id: string;
  userName: string;
  email: string;
}

describeOnBothQueues('A client reads what it wrote, the worker being another process', (startQueueServer) => {
  let api: StartedHub;
  let worker: StartedHub;
  let client: ScimClient;
  const open: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const { url: databaseUrl, drop } = await createTestDatabase();
    open.push(drop);
    const { redisUrl, stop } = await startQueueServer();
    open.push(stop);
    api = await startHub({ databaseUrl, redisUrl, roles: 'api' });
    open.push(() => api.stop());
    worker = await startHub({ databaseUrl, redisUrl, roles: 'worker', keys: api.keys });
    open.push(() => worker.kill());
    const { token } = await api.admin<{ token: string }>('POST', 'sources', {
      name: 'Entra',
      client: 'entra',
    });
    client = new ScimClient(api.url, token);
    open.push(async () => client.close());
  });
  afterAll(async () => {
    for (const end of open.reverse()) await end();
  });

  const people: Person[] = [];
  let deleted = 0;

  /** Creates somebody and at once asks for them in all four ways. */
  async function createAndRead(round: number): Promise<void> {
    const userName = `round.${round}@contoso.example`;
    const email = `mail.${round}@contoso.example`;
    const known = people.length;
    const body = userBody({ userName, emails: [{ type: 'work', value: email }] });
    const created = await client.post('/Users', body);
    expect(created.status, created.text).toBe(201);
    const id = created.body.id as string;
    people.push({ id, userName, email });
    const sure = people.length;
    const [read, byName, byMail, list] = await Promise.all([
      client.get(`/Users/${id}`),
      client.find('Users', `userName eq "${userName}"`),
      client.find('Users', `emails[type eq "work"].value eq "${email}"`),
      client.get(`/Users?startIndex=${Math.max(1, known - window)}&count=${3 * window}&attributes=userName`),
    ]);
    expect(read.body, `round ${round}: by id`).toEqual(created.body);
    expect(byName.body.Resources, `round ${round}: by userName`).toEqual([created.body]);
    expect(byMail.body.Resources, `round ${round}: by e-mail`).toEqual([created.body]);
    expect(ids(list), `round ${round}: in the list`).toContain(id);
    expect(list.body.totalResults, `round ${round}: counted`).toBeGreaterThanOrEqual(sure);
  }

  async function changeAndRead({ id, userName }: Person): Promise<void> {
    const title = `Title of ${userName}`;
    const mail = `new.${userName}`;
    const patched = await client.patch(
      `/Users/${id}`,
      { op: 'Replace', path: 'title', value: title },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: mail },
    );
    expect(patched.status, patched.text).toBe(200);
    const [read, byTitle, byMail, gone] = await Promise.all([
      client.get(`/Users/${id}`),
      client.find('Users', `title eq "${title}"`),
      client.find('Users', `emails[type eq "work"].value eq "${mail}"`),
      client.find('Users', `id eq "${id}" and not (title pr)`),
    ]);
    expect(read.body).toEqual(patched.body);
    expect(byTitle.body.Resources).toEqual([patched.body]);
    expect(byMail.body.Resources).toEqual([patched.body]);
    expect(gone.body.totalResults).toBe(0);
  }

  async function deleteAndRead({ id, userName }: Person): Promise<void> {
    expect(await client.delete(`/Users/${id}`)).toMatchObject({ status: 204 });
    deleted++;
    const most = people.length - deleted;
    const [read, byName, byMail, list] = await Promise.all([
      client.get(`/Users/${id}`),
      client.find('Users', `userName eq "${userName}"`),
      client.find('Users', `emails[type eq "work"].value eq "new.${userName}"`),
      client.get(`/Users?count=${changed}&attributes=userName`),
    ]);
    expect(read.status).toBe(404);
    expect(byName.body).toMatchObject({ totalResults: 0, Resources: [] });
    expect(byMail.body).toMatchObject({ totalResults: 0, Resources: [] });
    expect(ids(list)).not.toContain(id);
    expect(list.body.totalResults).toBeLessThanOrEqual(most);
  }

  it(`${rounds} times: created, then there by id, userName, e-mail and in the list`, async () => {
    await inLanes(
      Array.from({ length: rounds }, (_, round) => round),
      createAndRead,
    );
    expect(people).toHaveLength(rounds);
  });

  it(`${changed} times: changed, then found by the new values and not by the old`, async () => {
    await inLanes(people.slice(0, changed), changeAndRead);
  });

  it(`${changed} times: deleted, then gone in all four ways`, async () => {
    await inLanes(people.slice(0, changed), deleteAndRead);
  });

  it('memberships: added and removed, then seen from the group and by filter', async () => {
    const members = people.slice(changed, changed + 100);
    expect(members).toHaveLength(100);
    const made = await client.post('/Groups', { displayName: 'Everyone' });
    const id = made.body.id as string;
    const has = async (memberId: string) => {
      const [read, byMember] = await Promise.all([
        client.get(`/Groups/${id}`),
        client.find('Groups', `members.value eq "${memberId}"`, '&excludedAttributes=members'),
      ]);
      const listed = ((read.body.members ?? []) as Json[]).some(({ value }) => value === memberId);
      return [listed, byMember.body.totalResults];
    };
    await inLanes(members, async ({ id: value }) => {
      await client.patch(`/Groups/${id}`, { op: 'Add', path: 'members', value: [{ value }] });
      expect(await has(value)).toEqual([true, 1]);
      await client.patch(`/Groups/${id}`, { op: 'Remove', path: 'members', value: [{ value }] });
      expect(await has(value)).toEqual([false, 0]);
    });
  });

  it('also while the worker is gone', async () => {
    await worker.kill();
    await inLanes(
      Array.from({ length: 16 }, (_, at) => rounds + at),
      async (round) => {
        const value = `alone.${round}@contoso.example`;
        const created = await client.post('/Users', userBody({ userName: value, nickName: value }));
        const found = await client.find('Users', `nickName eq "${value}"`);
        expect(found.body.Resources).toEqual([created.body]);
      },
    );
  });
});

async function inLanes<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
