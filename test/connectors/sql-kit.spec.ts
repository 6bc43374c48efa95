import { connectorModule, type TargetUnderTest } from '@rollcall/connectors';
import { describeWithMariadb } from '../harness/index.js';
import { showBehaviours } from './show-behaviours.js';
import { openMariadb, openPostgresql, ofTables, type SqlServer } from './sql-targets.js';
import { ownStatements } from './sql-statements.js';

const module = connectorModule('sql')!;

function target(
  name: string,
  server: SqlServer,
  settings: object,
  further: Partial<TargetUnderTest> = {},
): TargetUnderTest {
  const { preset, database } = server;
  const whole = { preset, database, host: server.host, membersPerCall: 2, connections: 2, ...settings };
  const credentials = {
    good: server.service,
    wrong: { ...server.service, password: 'wrong-password-4711' },
    'without-rights': server.reader,
  };
  return {
    name,
    address: { host: server.host, port: server.port },
    open: ({ host, port }, { credentials: which = 'good', timeoutMs = 10_000 }) =>
      module.open({ ...whole, host, port, timeoutMs }, credentials[which], { userAgent: 'rollcall-test' }),
    capabilities: module.capabilities!(whole),
    user: (user_name) => ({ user_name, title: 'Engineer', given_name: 'Ada', active: true }),
    userKey: 'user_name',
    change: { attribute: 'title', to: 'Head of "R&D"; drop table users --' },
    clear: 'given_name',
    active: 'active',
    group: (name_) => ({ name: name_ }),
    groupKey: 'name',
    absentId: '9007199254740993',
    otherCredentials: ['wrong', 'without-rights'],
    secrets: Object.values(credentials).map(({ password }) => password),
    throttling: [{ form: 'too many connections', begin: () => server.refuseMore() }],
    ...further,
  };
}

const marking = {
  ...ofTables,
  userUpdatedColumn: 'updated_at',
  userDeletedColumn: 'deleted_at',
  overlapSeconds: 5,
};

function show(server: string, open: () => Promise<SqlServer>, retry = 0): void {
  const tables = `SQL, tables of ${server}`;
  showBehaviours(
    tables,
    async () => {
      const opened = await open();
      return { target: target(tables, opened, marking), stop: () => opened.stop() };
    },
    retry,
  );
  const statements = `SQL, own statements on ${server}`;
  showBehaviours(
    statements,
    async () => {
      const opened = await open();
      const { settings, loopPages } = await ownStatements(opened);
      return { target: target(statements, opened, settings, { loopPages }), stop: () => opened.stop() };
    },
    retry,
  );
}

show('PostgreSQL', openPostgresql);
describeWithMariadb('MariaDB', () => show('MariaDB', openMariadb, 2));
