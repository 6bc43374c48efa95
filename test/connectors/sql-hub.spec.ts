import { afterEach, describe, expect, it } from 'vitest';
import { describeWithMariadb, startMariadb, startOwnPostgres, waitFor } from '../harness/index.js';
import { enterprise, openHub, pushThroughRestarts, usersOfKillTest, type Json } from './hub-rig.js';
import { mariadbTables, postgresqlTables, service } from './sql-targets.js';

interface Target {
  settings: object;
  groups: string;
  owner(text: string): Promise<Json[]>;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

async function postgresql(): Promise<Target> {
  const server = await startOwnPostgres();
  await server.owner(postgresqlTables);
  await server.owner(`create role ${service.user} login password '${service.password}'`);
  await server.owner(
    `grant select, insert, update, delete on all tables in schema public to ${service.user}`,
  );
  return {
    settings: {
      preset: 'postgresql',
      port: server.port,
      database: 'rollcall',
      caCertificates: server.authority,
    },
    groups: 'groups',
    owner: server.owner,
    kill: server.kill,
    start: server.start,
    stop: server.stop,
  };
}

async function mariadb(): Promise<Target> {
  const server = await startMariadb();
  await server.owner('create database hr');
  const owner = (text: string) => server.owner(text, [], 'hr');
  await owner(mariadbTables);
  await owner(`create user ${service.user}@'127.0.0.1' identified by '${service.password}' require ssl`);
  await owner(`grant select, insert, update, delete on hr.* to ${service.user}@'127.0.0.1'`);
  return {
    settings: { preset: 'mariadb', port: server.port, database: 'hr', caCertificates: server.authority },
    groups: '`groups`',
    owner,
    kill: server.kill,
    start: server.start,
    stop: server.stop,
  };
}

function arrives(start: () => Promise<Target>): void {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  async function open() {
    const target = await start();
    cleanUp.push(() => target.stop());
    const rig = await openHub({
      connector: 'sql',
      settings: {
        host: '127.0.0.1',
        userTable: 'users',
        userActiveColumn: 'active',
        userUpdatedColumn: 'updated_at',
        groupTable: 'groups',
        memberTable: 'group_members',
        writeProbe: true,
        ...target.settings,
      },
      credentials: service,
      policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 0 } },
    });
    cleanUp.push(() => rig.stop());
    const rowOf = async (name: string) =>
      (await target.owner(`select * from users where user_name = '${name}'`))[0];
    return { target, rowOf, ...rig, rig };
  }

  it('joiners, a mover, a group and leavers arrive as Entra sends them', async () => {
    const { target, rowOf, admin, connection, settled, source, join } = await open();
    const { steps } = await admin('POST', `connections/${connection}/test`);
    expect(steps.filter(({ status }: Json) => status !== 'passed')).toEqual([]);
    await admin('POST', `connections/${connection}/enable`);

    const grace = await join('grace@contoso.example', 'Grace', 'Hopper');
    const ada = await join('ada@contoso.example', 'Ada', "O'Lovelace");
    await settled(2);
    const joined = (await rowOf('ada@contoso.example'))!;
    expect(joined).toMatchObject({
      given_name: 'Ada',
      family_name: "O'Lovelace",
      display_name: "Ada O'Lovelace",
      email: 'ada@contoso.example',
      title: 'Engineer',
      department: 'Engineering',
    });
    expect(Boolean(joined.active)).toBe(true);

    await source.patch(
      'Users',
      ada,
      { op: 'replace', path: 'userName', value: 'ada.king@contoso.example' },
      { op: 'replace', path: 'name.familyName', value: 'King' },
      { op: 'replace', path: `${enterprise}:department`, value: 'Research' },
      { op: 'remove', path: 'title' },
    );
    const group = await source.createGroup('Engineering, "R&D"', [ada, grace]);
    await settled(3);
    expect(await rowOf('ada.king@contoso.example')).toMatchObject({
      id: joined.id,
      family_name: 'King',
      department: 'Research',
      title: null,
    });
    const members = async () => {
      const rows = await target.owner(
        `select u.user_name from group_members m join users u on u.id = m.user_id
         join ${target.groups} g on g.id = m.group_id where g.name = 'Engineering, "R&D"' order by 1`,
      );
      return rows.map(({ user_name }) => user_name as string);
    };
    expect(await members()).toEqual(['ada.king@contoso.example', 'grace@contoso.example']);

    await source.patch('Groups', group, { op: 'remove', path: `members[value eq "${grace}"]` });
    await source.patch('Users', grace, { op: 'replace', path: 'active', value: false });
    await waitFor(async () => (await members()).length === 1, { what: 'Grace to leave the group' });
    await waitFor(async () => !Number((await rowOf('grace@contoso.example'))!.active), {
      what: 'Grace to lose access',
    });
    await source.deleteUser(ada);
    await waitFor(async () => !(await rowOf('ada.king@contoso.example')), {
      what: 'Ada to be gone',
      timeoutMs: 60_000,
    });
    const { items } = await admin('GET', `reports/provisioning?connection=${connection}&status=failed`);
    expect(items).toEqual([]);
  }, 120_000);

  it(
    `killed and started again in the middle of ${usersOfKillTest} operations: each is there once`,
    async () => {
      const { target, rig } = await open();
      // Without it the database itself would forbid what is to be shown not to happen.
      await target.owner('alter table users drop constraint users_user_name_key').catch(async () => {
        await target.owner('alter table users drop index user_name, add index (user_name)');
      });
      const count = async () => Number((await target.owner('select count(*) as there from users'))[0]!.there);
      const names = await pushThroughRestarts(rig, {
        arrived: count,
        kill: () => target.kill(),
        start: () => target.start(),
      });
      const rows = await target.owner('select user_name from users');
      expect(rows.map(({ user_name }) => user_name as string).sort()).toEqual(names.toSorted());
    },
    120_000 + usersOfKillTest * 200,
  );
}

describe('the hub and a real PostgreSQL', () => arrives(postgresql));
describeWithMariadb('the hub and a real MariaDB', () => arrives(mariadb));
