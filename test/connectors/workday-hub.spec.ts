import { afterEach, describe, expect, it } from 'vitest';
import type { Contact } from '../doubles/workday/tenant.js';
import { startWorkday, type WorkdayDouble } from '../doubles/workday/workday.js';
import { waitFor } from '../harness/index.js';
import { enterprise, type Json, openHub, pushThroughRestarts, usersOfKillTest } from './hub-rig.js';

/** Nothing but updates: workers are hired and leave at Workday. */
const policy = {
  users: {
    create: false,
    deactivate: false,
    delete: false,
    onDeactivated: 'keep',
    onDeletedAtSource: 'keep',
    onOutOfScope: 'keep',
  },
  groups: { enabled: false },
};

describe('the hub and a Workday tenant', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  async function open(further: object = {}) {
    const workday = await startWorkday();
    cleanUp.push(() => workday.stop());
    const { url, tenant, timeZone } = workday;
    const rig = await openHub({
      connector: 'workday',
      settings: { url, tenant, timeZone, phoneCountry: 'GBR' },
      credentials: {
        type: 'isu',
        username: 'isu_rollcall',
        password: workday.accounts.get('isu_rollcall')!.password,
      },
      policy,
      ...further,
    });
    cleanUp.push(() => rig.stop());
    return { workday, ...rig, rig };
  }

  it('a joiner is found by employee number; e-mail and phones are written back; nothing else is touched', async () => {
    const { workday, admin, connection, settled, source } = await open();
    const ada = workday.hire('1001', { contacts: [home] }, { title: 'Analyst' });
    const grace = workday.hire('1002', { contacts: [{ ...home, id: 'HOME-2' }] });
    const { steps } = await admin('POST', `connections/${connection}/test`);
    expect(steps.filter(({ status }: Json) => status === 'failed')).toEqual([]);
    await admin('POST', `connections/${connection}/enable`);

    const id = await source.createUser('ada@contoso.example', personOf('1001', 'ada@contoso.example'));
    const graceId = await source.createUser(
      'grace@contoso.example',
      personOf('1002', 'grace@contoso.example'),
    );
    await source.createUser('nobody@contoso.example', personOf('9999', 'nobody@contoso.example'));
    await settled(3);
    expect(valuesOf(ada.contacts)).toEqual(['home@example.net', '2079460958', 'ada@contoso.example']);
    expect(ada.written).toHaveLength(1);
    // Who is not at Workday is not made there, and the report says why.
    expect(workday.workers).toHaveLength(2);
    const { items } = await admin('GET', `reports/provisioning?connection=${connection}&status=failed`);
    expect(items).toEqual([]);

    await source.patch(
      'Users',
      id,
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'ada.king@contoso.example' },
      { op: 'replace', path: 'title', value: 'Head of Engineering' },
    );
    await source.createGroup('Engineering', [id, graceId]);
    await waitFor(async () => ada.written.length === 2, { what: 'the new e-mail to be written' });
    expect(valuesOf(ada.contacts)).toContain('ada.king@contoso.example');
    expect(ada.events).toHaveLength(1);

    await source.patch('Users', graceId, { op: 'replace', path: 'active', value: false });
    await source.deleteUser(id);
    await settled(3);
    expect(ada.written).toHaveLength(2);
    expect(grace.written).toHaveLength(1);
    expect(valuesOf(ada.contacts)).toContain('ada.king@contoso.example');
    const explained = await admin('GET', `users/${graceId}/explain`);
    expect(JSON.stringify(explained)).toMatch(/kept as it is/);
    const failed = await admin('GET', `reports/provisioning?connection=${connection}&status=failed`);
    expect(failed.items).toEqual([]);
  }, 120_000);

  it('an event in progress makes the one person wait, and nobody else', async () => {
    const { workday, admin, connection, source } = await open();
    const [ada, grace] = [workday.hire('1001', { inProgress: true }), workday.hire('1002')];
    await admin('POST', `connections/${connection}/enable`);
    await source.createUser('ada@contoso.example', personOf('1001', 'ada@contoso.example'));
    await source.createUser('grace@contoso.example', personOf('1002', 'grace@contoso.example'));
    await waitFor(async () => grace.written.length === 1, { what: 'Grace to be written' });
    ada.inProgress = false;
    await waitFor(async () => ada.written.length === 1, { what: 'Ada to be written', timeoutMs: 60_000 });
  }, 120_000);

  it(
    `Workday cut off and back in the middle of ${usersOfKillTest} write-backs: each makes one business event`,
    async () => {
      const mappings = {
        users: {
          matching: [{ expression: '$substringBefore(userName, "@")', target: 'workerId' }],
          attributes: [{ source: 'userName', target: 'workEmail', apply: 'always' }],
        },
      };
      const { workday, rig } = await open({ mappings });
      for (let at = 0; at < usersOfKillTest; at += 1) workday.hire(`user${at}`);
      const names = await pushThroughRestarts(rig, {
        arrived: async () => workday.workers.filter(({ written }) => written.length > 0).length,
        kill: () => killed(workday),
        start: async () => void (await workday.start()),
      });
      const emails = workday.workers.flatMap(({ contacts }) => valuesOf(contacts));
      expect(emails.toSorted()).toEqual(names.toSorted());
      expect(workday.workers.filter(({ written }) => written.length !== 1)).toEqual([]);
    },
    120_000 + usersOfKillTest * 200,
  );
});

const home: Contact = {
  id: 'HOME-1',
  kind: 'email',
  value: 'home@example.net',
  usage: 'HOME',
  primary: true,
  isPublic: false,
};

const valuesOf = (contacts: Contact[]) => contacts.map(({ value }) => value);

const personOf = (employeeNumber: string, email: string) => ({
  externalId: email,
  title: 'Engineer',
  emails: [{ primary: true, type: 'work', value: email }],
  phoneNumbers: [{ type: 'work', value: '+44 20 7946 0958' }],
  [enterprise]: { employeeNumber, department: 'Engineering' },
});

/** What is being carried out is carried out, and nobody hears of it. */
async function killed(workday: WorkdayDouble): Promise<void> {
  workday.faults = { dropAfterCommit: 5 };
  await waitFor(async () => (workday.faults.dropAfterCommit ?? 0) === 0, { what: 'answers to be lost' });
  await workday.stop();
}
