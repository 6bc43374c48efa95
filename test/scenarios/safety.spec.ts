import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Company, Scenarios } from './company.js';

describe('when something goes wrong', () => {
  let scenarios: Scenarios;
  let company: Company;
  beforeAll(async () => {
    scenarios = await Scenarios.open();
  });
  afterAll(() => scenarios?.close());
  afterEach(() => company?.close());

  it('wrong filter that would remove 400 of 500: held before the first, told once, partly approved', async () => {
    company = await scenarios.company({ scope: { rule: 'userType pr' } });
    const ids = await company.hireMany(500, (at) => ({ userType: at < 100 ? 'Employee' : 'Contractor' }));
    await company.settled(500);
    await company.admin('PATCH', `connections/${company.connection}`, {
      scope: { rule: 'userType eq "Employee"' },
    });
    await company.told(async () => (await company.progress()).held === 400, 'all 400 to be held', 60_000);
    const inactive = async () => (await company.seen()).accounts.filter(({ active }) => !active).length;
    expect(await inactive()).toBe(0);
    const { items: holds } = await company.admin('GET', 'holds?state=open');
    expect(holds).toMatchObject([
      { action: 'deactivate', subjectType: 'user', cause: { kind: 'configuration' }, counts: { held: 400 } },
    ]);
    const { items } = await company.admin('GET', `holds/${holds[0].id}/items?limit=3`);
    expect(items[0]).toMatchObject({
      subject: { type: 'user', display: expect.stringContaining('@example.com') },
      reason: expect.stringContaining('userType eq "Employee"'),
    });
    await company.told(async () => (await company.alerts()).length > 0, 'the alert');
    expect((await company.alerts()).map(({ kind }) => kind)).toEqual(['hold']);
    // What is not held goes on.
    await company.change(ids[0]!, { op: 'replace', path: 'title', value: 'Head' });
    await company.told(
      async () => (await company.account('user00000@example.com'))?.title === 'Head',
      'the other change',
    );
    const allowed = ids.slice(100, 130);
    await company.admin('POST', `holds/${holds[0].id}/allow`, { subjectIds: allowed });
    await company.told(async () => (await inactive()) === 30, 'the thirty that were allowed');
    await company.admin('POST', `holds/${holds[0].id}/deny`, { all: true, note: 'the filter was wrong' });
    const hold = () => company.admin('GET', `holds/${holds[0].id}`);
    await company.told(async () => (await hold()).state === 'partly-allowed', 'the change set to close');
    expect((await hold()).counts).toMatchObject({ held: 0, done: 30, denied: 370 });
    expect(await inactive()).toBe(30);
    await company.admin('PATCH', `connections/${company.connection}`, { scope: { rule: 'userType pr' } });
    await company.told(async () => (await inactive()) === 0, 'the thirty to be back');
    await company.settled(500);
    expect((await company.deadLetters()).items).toEqual([]);
  });

  it('token expired: one alert and no dead letters, and everything drains once it is repaired', async () => {
    company = await scenarios.company();
    await company.hire('first@example.com');
    await company.settled(1);
    await company.app.setFaults({ refuse: 401 });
    const before = (await company.seen()).calls.length;
    await company.hireMany(120);
    const state = async () =>
      (await company.admin('GET', `connections/${company.connection}`)).state as string;
    await company.told(async () => (await state()) === 'quarantined', 'the quarantine');
    await company.told(async () => (await company.alerts()).length > 0, 'the alert');
    expect((await company.progress()).phase).toBe('quarantined');
    expect((await company.seen()).calls.length - before).toBeLessThan(60);
    expect((await company.deadLetters()).items).toEqual([]);
    await company.app.setFaults({});
    await company.admin('PATCH', `connections/${company.connection}`, {
      credentials: { type: 'bearer', token: company.app.token },
    });
    await company.settled(121);
    expect((await company.seen()).accounts).toHaveLength(121);
    expect(await state()).toBe('enabled');
    expect((await company.deadLetters()).items).toEqual([]);
    await company.told(async () => (await company.alerts())[0]?.endedAt !== null, 'the alert to end');
    expect((await company.alerts()).map(({ kind }) => kind)).toEqual(['quarantine']);
  });

  it('429 storm: the app is asked at its own pace, nobody is lost, made twice or given up', async () => {
    company = await scenarios.company();
    await company.hire('first@example.com');
    await company.settled(1);
    await company.app.setFaults({ throttle: { every: 3, form: 'seconds', seconds: 1 }, seed: 5 });
    await company.hireMany(30);
    await company.told(
      async () => (await company.seen()).calls.some(({ status }) => status === 429),
      'the storm to begin',
    );
    await company.told(
      async () => (await company.seen()).calls.filter(({ status }) => status === 429).length > 2,
      'more of it',
    );
    const stormy = await company.seen();
    expect((await company.admin('GET', `connections/${company.connection}`)).state).toBe('enabled');
    await company.app.setFaults({});
    await company.settled(31);
    const { accounts, duplicates, calls } = await company.seen();
    expect([accounts.length, duplicates]).toEqual([31, []]);
    expect((await company.deadLetters()).items).toEqual([]);
    expect(refusedInARow(stormy.calls)).toBeLessThanOrEqual(8);
    const refused = calls.filter(({ status }) => status === 429).length;
    expect(refused).toBeLessThan(calls.length / 2);
  });
});

/** Calls that were made within a second after the app had asked for a second of peace: those already under way at most. */
function refusedInARow(calls: { at: number; status: number | string }[]): number {
  const counts = calls
    .filter(({ status }) => status === 429)
    .map(({ at }) => calls.filter((call) => call.at > at + 100 && call.at < at + 900).length);
  return Math.max(...counts);
}
