import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { connectorModule, type Connector, type OperationContext } from '@rollcall/connectors';
import {
  describeWithMariadb,
  freePort,
  startMariadb,
  startOwnPostgres,
  waitFor,
  type Mariadb,
  type OwnPostgres,
} from '../harness/index.js';
import { mariadbTables, ofTables, postgresqlTables, reader, type Row, service } from './sql-targets.js';

const live: OperationContext = { operationId: 'operation', attempt: 1, mode: 'live' };

/** A server that offers TLS, with what each test needs of it. */
interface Server {
  settings: { preset: string; port: number; database: string; caCertificates: string };
  client: { certificate: string; privateKey: string };
  owner(text: string): Promise<Row[]>;
  /** A user that signs in by the certificate of the client only. */
  certified: string;
  /** Holds the row of this account by a change that is not committed; @returns how to take it back */
  hold(userName: string): Promise<() => Promise<void>>;
  /** Waits until nobody is signed in as the service user. */
  left(): Promise<unknown>;
  stop(): Promise<void>;
}

async function openPostgres(): Promise<Server & { own: OwnPostgres }> {
  const own = await startOwnPostgres();
  await own.owner(postgresqlTables);
  for (const { user, password } of [service, reader])
    await own.owner(`create role ${user} login password '${password}'`);
  await own.owner(`grant all on all tables in schema public to ${service.user}`);
  await own.owner(`grant select on all tables in schema public to ${reader.user}`);
  return {
    own,
    settings: { preset: 'postgresql', port: own.port, database: 'rollcall', caCertificates: own.authority },
    client: own.client,
    certified: 'certified',
    owner: own.owner,
    async hold(userName) {
      const client = new pg.Client({ connectionString: own.url });
      await client.connect();
      await client.query('begin');
      await client.query("update users set title = 'held' where user_name = $1", [userName]);
      return () => client.end();
    },
    left: () =>
      waitFor(
        async () =>
          (await own.owner(`select 1 from pg_stat_activity where usename = '${service.user}'`)).length === 0,
        {
          what: 'everybody to have left',
        },
      ),
    stop: own.stop,
  };
}

async function openMariadb(): Promise<Server & { own: Mariadb }> {
  const own = await startMariadb();
  await own.owner('create database hr');
  const owner = (text: string) => own.owner(text, [], 'hr');
  await owner(mariadbTables);
  for (const { user, password } of [service, reader])
    await owner(`create user ${user}@'127.0.0.1' identified by '${password}'`);
  await owner(`grant all on hr.* to ${service.user}@'127.0.0.1'`);
  await owner(`grant select on hr.* to ${reader.user}@'127.0.0.1'`);
  return {
    own,
    settings: { preset: 'mariadb', port: own.port, database: 'hr', caCertificates: own.authority },
    client: own.client,
    certified: 'certified',
    owner,
    async hold(userName) {
      const { port } = own;
      const client = await createConnection({ host: '127.0.0.1', port, user: 'root', database: 'hr' });
      await client.beginTransaction();
      await client.execute("update users set title = 'held' where user_name = ?", [userName]);
      return () => client.end();
    },
    left: () =>
      waitFor(
        async () =>
          (await owner(`select 1 from information_schema.processlist where user = '${service.user}'`))
            .length === 0,
        { what: 'everybody to have left' },
      ),
    stop: own.stop,
  };
}

function connections(
  open: () => Promise<Server>,
  special: {
    makeCertified(server: Server): Promise<void>;
    version: RegExp;
    sessionSettings: object;
    readSettings: string;
  },
): void {
  let server: Server;
  const opened: Connector[] = [];
  beforeAll(async () => {
    server = await open();
  });
  afterAll(() => server?.stop());
  afterEach(async () => {
    for (const connector of opened.splice(0)) await connector.close();
  });
  const connect = (
    settings: object = {},
    credentials: object = service,
    allowAddress?: (address: string) => boolean,
  ): Connector => {
    const connector = connectorModule('sql')!.open(
      { host: '127.0.0.1', ...ofTables, security: 'verify-full', ...server.settings, ...settings },
      credentials,
      { userAgent: 'rollcall-test', allowAddress },
    );
    opened.push(connector);
    return connector;
  };
  const outcomeOf = async (connector: Connector) => {
    const { steps } = await connector.test();
    const failed = steps.find(({ status }) => status === 'failed');
    if (failed) expect(failed.remedy).toMatch(/.{10}/);
    return failed ? `${failed.step}: ${failed.message}` : 'passed';
  };

  it.each([
    ['an address', {}, 'passed'],
    ['a name', { host: 'localhost' }, 'passed'],
    ['no encryption', { security: 'none', caCertificates: undefined }, 'skipped'],
  ])('are tested step by step: %s', async (_, settings, tls) => {
    const { ok, steps } = await connect({ ...settings, writeProbe: true }).test();
    expect(steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
      'reach passed',
      `tls ${tls}`,
      'authenticate passed',
      'discover passed',
      'read-users passed',
      'find-user passed',
      'read-groups passed',
      'write-probe passed',
      'limits passed',
    ]);
    expect(ok).toBe(true);
    expect(steps.at(-1)!.message).toMatch(special.version);
    expect(await server.owner('select 1 from users')).toEqual([]);
  });

  it.each<[string, () => Connector, RegExp]>([
    ['a name nobody knows', () => connect({ host: 'nowhere.invalid' }), /^reach: .*DNS/],
    ['a network that is not allowed', () => connect({}, service, () => false), /^reach: .*outside/],
    [
      'a name that leads to a network that is not allowed',
      () => connect({ host: 'localhost' }, service, () => false),
      /^reach: .*outside/,
    ],
    ['an authority nobody trusts', () => connect({ caCertificates: undefined }), /^tls: /],
    ['another name in the certificate', () => connect({ serverName: 'db.example.org' }), /^tls: /],
    ['another address in the certificate', () => connect({ serverName: '192.0.2.1' }), /^tls: /],
    ['a wrong password', () => connect({}, { ...service, password: 'wrong' }), /^authenticate: /],
    ['a database that is not there', () => connect({ database: 'nowhere' }), /^authenticate: /],
    [
      'a session setting the server does not know',
      () => connect({ sessionSettings: { no_such_setting: 'x' } }),
      /^authenticate: .*no_such_setting/,
    ],
    ['a table that is not there', () => connect({ userTable: 'nobody' }), /^discover: .*nobody/],
    ['a key that is not there', () => connect({ userKey: ['uid'] }), /^discover: .*uid/],
    ['a key that is none', () => connect({ userKey: ['title'] }), /^discover: .*unique index.*title/],
    ['a column that is not there', () => connect({ userActiveColumn: 'enabled' }), /^discover: .*enabled/],
    ['a column of the wrong type', () => connect({ userUpdatedColumn: 'title' }), /^discover: .*title/],
    ['a column without its values', () => connect({ userActiveColumn: 'title' }), /^discover: .*title/],
    ['rights to read only', () => connect({}, reader), /^write-probe: .*may not insert/],
    ['more connections than the server takes', () => connect({ connections: 10_000 }), /^limits: .*10000/],
  ])('say what is wrong: %s', async (_, make, wrong) => {
    expect(await outcomeOf(make())).toMatch(wrong);
  });

  it('any name in the certificate will do where only the authority is to be checked', async () => {
    expect(await outcomeOf(connect({ serverName: 'db.example.org', security: 'verify-ca' }))).toBe('passed');
    const stranger = connect({ security: 'verify-ca', caCertificates: undefined });
    expect(await outcomeOf(stranger)).toMatch(/^tls: /);
  });

  it('a client certificate signs in, and nobody else as that user', async () => {
    await special.makeCertified(server);
    const { certified: user, client } = server;
    const credentials = { type: 'certificate', user, ...client };
    expect(await outcomeOf(connect({}, credentials))).toBe('passed');
    expect(await outcomeOf(connect({}, { type: 'password', user, password: 'anything' }))).toMatch(
      /^authenticate: /,
    );
  });

  it('nothing listens: the connection waits', async () => {
    const connector = connect({ port: await freePort() });
    expect(await outcomeOf(connector)).toMatch(/^reach: .*ECONNREFUSED/);
    expect(await connector.find('user', { attribute: 'user_name', value: 'ada' })).toMatchObject({
      kind: 'retry',
      scope: 'connection',
    });
  });

  it('a refused address is denied and nothing is sent', async () => {
    const outcome = await connect({}, service, () => false).create('user', { user_name: 'x' }, live);
    expect(outcome).toMatchObject({ kind: 'denied', remedy: expect.stringContaining('HUB_TARGET_NETWORKS') });
  });

  it('a longer answer than allowed is cut off', async () => {
    await server.owner(`insert into users (user_name, email) values ('long', '${'x'.repeat(200)}')`);
    const outcome = await connect({ maxAnswerBytes: 1_024, pageSize: 100 }).list('user', {});
    await server.owner('delete from users');
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'answer-too-long' });
  });

  it('a row that somebody else holds is tried again, and was not changed', async () => {
    const connector = connect({ timeoutMs: 4_000 });
    const made = await connector.create('user', { user_name: 'held', title: 'before' }, live);
    if (made.kind !== 'ok') throw new Error(JSON.stringify(made));
    const letGo = await server.hold('held');
    const changes = [{ op: 'set' as const, attribute: 'title', value: 'after' }];
    const outcome = await connector.update('user', made.value.id, changes, live);
    await letGo();
    expect(outcome).toMatchObject({ kind: 'retry', scope: 'object' });
    expect(outcome).not.toHaveProperty('maybeDone');
    expect(await server.owner('select title from users')).toEqual([{ title: 'before' }]);
    await server.owner('delete from users');
  });

  it('settings of the session hold in each statement', async () => {
    const sessionSettings = special.sessionSettings;
    const connector = connect({
      mode: 'statements',
      sessionSettings,
      statements: { getUser: special.readSettings },
    });
    const outcome = await connector.get('user', '1');
    if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
    const { id: _, ...told } = outcome.value.attributes;
    expect(told).toEqual(sessionSettings);
  });

  it('no more are opened than the settings say, and none is left when it is closed', async () => {
    const connector = connect({ connections: 3 });
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        connector.create('user', { user_name: `many${at}` }, { ...live, operationId: `many${at}` }),
      ),
    );
    expect(outcomes.every(({ kind }) => kind === 'ok')).toBe(true);
    const there =
      server.settings.preset === 'postgresql'
        ? `select 1 from pg_stat_activity where usename = '${service.user}'`
        : `select 1 from information_schema.processlist where user = '${service.user}'`;
    expect((await server.owner(there)).length).toBeLessThanOrEqual(3);
    await connector.close();
    await server.left();
    await server.owner('delete from users');
    expect(await connector.get('user', '1')).toMatchObject({
      kind: 'retry',
      message: expect.stringContaining('closed'),
    });
  });
}

describe('connections to PostgreSQL', () => {
  let opened: (Server & { own: OwnPostgres }) | undefined;
  connections(async () => (opened = await openPostgres()), {
    async makeCertified({ certified, owner }) {
      // The name in the certificate is the name of the user there.
      await owner(`create role ${certified} login`);
      await owner(`grant all on all tables in schema public to ${certified}`);
      await opened!.own.askForCertificate(certified);
    },
    version: /Version 1\d/,
    sessionSettings: { search_path: 'public, pg_catalog', work_mem: '5MB' },
    readSettings:
      "select :id as id, current_setting('search_path') as search_path, current_setting('work_mem') as work_mem",
  });

  it('nothing of the hub’s own environment goes to the server', async () => {
    const { settings, client } = opened!;
    const open = (credentials: object) =>
      connectorModule('sql')!.open(
        {
          host: '127.0.0.1',
          ...settings,
          security: 'verify-full',
          mode: 'statements',
          statements: { getUser: "select :id as id, current_setting('work_mem') as work_mem" },
        },
        credentials,
        { userAgent: 'rollcall-test' },
      );
    const byPassword = open(service);
    const byCertificate = open({ type: 'certificate', user: service.user, ...client });
    for (const [name, text] of Object.entries({
      PGPASSWORD: service.password,
      PGUSER: 'somebody',
      PGHOST: '/tmp',
      PGDATABASE: 'nowhere',
      PGSSLMODE: 'require',
      PGSSLNEGOTIATION: 'direct',
      PGREPLICATION: 'database',
      PGOPTIONS: '-c work_mem=7MB',
    }))
      vi.stubEnv(name, text);
    try {
      expect(await byCertificate.get('user', '1')).toMatchObject({
        kind: 'retry',
        scope: 'connection',
        message: expect.stringContaining('asks for a password'),
      });
      const outcome = await byPassword.get('user', '1');
      expect(outcome).toMatchObject({ kind: 'ok', value: { id: '1' } });
      expect(outcome).not.toMatchObject({ value: { attributes: { work_mem: '7MB' } } });
    } finally {
      vi.unstubAllEnvs();
      await byPassword.close();
      await byCertificate.close();
    }
  });

  it('a server that shows the certificate of another is not spoken to', async () => {
    const { own, settings } = opened!;
    await own.show('stranger');
    const connector = connectorModule('sql')!.open(
      { host: '127.0.0.1', ...ofTables, ...settings, security: 'verify-full' },
      service,
      { userAgent: 'rollcall-test' },
    );
    try {
      await waitFor(
        async () => {
          const outcome = await connector.get('user', '1');
          return outcome.kind === 'retry' && outcome.message.includes('Encryption');
        },
        { what: 'the other certificate to be refused' },
      );
    } finally {
      await connector.close();
    }
  });
});

describeWithMariadb('connections to MariaDB', () => {
  connections(openMariadb, {
    async makeCertified({ certified, owner }) {
      await owner(`create user ${certified}@'127.0.0.1' require subject '/CN=certified'`);
      await owner(`grant all on hr.* to ${certified}@'127.0.0.1'`);
    },
    version: /Version 1\d.*MariaDB/,
    sessionSettings: { sql_mode: 'ANSI_QUOTES,STRICT_ALL_TABLES', lock_wait_timeout: '77' },
    readSettings:
      'select :id as id, @@sql_mode as sql_mode, cast(@@lock_wait_timeout as char) as lock_wait_timeout',
  });
});
