import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorModule, type Connector, type OperationContext, type Outcome } from '@rollcall/connectors';
import { openPostgresql, openSql, type SqlServer } from './sql-targets.js';

const live: OperationContext = { operationId: 'operation', attempt: 1, mode: 'live' };

function value<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

const columns = 'id, user_name, title, active';
const statements = {
  getUser: `select ${columns} from users where id = :id`,
  findUser: { user_name: `select ${columns} from users where user_name = :value` },
  createUser: `insert into users (user_name, title, active) values (:user_name, :title, :active) returning id`,
  updateUser: 'update users set user_name = :user_name, title = :title, active = :active where id = :id',
};

describe('statements of an admin’s own', () => {
  let server: SqlServer;
  let serial = 0;
  beforeAll(async () => {
    server = await openPostgresql();
  });
  afterAll(() => server?.stop());

  async function using<T>(
    further: object,
    work: (connector: Connector, name: string) => Promise<T>,
  ): Promise<T> {
    const connector = openSql(server, { mode: 'statements', statements: { ...statements, ...further } });
    try {
      return await work(connector, `ada${++serial}`);
    } finally {
      await connector.close();
    }
  }

  it('what a change does not name keeps its value', () =>
    using({}, async (connector, user_name) => {
      const { id } = value(await connector.create('user', { user_name, title: 'Engineer' }, live));
      value(await connector.update('user', id, [{ op: 'set', attribute: 'active', value: false }], live));
      value(
        await connector.update(
          'user',
          id,
          [{ op: 'set', attribute: 'user_name', value: `${user_name}!` }],
          live,
        ),
      );
      expect(value(await connector.get('user', id))).toEqual({
        id,
        active: false,
        attributes: { user_name: `${user_name}!`, title: 'Engineer' },
      });
      value(await connector.update('user', id, [{ op: 'unset', attribute: 'title' }], live));
      expect(value(await connector.get('user', id)).attributes).toEqual({ user_name: `${user_name}!` });
    }));

  it('a value that is not known is never overwritten', () =>
    using(
      { getUser: 'select id, user_name, active from users where id = :id' },
      async (connector, user_name) => {
        const { id } = value(await connector.create('user', { user_name, title: 'Engineer' }, live));
        const change = [{ op: 'set' as const, attribute: 'active', value: false }];
        expect(await connector.update('user', id, change, live)).toMatchObject({
          kind: 'rejected',
          code: 'unknown-value',
          attribute: 'title',
          remedy: expect.stringContaining('getUser'),
        });
        const [row] = await server.owner(`select title, active from users where id = ${id}`);
        expect(row).toEqual({ title: 'Engineer', active: true });
      },
    ));

  it('nothing in a value is taken for a statement', () =>
    using({}, async (connector, user_name) => {
      const title = `'; delete from users; -- :id $1 ?`;
      const { id } = value(await connector.create('user', { user_name, title }, live));
      const found = value(await connector.find('user', { attribute: 'user_name', value: user_name }));
      expect(found).toMatchObject([{ id, attributes: { title } }]);
      expect(await connector.create('user', { user_name: 'a\0b' }, live)).toMatchObject({
        kind: 'rejected',
        attribute: 'user_name',
      });
    }));

  it('an attribute without a parameter is refused, and so is an id that cannot be one', () =>
    using({}, async (connector, user_name) => {
      expect(await connector.create('user', { user_name, flavour: 'x' }, live)).toMatchObject({
        kind: 'rejected',
        code: 'unknown-attribute',
        attribute: 'flavour',
      });
      expect(await connector.get('user', 'no number')).toMatchObject({ kind: 'not-found' });
      expect(await connector.find('user', { attribute: 'title', value: 'x' })).toMatchObject({
        code: 'unsearchable',
      });
      expect(await connector.delete('user', '1', live)).toMatchObject({ code: 'no-statement' });
    }));

  it('a creation that gives no id says so', () =>
    using(
      { createUser: 'insert into users (user_name) values (:user_name)' },
      async (connector, user_name) => {
        expect(await connector.create('user', { user_name }, live)).toMatchObject({
          kind: 'rejected',
          code: 'no-id',
          remedy: expect.stringContaining('RETURNING'),
        });
      },
    ));

  it('a change of active that no statement takes is refused, and nothing is written', () =>
    using(
      {
        updateUser: 'update users set user_name = :user_name, title = :title where id = :id',
        createGroup: 'insert into groups (name) values (:name) returning id',
      },
      async (connector, user_name) => {
        const { id } = value(
          await connector.create('user', { user_name, title: 'Engineer', active: true }, live),
        );
        const changes = [
          { op: 'set' as const, attribute: 'title', value: 'Manager' },
          { op: 'set' as const, attribute: 'active', value: false },
        ];
        expect(await connector.update('user', id, changes, live)).toMatchObject({
          kind: 'rejected',
          code: 'unknown-attribute',
          attribute: 'active',
          remedy: expect.stringContaining('disableUser'),
        });
        const [row] = await server.owner(`select title, active from users where id = ${id}`);
        expect(row).toEqual({ title: 'Engineer', active: true });
        expect(await connector.create('group', { name: user_name, active: true }, live)).toMatchObject({
          kind: 'rejected',
          code: 'unknown-attribute',
          attribute: 'active',
        });
      },
    ));

  describe('an account that is disabled from the start', () => {
    const createUser = 'insert into users (user_name, title) values (:user_name, :title) returning id';
    const enableUser = 'update users set active = true where id = :id';
    const rowsOf = (user_name: string) =>
      server.owner('select id::text, active from users where user_name = $1', [user_name]);
    const disabled = (user_name: string) => ({ user_name, title: 'Engineer', active: false });

    it.each([
      ['updateUser takes :active', {}],
      ['there is disableUser', { disableUser: 'update users set active = false where id = :id', enableUser }],
    ])('is made and disabled at once where %s', (_, further) =>
      using({ createUser, ...further }, async (connector, user_name) => {
        const made = value(await connector.create('user', disabled(user_name), live));
        expect(made.active).toBe(false);
        expect(await rowsOf(user_name)).toEqual([{ id: made.id, active: false }]);
      }),
    );

    it.each([
      [
        'nothing disables it',
        { updateUser: 'update users set title = :title where id = :id' },
        { code: 'unknown-attribute', attribute: 'active' },
      ],
      [
        'disabling is refused',
        { disableUser: 'update users set active = null where id = :id', enableUser },
        { code: 'missing-value' },
      ],
    ])('is not made where %s', (_, further, why) =>
      using({ createUser, ...further }, async (connector, user_name) => {
        const outcome = await connector.create('user', disabled(user_name), live);
        expect(outcome).toMatchObject({ kind: 'rejected', ...why });
        expect(await rowsOf(user_name)).toEqual([]);
      }),
    );
  });

  describe('a list', () => {
    const numbers = 'select n as id from generate_series(1, 42) n';
    const after = 'where :after::int is null or n > :after::int order by n';
    const listed = (listUsers: string) =>
      using({ listUsers }, async (connector) => {
        const ids: string[] = [];
        let page = value(await connector.list('user', { limit: 20 }));
        for (;;) {
          ids.push(...page.objects.map(({ id }) => id));
          if (page.nextCursor === undefined) return { ids, cutShort: page.cutShort };
          page = value(await connector.list('user', { limit: 20, cursor: page.nextCursor }));
        }
      });

    it.each([
      ['as many rows as are asked for', `${numbers} ${after} limit :limit`],
      ['fewer rows than are asked for', `${numbers} ${after} limit 10`],
      ['a last page that is full', `${numbers} ${after} limit 21`],
    ])('goes on to its end with %s', async (_, listUsers) => {
      const { ids, cutShort } = await listed(listUsers);
      expect(ids).toEqual(Array.from({ length: 42 }, (__, at) => String(at + 1)));
      expect(cutShort).toBeUndefined();
    });

    it.each([
      ['takes :limit alone', `${numbers} order by n limit :limit`],
      ['has a limit of its own alone', `${numbers} order by n limit 10`],
    ])('that %s says that it may not be whole', async (_, listUsers) => {
      const { cutShort } = await listed(listUsers);
      expect(cutShort).toContain(':after');
    });
  });

  it('only rows that give the very value are found', () =>
    using(
      {
        findUser: {
          user_name: `select ${columns} from users where user_name like :value || '%'`,
          title: 'select id, user_name from users where title = :value',
          size: 'select id, length(title) as size from users where length(title) >= :value::int',
          nickname: 'select id, null::text as nickname from users where user_name = :value',
        },
      },
      async (connector, user_name) => {
        const find = (attribute: string, wanted: string) =>
          connector.find('user', { attribute, value: wanted });
        const { id } = value(await connector.create('user', { user_name, title: 'x'.repeat(40) }, live));
        value(await connector.create('user', { user_name: `${user_name}-2`, title: 'x'.repeat(41) }, live));
        expect(value(await find('user_name', user_name)).map((each) => each.id)).toEqual([id]);
        expect(value(await find('size', '40')).map((each) => each.id)).toEqual([id]);
        expect(value(await find('nickname', user_name))).toEqual([]);
        for (const wanted of ['x'.repeat(40), 'nobody'])
          expect(await find('title', wanted)).toMatchObject({
            kind: 'rejected',
            code: 'unknown-value',
            attribute: 'title',
            remedy: expect.stringContaining('findUser'),
          });
      },
    ));

  it('tells the attributes that are written and the mappings to begin with', () =>
    using({}, async (connector) => {
      const [users] = value(await connector.discover()).objectTypes;
      expect(users!.assumed).toBe(true);
      expect(users!.attributes.map(({ name }) => name).sort()).toEqual(['active', 'title', 'user_name']);
      const { users: lines, groups } = connectorModule('sql')!.defaultMappings!({
        mode: 'statements',
        statements,
      });
      expect(lines.attributes.map(({ target }) => target)).toEqual(['user_name', 'active', 'title']);
      expect(lines.matching).toEqual([{ source: 'userName', target: 'user_name' }]);
      expect(groups).toBeUndefined();
    }));
});
