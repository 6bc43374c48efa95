import { expect, it } from 'vitest';
import { startScimTarget } from '../doubles/scim-target/scim-target.mjs';
import { waitFor } from '../harness/index.js';
import { evidenceRig } from './evidence-rig.js';

/* eslint-disable @typescript-eslint/no-explicit-any */
const rig = evidenceRig();
const replace = (path: string, value: unknown) => ({ op: 'replace', path, value });

it('says who had access when and why, through the life of an account', { timeout: 240_000 }, async () => {
  const app = await rig.connect('App');
  const beforeAda = new Date().toISOString();
  const ada = await rig.createUser('ada@example.com', { title: 'Clerk', password: 'hunter2-secret' });
  const bob = await rig.createUser('bob@example.com');
  await rig.at(ada, app, 'active');
  await rig.at(bob, app, 'active');
  const group = (await rig.scim('POST', 'Groups', { displayName: 'Finance', members: [{ value: ada }] })).id;
  await rig.reported();
  const asClerk = new Date().toISOString();

  await rig.patch(`Users/${ada}`, replace('title', 'Head of Finance'));
  await waitFor(async () => (await rig.at(ada, app, 'active')).attributes.title === 'Head of Finance', {
    what: 'the title to arrive',
  });
  await rig.patch(`Groups/${group}`, replace('displayName', 'Money'));
  await rig.patch(`Groups/${group}`, { op: 'remove', path: `members[value eq "${ada}"]` });
  const asHead = new Date().toISOString();
  await rig.patch(`Users/${ada}`, replace('active', false));
  await rig.at(ada, app, 'inactive');
  await rig.reported();
  const afterwards = new Date().toISOString();

  // The timeline: newest first, by whom, from what to what, page by page without a gap.
  const whole = (await rig.get(`users/${ada}/history?limit=100`)).timeline.items;
  expect(whole.map(({ what }: any) => what)).toEqual([
    'account deactivated at App',
    'deactivated',
    'taken out of group "Money"',
    'account brought up to date at App',
    'changed',
    'put into group "Money"',
    'account created at App',
    'created',
  ]);
  const changed = whole[4];
  expect(changed).toMatchObject({
    kind: 'directory',
    changes: [{ attribute: 'title', from: 'Clerk', to: 'Head of Finance' }],
    by: { source: { id: rig.source.id, name: 'Entra' }, actor: `source:${rig.source.id}` },
  });
  const update = whole[3];
  expect(update).toMatchObject({
    kind: 'operation',
    changes: [{ attribute: 'title', from: 'Clerk', to: 'Head of Finance' }],
    operation: {
      action: 'update',
      status: 'succeeded',
      cause: changed.position,
      connection: { name: 'App' },
    },
  });
  const paged: any[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: any = (await rig.get(`users/${ada}/history?limit=3${cursor && `&cursor=${cursor}`}`))
      .timeline;
    paged.push(...page.items);
    cursor = page.nextCursor;
  }
  expect(paged.map(({ position }) => position)).toEqual(whole.map(({ position }: any) => position));

  // The state then: hers, her groups under the names of the time, and what each app had.
  expect((await rig.get(`users/${ada}/history?at=${beforeAda}`)).state).toMatchObject({
    status: 'not-yet',
    attributes: null,
    groups: [],
    accounts: [],
  });
  expect((await rig.get(`users/${ada}/history?at=${asClerk}`)).state).toMatchObject({
    status: 'active',
    attributes: { title: 'Clerk' },
    groups: [{ id: group, displayName: 'Finance', direct: true }],
    accounts: [{ connection: { name: 'App' }, state: 'active', attributes: { title: 'Clerk' } }],
  });
  expect((await rig.get(`users/${ada}/history?from=${asClerk}&to=${afterwards}`)).differences).toMatchObject({
    status: { from: 'active', to: 'inactive' },
    attributes: [
      { attribute: 'active', from: true, to: false },
      { attribute: 'title', from: 'Clerk', to: 'Head of Finance' },
    ],
    groups: { joined: [], left: [{ id: group }] },
    accounts: [{ state: { from: 'active', to: 'inactive' } }],
  });

  // Who had access then, and who was in the group.
  const namesAt = async (at: string, more = '') =>
    (await rig.get(`connections/${app}/accounts?at=${at}${more}`)).items.map(
      ({ subject }: any) => subject.display,
    );
  expect(await namesAt(beforeAda)).toEqual([]);
  expect((await namesAt(asHead)).sort()).toEqual(['ada@example.com', 'bob@example.com']);
  expect(await namesAt(afterwards)).toEqual(['bob@example.com']);
  expect(await namesAt(afterwards, '&state=inactive')).toEqual(['ada@example.com']);
  const first = await rig.get(`connections/${app}/accounts?at=${asHead}&limit=1`);
  const second = await rig.get(`connections/${app}/accounts?at=${asHead}&limit=1&cursor=${first.nextCursor}`);
  expect([...first.items, ...second.items]).toHaveLength(2);
  expect(second.nextCursor).toBeNull();
  const members = async (at: string) => (await rig.get(`groups/${group}/members?at=${at}`)).items;
  expect(await members(asClerk)).toMatchObject([{ id: ada, type: 'user', display: 'ada@example.com' }]);
  expect(await members(afterwards)).toEqual([]);
  expect((await rig.get(`groups/${group}/history`)).timeline.items.map(({ what }: any) => what)).toEqual(
    expect.arrayContaining(['1 member taken out', '1 member put in', 'changed', 'created']),
  );

  // Why the title is what it is: event, mapping, call, answer, and the way to the request.
  const { items } = await rig.get(`users/${ada}/explain?connection=${app}&attribute=title`);
  expect(items[0].attributes).toHaveLength(1);
  expect(items[0].attributes[0]).toMatchObject({
    attribute: 'title',
    value: 'Head of Finance',
    source: {
      position: changed.position,
      type: 'user.updated',
      change: { from: 'Clerk', to: 'Head of Finance' },
      by: { source: { name: 'Entra' } },
    },
    mapping: { kind: 'direct', from: 'title', version: 1 },
    operation: { action: 'update' },
    call: { method: 'PATCH', answer: expect.stringContaining('200') },
  });
  const { requestId } = items[0].attributes[0].source.by;
  await waitFor(async () => (await rig.call('GET', `request-log/${requestId}`)).status === 200, {
    what: 'the request log to have the request',
  });
  expect(items[0].standing).toMatchObject([{ code: 'in-line' }]);

  // The operation with everything, and no secret anywhere.
  const operation = await rig.get(`reports/provisioning/${update.operation.id}`);
  expect(operation).toMatchObject({
    action: 'update',
    configVersion: 1,
    cause: { position: changed.position, type: 'user.updated', by: { source: { name: 'Entra' } } },
    attemptsMade: [
      {
        attempt: 1,
        status: 'succeeded',
        changes: [{ attribute: 'title', from: 'Clerk', to: 'Head of Finance' }],
        calls: [{ method: 'PATCH', body: expect.objectContaining({ Operations: expect.anything() }) }],
      },
    ],
  });
  const created = whole.find(({ what }: any) => what === 'account created at App');
  const texts = JSON.stringify([whole, await rig.get(`reports/provisioning/${created.operation.id}`), items]);
  expect(texts).not.toContain('hunter2-secret');
});

it(
  'says why somebody has no account, in an admin’s words and with what to do',
  { timeout: 120_000 },
  async () => {
    const narrow = await rig.connect('Narrow', { scope: { rule: 'userType eq "Employee"' } });
    const guest = await rig.createUser('guest@example.com', { userType: 'Guest' });
    const standing = async (user: string, connection: string) =>
      (await rig.get(`users/${user}/explain?connection=${connection}`)).items[0].standing;
    await waitFor(
      async () =>
        (await rig.get(`users/${guest}/targets`)).items.find((one: any) => one.connection.id === narrow).work
          ?.state === 'done',
      { what: 'the guest to be looked at', timeoutMs: 60_000 },
    );
    expect(await standing(guest, narrow)).toMatchObject([
      { code: 'never-provisioned', text: expect.stringContaining('userType') },
    ]);
    await rig.call('POST', `connections/${narrow}/disable`);
    const employee = await rig.createUser('employee@example.com', { userType: 'Employee' });
    expect(await standing(employee, narrow)).toEqual([
      { code: 'disabled', text: expect.stringContaining('Narrow'), remedy: 'Enable the connection.' },
      { code: 'pending', text: expect.stringContaining('userName "employee@example.com"') },
    ]);
  },
);

it('knows of an account that was taken over what was found there', { timeout: 120_000 }, async () => {
  const target = await startScimTarget();
  try {
    const made = await fetch(`${target.baseUrl}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ userName: 'old@example.com', title: 'Veteran', active: true }),
    });
    expect(made.status).toBe(201);
    const app = await rig.connect('Old app', {}, target);
    const old = await rig.createUser('old@example.com', { title: 'Veteran', displayName: 'Olga' });
    await rig.at(old, app, 'active');
    await rig.reported();
    const { state } = await rig.get(`users/${old}/history?at=${new Date().toISOString()}`);
    expect(state.accounts.find(({ connection }: any) => connection.id === app)).toMatchObject({
      state: 'active',
      attributes: { title: 'Veteran', displayName: 'Olga' },
    });
    const explained = await rig.get(`users/${old}/explain?connection=${app}&attribute=title`);
    expect(explained.items[0].attributes[0]).toMatchObject({
      value: 'Veteran',
      source: null,
      call: null,
      text: expect.stringContaining('taken over'),
    });
    expect((await rig.call('DELETE', `connections/${app}`)).status).toBe(204);
    const { items } = await rig.get(`connections/${app}/accounts`);
    expect(items.map(({ subject }: any) => subject.display)).toContain('old@example.com');
    const { timeline } = await rig.get(`users/${old}/history`);
    expect(timeline.items.map(({ what }: any) => what)).toContain('existing account taken over at Old app');
  } finally {
    await target.stop();
  }
});

it('finds users and groups by SCIM filters, page by page', async () => {
  const users = await rig.get(`users?filter=${encodeURIComponent('userName sw "bob"')}`);
  expect(users.items).toMatchObject([{ userName: 'bob@example.com' }]);
  const pages: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: any = await rig.get(`users?limit=2&sortBy=userName${cursor && `&cursor=${cursor}`}`);
    pages.push(...page.items.map(({ userName }: any) => userName));
    cursor = page.nextCursor;
  }
  expect(pages).toEqual([...pages].sort());
  expect(new Set(pages).size).toBe(5);
  expect((await rig.get('groups')).items).toMatchObject([{ displayName: 'Money' }]);
  const bad = await rig.call('GET', `users?filter=${encodeURIComponent('shoeSize eq')}`);
  expect([bad.status, bad.body.errors[0].field]).toEqual([400, 'filter']);
  for (const path of ['users/none', 'users/none/history', 'groups/none/history', 'users/none/explain']) {
    expect((await rig.call('GET', path)).status, path).toBe(404);
  }
  const { items } = users;
  const odd = await rig.call('GET', `users/${items[0].id}/history?from=2026-01-01T00:00:00Z`);
  expect([odd.status, odd.body.errors[0].field]).toEqual([400, 'to']);
});

it('erases a person who is gone, and nobody else', { timeout: 240_000 }, async () => {
  const app = (await rig.get('connections')).items.find(({ name }: any) => name === 'App').id;
  const names = {
    title: 'Zoologist-Zz9',
    displayName: 'Zoe Zz9name',
    name: { givenName: 'Zoe', familyName: 'Zz9family' },
    emails: [{ value: 'zz9mail@example.com', type: 'work' }],
    externalId: 'zz9-external',
  };
  const zoe = await rig.createUser('zz9@example.com', names);
  await rig.at(zoe, app, 'active');
  const refused = await rig.call('DELETE', `users/${zoe}/personal-data`);
  expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('Delete the user')]);
  await rig.scim('GET', `Users?filter=${encodeURIComponent('emails.value eq "zz9mail@example.com"')}`);
  await rig.scim('DELETE', `Users/${zoe}`);
  await rig.at(zoe, app, 'inactive');
  await rig.reported();
  const deleted = (await rig.get(`users/${zoe}/history`)).timeline.items;
  expect(deleted.map(({ what }: any) => what)).toContain('deleted');
  const personal = /zz9|zoe\b/i;
  const kept = async () => {
    const found = await rows(personal);
    return found.length > 3 && found.some((row) => row.startsWith('request_log'));
  };
  await waitFor(kept, { what: 'every table to be written' });

  const erased = await rig.call('DELETE', `users/${zoe}/personal-data`);
  expect(erased).toMatchObject({
    status: 200,
    body: { accounts: [{ connection: { name: 'App' }, state: 'inactive' }] },
  });
  expect(await rows(personal)).toEqual([]);
  const after = await rig.get(`users/${zoe}/history`);
  expect(after.erased).toMatchObject({ actor: expect.stringMatching(/^admin:/) });
  expect(after.timeline.items).toHaveLength(deleted.length);
  expect(JSON.stringify(after)).not.toMatch(personal);
  expect((await rig.get(`users/${zoe}/history?at=${new Date().toISOString()}`)).state).toMatchObject({
    status: 'erased',
    attributes: null,
  });
  expect((await rig.call('DELETE', `users/${zoe}/personal-data`)).status).toBe(200);
  expect((await rig.call('DELETE', `users/${crypto.randomUUID()}/personal-data`)).status).toBe(404);
  const [ada] = (await rig.get(`users?filter=${encodeURIComponent('userName eq "bob@example.com"')}`)).items;
  expect((await rig.get(`users/${ada.id}/history`)).timeline.items[0].erased).toBeUndefined();
});

/** Rows of every table in which the person shows, as "table: row". */
async function rows(personal: RegExp): Promise<string[]> {
  const { database } = rig.store;
  const tables = await database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const texts = await database.query<{ row: string }>(`select t::text as row from ${name} t`);
    found.push(
      ...texts
        .filter(({ row }) => personal.test(row))
        .map(({ row }) => `${name.replace('hub.', '')}: ${row}`),
    );
  }
  return found;
}
