import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Company, enterprise, Scenarios } from './company.js';

describe('people who come, move and go', () => {
  let scenarios: Scenarios;
  let company: Company;
  beforeAll(async () => {
    scenarios = await Scenarios.open();
  });
  afterAll(() => scenarios?.close());
  afterEach(() => company?.close());

  it('new hire: an account with what the source says, within seconds, and a line in the report', async () => {
    company = await scenarios.company();
    const ada = await company.hire('ada@example.com', {
      displayName: 'Ada Lovelace',
      title: 'Analyst',
      [enterprise]: { department: 'Engines' },
    });
    await company.settled(1);
    expect(await company.account('ada@example.com')).toMatchObject({
      active: true,
      displayName: 'Ada Lovelace',
      title: 'Analyst',
      [enterprise]: { department: 'Engines' },
    });
    await company.told(async () => (await company.actions(ada)).length > 0, 'the line in the report');
    expect(await company.report(`&user=${ada}`)).toMatchObject([
      {
        action: 'create',
        status: 'succeeded',
        subject: { type: 'user', id: ada, display: 'ada@example.com' },
      },
    ]);
    expect(await company.accountOf(ada)).toMatchObject({
      state: 'active',
      origin: 'created',
      work: { state: 'done' },
    });
  });

  it('mover between departments: only what changed is written, and group membership follows', async () => {
    company = await scenarios.company();
    const ada = await company.hire('ada@example.com', {
      title: 'Analyst',
      [enterprise]: { department: 'Engines' },
    });
    const engines = await company.group('Engines', [ada]);
    const sales = await company.group('Sales');
    await company.settled(3);
    const calls = (await company.seen()).calls.length;
    await company.change(ada, { op: 'replace', path: `${enterprise}:department`, value: 'Sales' });
    await company.changeGroup(engines, { op: 'remove', path: `members[value eq "${ada}"]` });
    await company.changeGroup(sales, { op: 'add', path: 'members', value: [{ value: ada }] });
    await company.settled(3);
    const seen = await company.seen();
    const account = seen.accounts[0]!;
    expect(account[enterprise].department).toBe('Sales');
    expect(
      seen.groups.map(({ displayName, members }) => [displayName, members.map(({ value }) => value)]),
    ).toEqual([
      ['Engines', []],
      ['Sales', [account.id]],
    ]);
    const writes = seen.calls.slice(calls).filter(({ method }) => method !== 'GET');
    expect(writes.map(({ method }) => method)).toEqual(['PATCH', 'PATCH', 'PATCH']);
    expect(JSON.stringify(writes.map(({ body }) => body as unknown))).not.toContain('Analyst');
    await company.told(
      async () => (await company.actions(ada)).includes('update'),
      'the update in the report',
    );
    const [update] = await company.report(`&user=${ada}&action=update`);
    expect(update).toMatchObject({ status: 'succeeded', attributes: [`${enterprise}:department`] });
  });

  const grace = { policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 720 } } };

  it('leaver with grace: no access at once, the deletion scheduled for all to see, and gone after thirty days', async () => {
    company = await scenarios.company(grace);
    const ada = await company.hire('ada@example.com');
    await company.settled(1);
    await company.remove(ada);
    await company.told(async () => (await company.account('ada@example.com'))?.active === false, 'no access');
    await company.told(
      async () => (await company.actions(ada)).length === 2,
      'the deactivation in the report',
    );
    const { items } = await company.admin('GET', `scheduled-steps?user=${ada}`);
    expect(items).toMatchObject([{ action: 'delete', state: 'scheduled', because: 'deleted-at-source' }]);
    await company.timePasses(719);
    await company.settled(1);
    expect(await company.account('ada@example.com')).toBeDefined();
    await company.timePasses(1);
    await company.told(
      async () => (await company.account('ada@example.com')) === undefined,
      'the account to go',
    );
    await company.told(async () => (await company.actions(ada)).length === 3, 'the deletion in the report');
    expect(await company.actions(ada)).toEqual(['create', 'deactivate', 'delete']);
    expect((await company.accountOf(ada)).state).toBe('deleted');
  });

  it('re-hire within grace: the same account, active again, and nothing is scheduled any more', async () => {
    company = await scenarios.company(grace);
    const before = await company.hire('ada@example.com', { title: 'Analyst' });
    await company.settled(1);
    const { id } = (await company.account('ada@example.com'))!;
    await company.remove(before);
    await company.told(async () => (await company.account('ada@example.com'))?.active === false, 'no access');
    const again = await company.hire('ada@example.com', { title: 'Countess' });
    await company.told(
      async () => (await company.account('ada@example.com'))?.active === true,
      'access again',
    );
    await company.timePasses(800);
    await company.settled(2);
    expect(await company.account('ada@example.com')).toMatchObject({ id, active: true, title: 'Countess' });
    expect((await company.admin('GET', 'scheduled-steps')).items).toEqual([]);
    await company.told(async () => (await company.actions(again)).length > 0, 'the report');
    expect(await company.actions(again)).toEqual(['adopt']);
    expect((await company.seen()).created).toBe(1);
  });

  it('contractor leaving scope: loses access at the app though still active at the source, and gets it back', async () => {
    company = await scenarios.company({ scope: { rule: 'userType eq "Employee"' } });
    const ada = await company.hire('ada@example.com', { userType: 'Employee' });
    const bob = await company.hire('bob@example.com', { userType: 'Contractor' });
    await company.settled(2);
    expect((await company.seen()).accounts.map(({ userName }) => userName)).toEqual(['ada@example.com']);
    await company.change(ada, { op: 'replace', path: 'userType', value: 'Contractor' });
    await company.told(async () => (await company.account('ada@example.com'))?.active === false, 'no access');
    expect((await company.source.get(`/Users/${ada}`)).body.active).toBe(true);
    await company.told(async () => (await company.actions(ada)).length === 2, 'the report');
    const [left] = await company.report(`&user=${ada}&action=deactivate`);
    expect(left!.reason).toContain('userType eq "Employee"');
    await company.change(ada, { op: 'replace', path: 'userType', value: 'Employee' });
    await company.change(bob, { op: 'replace', path: 'userType', value: 'Employee' });
    await company.told(
      async () => (await company.account('ada@example.com'))?.active === true,
      'access again',
    );
    await company.told(
      async () => (await company.account('bob@example.com'))?.active === true,
      'the other one',
    );
    await company.settled(2);
  });

  it('manager arriving after the report: the account is made without, and the manager is set when there', async () => {
    company = await scenarios.company({ scope: { rule: 'title ne "Outside"' } });
    const boss = await company.hire('boss@example.com', { title: 'Outside' });
    const ada = await company.hire('ada@example.com', { [enterprise]: { manager: { value: boss } } });
    await company.settled(2);
    expect((await company.account('ada@example.com'))![enterprise]?.manager).toBeUndefined();
    expect(await company.account('boss@example.com')).toBeUndefined();
    await company.change(boss, { op: 'replace', path: 'title', value: 'Head' });
    await company.told(async () => (await company.account('boss@example.com')) !== undefined, 'the manager');
    await company.settled(2);
    const { id } = (await company.account('boss@example.com'))!;
    await company.told(
      async () => (await company.account('ada@example.com'))![enterprise]?.manager?.value === id,
      'the manager to be set',
    );
    await company.told(async () => (await company.actions(ada)).length === 2, 'the report');
    expect(await company.actions(ada)).toEqual(['create', 'update']);
  });

  it('rename clash: who takes a name that another is just giving up gets it, and nobody is a dead letter', async () => {
    company = await scenarios.company();
    const ada = await company.hire('ada@example.com', { title: 'first' });
    const bob = await company.hire('bob@example.com', { title: 'second' });
    await company.settled(2);
    const [adaThere, bobThere] = [
      (await company.account('ada@example.com'))!.id,
      (await company.account('bob@example.com'))!.id,
    ];
    // The app does not let go of the name yet: its first write fails.
    await company.app.setFaults({ fail: { every: 2, burst: 1 }, seed: 3 });
    await company.change(ada, { op: 'replace', path: 'userName', value: 'ada.lovelace@example.com' });
    await company.change(bob, { op: 'replace', path: 'userName', value: 'ada@example.com' });
    await company.told(
      async () => (await company.account('ada@example.com'))?.id === bobThere,
      'the name to have changed hands',
    );
    await company.settled(2);
    expect((await company.account('ada.lovelace@example.com'))!.id).toBe(adaThere);
    expect((await company.deadLetters()).items).toEqual([]);
    const { created, duplicates } = await company.seen();
    expect([created, duplicates]).toEqual([2, []]);
  });

  it('name taken by a stranger in the app: a dead letter that says whose name it is, done by a retry once it is free', async () => {
    company = await scenarios.company({ policy: { users: { create: true } } });
    const ada = await company.hire('ada@example.com');
    const bob = await company.hire('bob@example.com');
    await company.settled(2);
    const stranger = await fetch(`${company.app.baseUrl}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${company.app.token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ userName: 'taken@example.com', active: true }),
    }).then((answer) => answer.json() as Promise<{ id: string }>);
    await company.change(ada, { op: 'replace', path: 'userName', value: 'taken@example.com' });
    await company.change(bob, { op: 'replace', path: 'title', value: 'goes on' });
    await company.told(async () => (await company.deadLetters()).items.length === 1, 'the dead letter');
    const [letter] = (await company.deadLetters()).items;
    expect(letter).toMatchObject({
      subject: { id: ada },
      error: { kind: 'conflict', remedy: expect.any(String) },
    });
    await company.told(
      async () => (await company.account('bob@example.com'))?.title === 'goes on',
      'the other one',
    );
    await fetch(`${company.app.baseUrl}/Users/${stranger.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${company.app.token}` },
    });
    await company.admin('POST', `connections/${company.connection}/retries`, { subjectIds: [ada] });
    await company.told(
      async () => (await company.account('taken@example.com'))?.active === true,
      'the new name',
    );
    await company.settled(2);
    expect((await company.deadLetters()).items).toEqual([]);
  });
});
