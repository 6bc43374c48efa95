import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { afterEach, expect, it } from 'vitest';
import { describeWithSshd, startSshd, type Sshd, waitFor } from '../harness/index.js';
import { enterprise, type Json, openHub, pushThroughRestarts, usersOfKillTest } from './hub-rig.js';

type Row = Record<string, string>;

describeWithSshd('the hub and files at a real sshd', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  async function open(settings: object = {}) {
    const sshd = await startSshd();
    cleanUp.push(() => sshd.stop());
    const rig = await openHub({
      connector: 'csv',
      settings: { url: sshd.url, hostKey: sshd.hostKey, ...settings },
      credentials: sshd.writer,
      policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 0 } },
    });
    cleanUp.push(() => rig.stop());
    return { sshd, ...rig, rig };
  }

  /** As whoever reads the file sees it: whole, or not there. */
  async function rowsOf({ folder }: Sshd, file: string): Promise<Row[]> {
    const text = await readFile(join(folder, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return parse(text, { columns: true });
  }

  it('joiners, a mover, a group and leavers arrive as Entra sends them', async () => {
    const { sshd, admin, connection, settled, source, join: joinHub } = await open();
    const { steps } = await admin('POST', `connections/${connection}/test`);
    expect(steps.filter(({ status }: Json) => status === 'failed')).toEqual([]);
    await admin('POST', `connections/${connection}/enable`);
    const personOf = async (userName: string) =>
      (await rowsOf(sshd, 'users.csv')).find((row) => row.userName === userName);

    const grace = await joinHub('grace@contoso.example', 'Grace', 'Hopper');
    const ada = await joinHub('ada@contoso.example', 'Ada', 'Lovelace');
    await settled(2);
    expect(await personOf('ada@contoso.example')).toMatchObject({
      active: 'true',
      givenName: 'Ada',
      familyName: 'Lovelace',
      displayName: 'Ada Lovelace',
      email: 'ada@contoso.example',
      title: 'Engineer',
      city: 'London',
      department: 'Engineering',
    });

    await source.patch(
      'Users',
      ada,
      { op: 'replace', path: 'userName', value: 'ada.king@contoso.example' },
      { op: 'replace', path: 'name.familyName', value: 'King, "the" Countess' },
      { op: 'add', path: `${enterprise}:manager`, value: grace },
      { op: 'remove', path: 'title' },
    );
    const group = await source.createGroup('Engineering; "R&D"', [ada, grace]);
    await settled(3);
    const moved = (await personOf('ada.king@contoso.example'))!;
    const boss = (await personOf('grace@contoso.example'))!;
    expect(moved).toMatchObject({ familyName: 'King, "the" Countess', title: '', manager: boss.id });
    const [groupRow] = await rowsOf(sshd, 'groups.csv');
    expect(groupRow).toMatchObject({ displayName: 'Engineering; "R&D"' });
    const members = async () =>
      (await rowsOf(sshd, 'memberships.csv')).map(({ group: of, member }) => `${of} ${member}`);
    expect((await members()).sort()).toEqual(
      [moved.id, boss.id].map((each) => `${groupRow!.id} ${each}`).sort(),
    );

    await source.patch('Groups', group, { op: 'remove', path: `members[value eq "${grace}"]` });
    await source.patch('Users', grace, { op: 'replace', path: 'active', value: false });
    await waitFor(async () => (await members()).length === 1, { what: 'Grace to leave the group' });
    await waitFor(async () => (await personOf('grace@contoso.example'))?.active === 'false', {
      what: 'Grace to lose access',
    });
    await source.deleteUser(ada);
    await waitFor(async () => !(await personOf('ada.king@contoso.example')), {
      what: 'Ada to be gone',
      timeoutMs: 60_000,
    });
    expect(await members()).toEqual([]);
    const { items } = await admin('GET', `reports/provisioning?connection=${connection}&status=failed`);
    expect(items).toEqual([]);
  }, 120_000);

  it(
    `sshd killed and started again in the middle of ${usersOfKillTest} operations: each is there once, and the file is always whole`,
    async () => {
      const { sshd, rig } = await open();
      let reading = true;
      let looks = 0;
      let most = 0;
      const reader = (async () => {
        while (reading) {
          const rows = await rowsOf(sshd, 'users.csv');
          for (const row of rows) expect(Object.keys(row)).toContain('manager');
          expect(rows.length).toBeGreaterThanOrEqual(most);
          most = rows.length;
          looks += 1;
          await sleep(2);
        }
      })();
      reader.catch(() => undefined);
      try {
        const names = await pushThroughRestarts(rig, {
          arrived: async () => (await rowsOf(sshd, 'users.csv')).length,
          kill: () => sshd.kill(),
          start: () => sshd.start(),
        });
        const rows = await rowsOf(sshd, 'users.csv');
        expect(rows.map(({ userName }) => userName).sort()).toEqual(names.toSorted());
        expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
      } finally {
        reading = false;
      }
      await reader;
      expect(looks).toBeGreaterThan(10);
    },
    120_000 + usersOfKillTest * 200,
  );
});
