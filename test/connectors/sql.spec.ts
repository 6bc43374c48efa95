import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector, OperationContext, Outcome } from '@rollcall/connectors';
import { describeWithMariadb } from '../harness/index.js';
import { openMariadb, openPostgresql, openSql, type SqlServer } from './sql-targets.js';

const live: OperationContext = { operationId: 'operation', attempt: 1, mode: 'live' };
const user = (id: string) => ({ id, type: 'user' as const });

function value<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

/** What differs between the servers in the tests below. */
interface Dialect {
  open(): Promise<SqlServer>;
  /** A table with a column of each type. */
  types: string;
  /** What is written into it and read from it again. */
  values: Record<string, unknown>;
  /** Refused values by column, with the code. */
  refused: [attribute: string, value: unknown, code: string][];
  groups: string;
  now: string;
  laterBy(seconds: number): string;
}

function quirks({ open, types, values, refused, groups, now, laterBy }: Dialect): void {
  let server: SqlServer;
  let serial = 0;
  let name: string;
  const opened: Connector[] = [];
  beforeAll(async () => {
    server = await open();
  });
  afterAll(() => server?.stop());
  beforeEach(() => {
    name = `ada${++serial}`;
  });
  afterEach(async () => {
    for (const connector of opened.splice(0)) await connector.close();
  });
  const connect = (settings: object = {}, credentials: object = server.service): Connector => {
    const connector = openSql(server, settings, credentials);
    opened.push(connector);
    return connector;
  };
  const grant = async () => {
    if (server.preset === 'mariadb') return;
    await server.owner(`grant all on all tables in schema public to ${server.service.user}`);
    await server.owner(`grant usage on all sequences in schema public to ${server.service.user}`);
  };
  const rowOf = async (id: string) => (await server.owner(`select * from users where id = ${id}`))[0];

  it('any text goes in as it is and comes back as it was, and none is taken for a statement', async () => {
    const connector = connect();
    const { id } = value(await connector.create('user', { user_name: name }, live));
    const set = (attribute: string, to: string) =>
      connector.update('user', id, [{ op: 'set', attribute, value: to }], live);
    const odd = fc.string({
      minLength: 1,
      maxLength: 40,
      unit: fc.constantFrom(...`'"\`\\;:$?%_- a`, '\n', '😀', 'é'),
    });
    const any = fc
      .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
      .filter((text) => !text.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.oneof(odd, any), async (text) => {
        value(await set('display_name', text));
        value(await set('user_name', `${name}${text}`));
        expect(value(await connector.get('user', id)).attributes.display_name).toBe(text);
        const found = value(
          await connector.find('user', { attribute: 'user_name', value: `${name}${text}` }),
        );
        expect(found.map((each) => each.id)).toEqual([id]);
      }),
      { numRuns: 60 },
    );
    for (const text of ['a\0b', '\ud800', 'x\udc00'])
      expect(await set('title', text)).toMatchObject({
        kind: 'rejected',
        attribute: 'title',
        code: 'invalid-value',
      });
  });

  it('each type of column takes its values and gives them back', async () => {
    await server.owner(types);
    await grant();
    const connector = connect({ userTable: 'things', userKey: ['code'], userActiveColumn: undefined });
    const all = { ...values, code: `c${serial}` } as never;
    const { id } = value(await connector.create('user', all, live));
    expect(id).toBe(`c${serial}`);
    expect(value(await connector.get('user', id)).attributes).toEqual({ ...values, code: id });
    for (const [attribute, given, code] of refused) {
      const outcome = await connector.update(
        'user',
        id,
        [{ op: 'set', attribute, value: given as never }],
        live,
      );
      expect(outcome, attribute).toMatchObject({ kind: 'rejected', attribute, code });
      expect(outcome, attribute).toMatchObject({ remedy: expect.stringMatching(/.{10}/) });
    }
    const cleared = Object.keys(values).filter((each) => each !== 'needed');
    const changes = cleared.map((attribute) => ({ op: 'unset' as const, attribute }));
    value(await connector.update('user', id, changes, live));
    expect(Object.keys(value(await connector.get('user', id)).attributes).sort()).toEqual(['code', 'needed']);
  });

  it.each([
    ['a column that is not there', { flavour: 'x' }, 'flavour', 'unknown-attribute'],
    ['too long a text', { title: 'x'.repeat(61) }, 'title', 'too-long'],
    ['a list', { title: ['a'] }, 'title', 'invalid-value'],
    ['no value where one is needed', { user_name: null }, 'user_name', 'missing-value'],
  ])('is refused: %s', async (_, attributes, attribute, code) => {
    const outcome = await connect().create(
      'user',
      { title: 'T', user_name: name, ...attributes } as never,
      live,
    );
    expect(outcome).toMatchObject({
      kind: 'rejected',
      attribute,
      code,
      remedy: expect.stringMatching(/.{10}/),
    });
  });

  it('the key of a row stays', async () => {
    const connector = connect();
    const { id } = value(await connector.create('user', { user_name: name }, live));
    const outcome = await connector.update('user', id, [{ op: 'set', attribute: 'id', value: '7' }], live);
    expect(outcome).toMatchObject({ kind: 'rejected', attribute: 'id', code: 'immutable' });
  });

  it('no id but the very one finds a row', async () => {
    const connector = connect();
    const near = '9007199254740993';
    await server.owner(`insert into users (id, user_name) values (${near}, '${name}')`);
    expect(value(await connector.get('user', near)).id).toBe(near);
    const { id } = value(await connector.create('user', { user_name: `${name}-2` }, live));
    const change = [{ op: 'set' as const, attribute: 'title', value: 'x' }];
    for (const other of ['9007199254740992', `${id}abc`, `${id}.0`, ` ${id}`, 'abc', '', '0', '-1', '1e3']) {
      expect(await connector.get('user', other), other).toMatchObject({ kind: 'not-found' });
      expect(await connector.update('user', other, change, live), other).toMatchObject({ kind: 'not-found' });
      expect(await connector.delete('user', other, live), other).toMatchObject({ kind: 'no-op' });
    }
    expect((await rowOf(near))!.title).toBeNull();
  });

  it('a taken value is a conflict that names the column, whoever has it, and changes nobody', async () => {
    const connector = connect({ userDeletedColumn: 'deleted_at' });
    const { id } = value(await connector.create('user', { user_name: name, title: 'first' }, live));
    const second = await connector.create('user', { user_name: name, title: 'second' }, live);
    expect(second).toMatchObject({ kind: 'conflict', message: expect.stringContaining('user_name') });
    const other = value(await connector.create('user', { user_name: `${name}-2` }, live));
    const renamed = await connector.update(
      'user',
      other.id,
      [{ op: 'set', attribute: 'user_name', value: name }],
      live,
    );
    expect(renamed).toMatchObject({ kind: 'conflict', message: expect.stringContaining('user_name') });
    expect((await rowOf(id))!.title).toBe('first');
  });

  it('who was marked as deleted comes back to the same row, without groups', async () => {
    const connector = connect({ userDeletedColumn: 'deleted_at' });
    const { id } = value(await connector.create('user', { user_name: name, title: 'old' }, live));
    const group = value(await connector.create('group', { name }, live)).id;
    value(await connector.members(group, { add: [user(id)], remove: [] }, live));
    value(await connector.delete('user', id, live));
    const marked = (await rowOf(id))!;
    expect(marked.deleted_at).not.toBeNull();
    expect(Boolean(marked.active)).toBe(false);
    expect(await connector.delete('user', id, live)).toMatchObject({ kind: 'no-op', why: 'already-absent' });
    expect(value(await connector.find('user', { attribute: 'user_name', value: name }))).toEqual([]);
    expect(value(await connector.get('group', group, { members: true })).members).toEqual([]);
    const change = [{ op: 'set' as const, attribute: 'title', value: 'x' }];
    expect(await connector.update('user', id, change, live)).toMatchObject({ kind: 'not-found' });
    const back = value(await connector.create('user', { user_name: name, title: 'new', active: true }, live));
    expect(back.id).toBe(id);
    expect(value(await connector.get('user', id))).toMatchObject({
      active: true,
      attributes: { title: 'new' },
    });
  });

  it('the same creation, repeated, makes one row where the hub gives the key', async () => {
    const connector = connect();
    const context = { ...live, operationId: `operation-${name}` };
    const first = value(await connector.create('group', { name, description: 'once' }, context));
    const again = value(await connector.create('group', { name, description: 'twice' }, context));
    expect(again.id).toBe(first.id);
    expect(await server.owner(`select description from ${groups} where name = '${name}'`)).toEqual([
      { description: 'twice' },
    ]);
    expect(await connector.create('group', { name }, { ...live, operationId: 'another' })).toMatchObject({
      kind: 'conflict',
    });
  });

  it('rows are known by a key of several columns', async () => {
    await server.owner(
      'create table staff (site varchar(10), number int, title varchar(60), primary key (site, number))',
    );
    await server.owner('create table teams (name varchar(60) primary key, owner varchar(60))');
    await server.owner(
      'create table team_staff (team varchar(60) not null, site varchar(10) not null, number int not null)',
    );
    await grant();
    const connector = connect({
      userTable: 'staff',
      userKey: ['site', 'number'],
      userActiveColumn: undefined,
      groupTable: 'teams',
      groupKey: ['name'],
      memberTable: 'team_staff',
      memberGroupColumns: ['team'],
      memberUserColumns: ['site', 'number'],
    });
    const ids: string[] = [];
    for (const [site, number] of [
      ['a/b', 1],
      ['a/b', 2],
      ['ü%', 1],
      ['z', 3],
      ['z', 4],
    ])
      ids.push(value(await connector.create('user', { site: site!, number: number! }, live)).id);
    expect(ids[2]).toBe('%C3%BC%25/1');
    const group = value(await connector.create('group', { name: 'Team "A"' }, live)).id;
    value(await connector.members(group, { add: ids.map(user), remove: [] }, live));
    value(await connector.members(group, { add: ids.map(user), remove: [user(ids[0]!)] }, live));
    const members = value(await connector.get('group', group, { members: true })).members!;
    expect(members.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(await server.owner('select 1 from team_staff')).toHaveLength(5);
    const listed: string[] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = value(await connector.list('user', { cursor, limit: 2 }));
      listed.push(...page.objects.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(listed.sort()).toEqual([...ids].sort());
    expect(await connector.create('user', { site: 'x' }, live)).toMatchObject({
      kind: 'rejected',
      attribute: 'number',
      code: 'missing-value',
    });
  });

  it.each([
    ['a text', "varchar(10) not null default 'A'", { activeValue: 'A', inactiveValue: 'D' }, 'A', 'D'],
    ['a number', 'int not null default 1', { activeValue: '1', inactiveValue: '-1' }, 1, -1],
    ['a boolean that locks', 'boolean not null default false', { activeValue: 'false' }, 0, 1],
  ])('accounts are enabled and disabled by %s', async (_, type, settings, enabled, disabled) => {
    await server.owner(`alter table users add column standing ${type}`);
    try {
      const connector = connect({ userActiveColumn: 'standing', ...settings });
      const { id } = value(await connector.create('user', { user_name: name, active: true }, live));
      const state = async () => {
        const { standing } = (await rowOf(id))!;
        return [
          value(await connector.get('user', id)).active,
          typeof standing === 'boolean' ? Number(standing) : standing,
        ];
      };
      const set = async (to: boolean) =>
        value(await connector.update('user', id, [{ op: 'set', attribute: 'active', value: to }], live));
      expect(await state()).toEqual([true, enabled]);
      await set(false);
      expect(await state()).toEqual([false, disabled]);
      await set(true);
      expect(await state()).toEqual([true, enabled]);
      expect(value(await connector.get('user', id)).attributes).not.toHaveProperty('standing');
    } finally {
      await server.owner('alter table users drop column standing');
    }
  });

  it('accounts are disabled by the time since which they are', async () => {
    const connector = connect({ userActiveColumn: 'deleted_at' });
    const { id } = value(await connector.create('user', { user_name: name, active: false }, live));
    expect(value(await connector.get('user', id)).active).toBe(false);
    value(await connector.update('user', id, [{ op: 'set', attribute: 'active', value: true }], live));
    expect(value(await connector.get('user', id)).active).toBe(true);
    expect((await rowOf(id))!.deleted_at).toBeNull();
  });

  it('passwords are written, never read and never shown', async () => {
    await server.owner('alter table users add column password_hash varchar(100), add column pin varchar(10)');
    try {
      const connector = connect({ writeOnlyColumns: ['pin'] });
      const secret = { password_hash: 'correct horse', pin: '4711' };
      const made = await connector.create('user', { user_name: name, ...secret }, live);
      const { id } = value(made);
      expect(await rowOf(id)).toMatchObject(secret);
      const planned = await connector.create(
        'user',
        { user_name: name, ...secret },
        { ...live, mode: 'plan' },
      );
      const told = [
        made,
        planned,
        await connector.get('user', id),
        await connector.find('user', { attribute: 'user_name', value: name }),
        await connector.update('user', id, [{ op: 'set', attribute: 'pin', value: '4711' }], live),
        await connector.update(
          'user',
          id,
          [{ op: 'set', attribute: 'pin', value: '4711 is too long' }],
          live,
        ),
        await connector.list('user', {}),
      ];
      expect(JSON.stringify(told)).not.toMatch(/correct horse|4711/);
      expect(await connector.find('user', { attribute: 'pin', value: '4711' })).toMatchObject({
        kind: 'rejected',
      });
      const [users] = value(await connector.discover()).objectTypes;
      const pin = users!.attributes.find((each) => each.name === 'pin');
      expect(pin).toMatchObject({ mutability: 'writeOnly' });
    } finally {
      await server.owner('alter table users drop column password_hash, drop column pin');
    }
  });

  it('two that add the same members at a time put each in once, whatever the table allows', async () => {
    await server.owner(`create table loose_members as select * from group_members where 1 = 0`);
    await grant();
    const settings = { memberTable: 'loose_members' };
    const [one, other] = [connect(settings), connect(settings)];
    const ids: string[] = [];
    for (let at = 0; at < 20; at += 1)
      ids.push(value(await one.create('user', { user_name: `${name}-${at}` }, live)).id);
    const group = value(await one.create('group', { name }, live)).id;
    const change = { add: ids.map(user), remove: [] };
    const outcomes = await Promise.all(
      [one, other, one, other].map((each) => each.members(group, change, live)),
    );
    for (const outcome of outcomes) expect(['ok', 'retry']).toContain(outcome.kind);
    value(await one.members(group, change, live));
    expect(await server.owner('select user_id from loose_members')).toHaveLength(20);
    value(await one.delete('user', ids[0]!, live));
    expect(await server.owner('select user_id from loose_members')).toHaveLength(19);
  });

  it('a thousand members go in with one call', async () => {
    const connector = connect({ membersPerCall: 5_000 });
    const group = value(await connector.create('group', { name }, live)).id;
    const rows = Array.from({ length: 1_000 }, (_, at) => `('${name}-${at}')`).join(',');
    await server.owner(`insert into users (user_name) values ${rows}`);
    const ids = (await server.owner(`select id from users where user_name like '${name}-%'`)).map(({ id }) =>
      String(id),
    );
    const result = value(
      await connector.members(group, { add: [...ids, '77777777'].map(user), remove: [] }, live),
    );
    expect([result.added.length, result.unknown]).toEqual([1_000, ['77777777']]);
    value(await connector.members(group, { add: [], remove: ids.map(user) }, live));
    expect(value(await connector.get('group', group, { members: true })).members).toEqual([]);
    await server.owner(`delete from users where user_name like '${name}-%'`);
  });

  it('a deleted account that is referred to is told, and nothing is done by halves', async () => {
    const connector = connect({ memberTable: undefined, groupTable: undefined });
    const withGroups = connect();
    const { id } = value(await connector.create('user', { user_name: name }, live));
    const group = value(await withGroups.create('group', { name }, live)).id;
    value(await withGroups.members(group, { add: [user(id)], remove: [] }, live));
    expect(await connector.delete('user', id, live)).toMatchObject({
      kind: 'rejected',
      code: 'still-referenced',
      remedy: expect.stringContaining('cascade'),
    });
    expect(await rowOf(id)).toBeDefined();
    value(await withGroups.delete('user', id, live));
    expect(await rowOf(id)).toBeUndefined();
  });

  describe('changes', () => {
    const settings = {
      userUpdatedColumn: 'updated_at',
      userDeletedColumn: 'deleted_at',
      overlapSeconds: 2,
      pageSize: 3,
    };
    const since = async (connector: Connector, token: string) => {
      const changed: string[] = [];
      const deleted: string[] = [];
      let page = value(await connector.changes!('user', { token }));
      for (;;) {
        changed.push(...page.objects.map(({ id }) => id));
        deleted.push(...page.deleted.map(({ id }) => id));
        if (page.nextCursor === undefined) return { changed: changed.sort(), deleted, token: page.token! };
        page = value(await connector.changes!('user', { cursor: page.nextCursor }));
      }
    };
    const begin = async (connector: Connector) => value(await connector.changes!('user', {})).token!;
    const insert = async (who: string, at: string) => {
      await server.owner(`insert into users (user_name, updated_at) values ('${who}', ${at})`);
      const [row] = await server.owner(`select id from users where user_name = '${who}'`);
      return String(row!.id);
    };

    it('come page by page, each once, and a second change within the same tick is told as well', async () => {
      const connector = connect(settings);
      const token = await begin(connector);
      const moment = laterBy(0);
      const ids: string[] = [];
      for (let at = 0; at < 7; at += 1) ids.push(await insert(`${name}-${at}`, moment));
      const first = await since(connector, token);
      expect(first.changed).toEqual([...ids].sort());
      expect((await since(connector, first.token)).changed).toEqual([]);
      await server.owner(`update users set title = 'changed', updated_at = updated_at where id = ${ids[0]}`);
      await server.owner(`update users set deleted_at = ${now} where id = ${ids[1]}`);
      const second = await since(connector, first.token);
      expect(second).toMatchObject({ changed: [ids[0]], deleted: [ids[1]] });
    });

    it('that are committed later than they are dated are not missed', async () => {
      const connector = connect(settings);
      const token = await begin(connector);
      const newer = await insert(`${name}-newer`, now);
      const first = await since(connector, token);
      expect(first.changed).toContain(newer);
      const late = await insert(`${name}-late`, laterBy(-1));
      expect((await since(connector, first.token)).changed).toEqual([late]);
    });

    it('that are dated in the future hide nothing', async () => {
      const connector = connect(settings);
      await insert(`${name}-future`, laterBy(86_400));
      const token = await begin(connector);
      const made = await insert(`${name}-present`, now);
      expect((await since(connector, token)).changed).toContain(made);
    });

    it('without a column that marks them, deletions are told as unknown', async () => {
      const connector = connect({ ...settings, userDeletedColumn: undefined });
      const page = value(await connector.changes!('user', { token: await begin(connector) }));
      expect(page.token === undefined || page.deletionsUnknown !== undefined).toBe(true);
    });

    it('are not told by a column that may be null: rows without a time would never be', async () => {
      const connector = connect({ userUpdatedColumn: 'deleted_at' });
      expect(await connector.changes!('user', {})).toMatchObject({
        kind: 'rejected',
        code: 'wrong-column',
        remedy: expect.stringContaining('userUpdatedColumn'),
      });
    });

    it('are refused where no column tells them, and from a token of somebody else', async () => {
      const connector = connect(settings);
      for (const token of [
        'nonsense',
        Buffer.from('{"changes":"group","at":"x","told":[]}').toString('base64url'),
      ])
        expect(await connector.changes!('user', { token })).toMatchObject({
          kind: 'rejected',
          code: 'bad-token',
        });
      expect(await connector.changes!('user', { cursor: 'nonsense' })).toMatchObject({ code: 'bad-cursor' });
      expect(await connector.changes!('group', {})).toMatchObject({ kind: 'rejected', code: 'no-changes' });
    });
  });

  it('a table that has changed meanwhile is looked at again', async () => {
    await server.owner('alter table users add column nickname varchar(20)');
    const connector = connect();
    const { id } = value(await connector.create('user', { user_name: name, nickname: 'a' }, live));
    await server.owner('alter table users drop column nickname');
    const change = [{ op: 'set' as const, attribute: 'nickname', value: 'b' }];
    expect(await connector.update('user', id, change, live)).toMatchObject({
      kind: 'rejected',
      code: 'unknown-name',
    });
    expect(await connector.update('user', id, change, live)).toMatchObject({ code: 'unknown-attribute' });
    expect(value(await connector.get('user', id)).id).toBe(id);
  });

  it('tells what a table takes', async () => {
    const { objectTypes, capabilities } = value(
      await connect({ userUpdatedColumn: 'updated_at' }).discover(),
    );
    const named = (type: string, attribute: string) =>
      objectTypes.find((each) => each.type === type)!.attributes.find((each) => each.name === attribute);
    expect(named('user', 'id')).toMatchObject({ mutability: 'readOnly', required: false });
    expect(named('user', 'user_name')).toMatchObject({
      required: true,
      unique: true,
      type: 'string',
      caseExact: true,
    });
    expect(named('user', 'active')).toMatchObject({ type: 'boolean', required: false });
    expect(named('user', 'updated_at')).toMatchObject({ type: 'dateTime', required: false });
    expect(named('group', 'name')).toMatchObject({ required: true, unique: true });
    expect(named('group', 'id')).toMatchObject({ required: false });
    expect(capabilities).toMatchObject({ changes: true, groups: true });
  });
}

describe('SQL connector on PostgreSQL', () => {
  quirks({
    open: openPostgresql,
    types: `
      create type colour as enum ('red', 'green');
      create domain short as varchar(5);
      create table things (
        code varchar(20) primary key, needed text not null default 'there', flag boolean, small smallint, large bigint,
        filled char(10), amount numeric(10, 2), real_ double precision, at timestamptz, local_at timestamp, born date, ref uuid,
        doc jsonb, tags text[], bytes bytea, paint colour, word short,
        level text check (level in ('low', 'high')), positive int check (positive > 0))`,
    values: {
      needed: 'there',
      flag: true,
      small: -7,
      large: '9007199254740993',
      amount: 12.5,
      real_: 0.25,
      at: '2026-01-31T10:00:00.123456Z',
      local_at: '2026-01-31T10:00:00Z',
      born: '1815-12-10',
      ref: '00000000-0000-4000-8000-00000000000a',
      doc: { a: [1, 'x'] },
      filled: 'a b',
      tags: ['one', 'two "quoted", {braced}', 'back\\slash'],
      bytes: 'aGVsbG8=',
      paint: 'red',
      word: 'ünder',
      level: 'low',
      positive: 1,
    },
    refused: [
      ['small', 40_000, 'out-of-range'],
      ['small', 'many', 'invalid-value'],
      ['at', 'yesterday', 'invalid-value'],
      ['ref', '7', 'invalid-value'],
      ['paint', 'blue', 'invalid-value'],
      ['word', 'longer', 'too-long'],
      ['level', 'middle', 'invalid-value'],
      ['tags', ['a\0'], 'invalid-value'],
    ],
    groups: 'groups',
    now: 'clock_timestamp()',
    laterBy: (seconds) => `date_trunc('second', clock_timestamp()) + interval '${seconds} seconds'`,
  });
});

describeWithMariadb('SQL connector on MariaDB', () => {
  quirks({
    open: openMariadb,
    types: `
      create table things (
        code varchar(20) primary key, needed text not null default 'there', flag boolean, small smallint, large bigint unsigned,
        amount decimal(10, 2), real_ double, at datetime(6), local_at timestamp null, born date, ref uuid,
        doc json, bytes varbinary(100), paint enum('red', 'green'), word varchar(5),
        level varchar(10) check (level in ('low', 'high')), positive int check (positive > 0))`,
    values: {
      needed: 'there',
      flag: true,
      small: -7,
      large: '18446744073709551615',
      amount: 12.5,
      real_: 0.25,
      at: '2026-01-31T10:00:00.123456Z',
      local_at: '2026-01-31T10:00:00Z',
      born: '1815-12-10',
      ref: '00000000-0000-4000-8000-00000000000a',
      doc: { a: [1, 'x'] },
      bytes: 'aGVsbG8=',
      paint: 'red',
      word: 'ünder',
      level: 'low',
      positive: 1,
    },
    refused: [
      ['small', 40_000, 'out-of-range'],
      ['large', -1, 'out-of-range'],
      ['small', 'many', 'invalid-value'],
      ['at', 'yesterday', 'invalid-value'],
      ['ref', '7', 'invalid-value'],
      ['paint', 'blue', 'invalid-value'],
      ['word', 'longer', 'too-long'],
      ['level', 'middle', 'invalid-value'],
    ],
    groups: '`groups`',
    now: 'now(6)',
    laterBy: (seconds) => `now(0) + interval ${seconds} second`,
  });
});

describeWithMariadb('what only MariaDB does', () => {
  let server: SqlServer;
  beforeAll(async () => {
    server = await openMariadb();
  });
  afterAll(() => server?.stop());

  it('what a collation takes for the same is not the same person', async () => {
    await server.owner('alter table users modify user_name varchar(100) collate utf8mb4_general_ci not null');
    const connector = openSql(server, {});
    try {
      const { id } = value(await connector.create('user', { user_name: 'Zoë' }, live));
      const find = async (text: string) =>
        value(await connector.find('user', { attribute: 'user_name', value: text })).map((each) => each.id);
      expect(await find('zoË')).toEqual([id]);
      expect(await find('Zoe')).toEqual([]);
      expect(await find('Zoë ')).toEqual([]);
      expect(await connector.create('user', { user_name: 'Zoe' }, live)).toMatchObject({ kind: 'conflict' });
      const [users] = value(await connector.discover()).objectTypes;
      expect(users!.attributes.find((each) => each.name === 'user_name')).toMatchObject({ caseExact: false });
      const marking = openSql(server, { userDeletedColumn: 'deleted_at' });
      value(await marking.delete('user', id, live));
      expect(await marking.create('user', { user_name: 'Zoe' }, live)).toMatchObject({ kind: 'conflict' });
      expect(value(await marking.create('user', { user_name: 'ZOË' }, live)).id).toBe(id);
      await marking.close();
    } finally {
      await connector.close();
    }
  });

  it('an account that a procedure has made for good is looked for again when it cannot be disabled', async () => {
    await server.owner(`create procedure hire(in n varchar(100))
      begin
        start transaction;
        insert into users (user_name) values (n);
        commit;
        select last_insert_id() as id;
      end`);
    const columns = 'select id, user_name, active from users';
    const connector = openSql(server, {
      mode: 'statements',
      statements: {
        getUser: `${columns} where id = :id`,
        findUser: { user_name: `${columns} where user_name = :value` },
        createUser: 'call hire(:user_name)',
        disableUser: 'update users set active = null where id = :id',
        enableUser: 'update users set active = true where id = :id',
      },
    });
    try {
      const outcome = await connector.create('user', { user_name: 'hired', active: false }, live);
      expect(outcome).toMatchObject({ kind: 'retry', scope: 'object', maybeDone: true });
      const found = await connector.find('user', { attribute: 'user_name', value: 'hired' });
      expect(value(found)).toHaveLength(1);
    } finally {
      await connector.close();
    }
  });

  it('a table without transactions is refused', async () => {
    await server.owner(
      'create table loose (id int auto_increment primary key, user_name varchar(20)) engine=MyISAM',
    );
    const connector = openSql(server, { userTable: 'loose', userActiveColumn: undefined });
    try {
      expect(await connector.create('user', { user_name: 'x' }, live)).toMatchObject({
        kind: 'rejected',
        code: 'no-transactions',
        remedy: expect.stringContaining('InnoDB'),
      });
    } finally {
      await connector.close();
    }
  });
});
