import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { connectorModule, type Connector, type OperationContext, type Outcome } from '@rollcall/connectors';
import { Client } from 'ldapts';
import { describeWithSlapd, startSlapd, type Slapd } from '../harness/index.js';

const live: OperationContext = { operationId: 'operation', attempt: 1, mode: 'live' };

function value<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

describeWithSlapd('LDAP connector on a real slapd', () => {
  let slapd: Slapd;
  let serial = 0;
  let uid: string;
  const open: Connector[] = [];
  beforeAll(async () => {
    slapd = await startSlapd();
  });
  afterAll(() => slapd?.stop());
  beforeEach(() => {
    uid = `ada${++serial}`;
  });
  afterEach(async () => {
    for (const connector of open.splice(0)) await connector.close();
  });

  function connect(settings: object = {}, credentials: object = slapd.service): Connector {
    const connector = connectorModule('ldap')!.open(
      {
        url: slapd.url,
        security: 'none',
        userBase: slapd.people,
        groupBase: slapd.groups,
        ...settings,
      },
      credentials,
      { userAgent: 'rollcall-test' },
    );
    open.push(connector);
    return connector;
  }
  const person = (name = uid) => ({ uid: name, cn: 'Ada Lovelace', sn: 'Lovelace' });
  const entry = async (id: string) =>
    (await slapd.search('dc=example,dc=org', `(entryUUID=${id})`))[0]! as Record<string, any>;

  it('creates, reads, changes, clears and deletes an account', async () => {
    const connector = connect();
    const { id } = value(
      await connector.create('user', { ...person(), mail: `${uid}@x.org`, title: 'T' }, live),
    );
    expect(await entry(id)).toMatchObject({ uid, mail: `${uid}@x.org`, objectClass: 'inetOrgPerson' });
    value(
      await connector.update(
        'user',
        id,
        [
          { op: 'set', attribute: 'givenName', value: 'Ada' },
          { op: 'set', attribute: 'title', value: ['One', 'Two'] },
          { op: 'unset', attribute: 'mail' },
        ],
        live,
      ),
    );
    expect(value(await connector.get('user', id))).toMatchObject({
      id,
      active: true,
      attributes: { uid, givenName: 'Ada', title: ['One', 'Two'] },
    });
    expect(await entry(id)).not.toHaveProperty('mail');
    value(await connector.delete('user', id, live));
    expect(await connector.delete('user', id, live)).toMatchObject({ kind: 'no-op', why: 'already-absent' });
    expect(await connector.get('user', id)).toMatchObject({ kind: 'not-found' });
    expect(
      await connector.update('user', id, [{ op: 'set', attribute: 'sn', value: 'x' }], live),
    ).toMatchObject({
      kind: 'not-found',
    });
  });

  it.each(['a, b+c="d"<e>;#', ' edge ', '#hash', 'back\\slash', '(*)', 'Zoë Ünïcode', 'tail\\'])(
    'names an account %j, finds it and renames it',
    async (name) => {
      const connector = connect();
      const { id } = value(await connector.create('user', person(`${name}${serial}`), live));
      const found = value(await connector.find('user', { attribute: 'uid', value: `${name}${serial}` }));
      expect(found.map((each) => each.id)).toEqual([id]);
      const renamed = `${serial}${name}`;
      value(await connector.update('user', id, [{ op: 'set', attribute: 'uid', value: renamed }], live));
      expect((await entry(id)).uid).toBe(renamed);
      value(await connector.update('user', id, [{ op: 'set', attribute: 'sn', value: 'after' }], live));
    },
  );

  it.each([
    ['pwdAccountLockedTime', {}],
    ['attribute', { disableAttribute: 'employeeType', disabledValue: 'gone', enabledValue: 'here' }],
    ['move', { disabledBase: 'ou=disabled,dc=example,dc=org' }],
    ['shadowExpire', {}],
  ])('disables and enables by %s', async (disableBy, more) => {
    const connector = connect({ disableBy, ...more });
    const { id } = value(
      await connector.create('user', { ...person(), userPassword: 'correct horse' }, live),
    );
    const active = async () => value(await connector.get('user', id)).active;
    const set = async (to: boolean) =>
      value(await connector.update('user', id, [{ op: 'set', attribute: 'active', value: to }], live));
    expect(await active()).toBe(true);
    await set(false);
    expect(await active()).toBe(false);
    const signIn = async () => {
      const client = new Client({ url: slapd.url });
      try {
        await client.bind((await entry(id)).dn as string, 'correct horse');
        return true;
      } catch {
        return false;
      } finally {
        await client.unbind();
      }
    };
    if (disableBy === 'pwdAccountLockedTime') expect(await signIn()).toBe(false);
    if (disableBy === 'move') expect((await entry(id)).dn).toContain('ou=disabled');
    await set(true);
    expect(await active()).toBe(true);
    if (disableBy !== 'shadowExpire') expect(await signIn()).toBe(true);
    const born = value(await connector.create('user', { ...person(`${uid}-off`), active: false }, live));
    expect(value(await connector.get('user', born.id)).active).toBe(false);
  });

  it.each(['groupOfNames', 'groupOfUniqueNames', 'posixGroup'])(
    'keeps members of a %s',
    async (groupObjectClass) => {
      const connector = connect({ groupObjectClass, membersPerCall: 3 });
      const users: string[] = [];
      for (let at = 0; at < 7; at += 1)
        users.push(value(await connector.create('user', person(`${uid}-${at}`), live)).id);
      const group = value(await connector.create('group', { cn: `G ${uid}` }, live)).id;
      const all = users.map((id) => ({ id, type: 'user' as const }));
      const members = async () =>
        value(await connector.get('group', group, { members: true }))
          .members!.map(({ id }) => id)
          .sort();
      const unknown = '00000000-0000-4000-8000-000000000000';
      expect(
        value(
          await connector.members(group, { add: [...all, { id: unknown, type: 'user' }], remove: [] }, live),
        ),
      ).toEqual({ added: users, removed: [], unknown: [unknown] });
      expect(await members()).toEqual([...users].sort());
      value(await connector.members(group, { add: all, remove: [] }, live));
      value(
        await connector.update(
          'user',
          users[0]!,
          [{ op: 'set', attribute: 'uid', value: `${uid}-new` }],
          live,
        ),
      );
      expect(await members()).toEqual([...users].sort());
      value(await connector.delete('user', users[1]!, live));
      expect(await members()).toEqual(users.filter((id) => id !== users[1]).sort());
      value(await connector.members(group, { add: [], remove: all }, live));
      value(await connector.members(group, { add: [], remove: all }, live));
      expect(await members()).toEqual([]);
      expect(await connector.members(unknown, { add: all.slice(2), remove: [] }, live)).toMatchObject({
        kind: 'not-found',
      });
    },
  );

  it('takes the last member out of a group that came from elsewhere', async () => {
    const connector = connect();
    const { id } = value(await connector.create('user', person(), live));
    const { dn } = await entry(id);
    await slapd.asOwner((client) =>
      client.add(`cn=theirs,${slapd.groups}`, {
        objectClass: 'groupOfNames',
        cn: 'theirs',
        member: [dn as string],
      }),
    );
    const [group] = value(await connector.find('group', { attribute: 'cn', value: 'theirs' }));
    value(await connector.members(group!.id, { add: [], remove: [{ id, type: 'user' }] }, live));
    expect(value(await connector.get('group', group!.id, { members: true })).members).toEqual([]);
  });

  it.each([false, true])(
    'hands out numbers, each once, from two hubs at a time; the server watches: %s',
    async (watched) => {
      if (watched) {
        await slapd.stop();
        slapd = await startSlapd({ uniqueNumbers: true });
      }
      const settings = { preset: 'posix', uidNumberFrom: 40_000, uidNumberTo: 40_300 };
      const hubs = [connect(settings), connect(settings)];
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, (_, at) => hubs[at % 2]!.create('user', person(`${uid}-${at}`), live)),
      );
      const ids = outcomes.map((outcome) => value(outcome).id);
      const entries = await slapd.search(slapd.people, `(uid=${uid}-*)`, [
        'uidNumber',
        'homeDirectory',
        'uid',
      ]);
      expect(entries).toHaveLength(ids.length);
      expect(new Set(entries.map(({ uidNumber }) => uidNumber)).size).toBe(ids.length);
      expect(entries[0]!.homeDirectory).toBe(`/home/${String(entries[0]!.uid)}`);
      const full = connect({ ...settings, uidNumberFrom: 41_000, uidNumberTo: 41_001 });
      value(await full.create('user', person(`${uid}-y`), live));
      value(await full.create('user', person(`${uid}-z`), live));
      expect(await full.create('user', person(`${uid}-x`), live)).toMatchObject({
        kind: 'rejected',
        attribute: 'uidNumber',
        remedy: expect.stringContaining('range'),
      });
    },
  );

  it('refers to a manager by id and never writes to a name that became somebody else', async () => {
    const connector = connect();
    const boss = value(await connector.create('user', person(`${uid}-boss`), live)).id;
    const { id } = value(await connector.create('user', { ...person(), manager: boss }, live));
    expect((await entry(id)).manager).toBe((await entry(boss)).dn);
    await slapd.asOwner(async (client) => {
      await client.modifyDN(`uid=${uid},${slapd.people}`, `uid=${uid}-moved`);
      await client.add(`uid=${uid},${slapd.people}`, {
        objectClass: 'inetOrgPerson',
        cn: 'Other',
        sn: 'Other',
      });
    });
    value(await connector.update('user', id, [{ op: 'set', attribute: 'title', value: 'mine' }], live));
    expect(await entry(id)).toMatchObject({ uid: `${uid}-moved`, title: 'mine' });
    expect((await slapd.search(slapd.people, `(uid=${uid})`))[0]).not.toHaveProperty('title');
  });

  it('tells what changed and who is gone since a token', async () => {
    const connector = connect({ accesslogBase: 'cn=accesslog', pageSize: 2 });
    const kept = value(await connector.create('user', person(`${uid}-kept`), live)).id;
    const start = value(await connector.changes!('user', {}));
    expect(start).toMatchObject({ objects: [], deleted: [], token: expect.any(String) });
    const made: string[] = [];
    for (let at = 0; at < 5; at += 1)
      made.push(value(await connector.create('user', person(`${uid}-${at}`), live)).id);
    value(await connector.update('user', kept, [{ op: 'set', attribute: 'title', value: 'new' }], live));
    const lost = made.pop()!;
    value(await connector.delete('user', lost, live));
    const read = async (token: string) => {
      const changed: string[] = [];
      const deleted: string[] = [];
      let page = value(await connector.changes!('user', { token }));
      for (;;) {
        changed.push(...page.objects.map(({ id }) => id));
        deleted.push(...page.deleted.map(({ id }) => id));
        if (page.nextCursor === undefined) return { changed, deleted, token: page.token! };
        page = value(await connector.changes!('user', { cursor: page.nextCursor }));
      }
    };
    const since = await read(start.token!);
    expect(since.changed.sort()).toEqual([...made, kept].sort());
    expect(since.deleted).toContain(lost);
    expect((await read(since.token)).changed).toEqual([]);
    expect(await connector.changes!('user', { token: 'nonsense' })).toMatchObject({ kind: 'rejected' });
  });

  it.each([
    ['a required attribute is missing', { sn: undefined }, 'rejected', 'sn'],
    ['an attribute the schema does not know', { flavour: 'x' }, 'rejected', 'flavour'],
    ['a value of the wrong form', { manager: 'nobody' }, 'rejected', 'manager'],
    ['a weak password', { userPassword: 'short' }, 'rejected', 'userPassword'],
    ['an object as value', { title: { a: 1 } }, 'rejected', 'title'],
    ['memberOf', { memberOf: 'cn=x' }, 'rejected', 'memberOf'],
  ])('is refused: %s', async (_, more, kind, attribute) => {
    const attributes = Object.fromEntries(
      Object.entries({ ...person(), ...more }).filter(([, each]) => each !== undefined),
    ) as Record<string, string>;
    const outcome = await connect().create('user', attributes, live);
    expect(outcome).toMatchObject({ kind, attribute, remedy: expect.any(String) });
    expect(JSON.stringify(outcome)).not.toContain('short"');
  });

  it('a taken name and a taken mail are conflicts', async () => {
    const connector = connect();
    value(await connector.create('user', { ...person(), mail: `${uid}@x.org` }, live));
    expect(await connector.create('user', person(), live)).toMatchObject({ kind: 'conflict' });
    expect(
      await connector.create('user', { ...person(`${uid}-2`), mail: `${uid}@x.org` }, live),
    ).toMatchObject({ kind: 'conflict' });
  });

  it('describes the attributes of its object classes', async () => {
    const { objectTypes, assumptions } = value(await connect().discover());
    expect(assumptions).toEqual([]);
    const [user, group] = objectTypes;
    const named = (name: string) => user!.attributes.find((each) => each.name === name);
    expect(named('sn')).toMatchObject({ required: true, multiValued: true, oneOrMany: true });
    expect(named('uid')).toMatchObject({ required: true, unique: true });
    expect(named('manager')).toMatchObject({ type: 'reference' });
    expect(named('preferredLanguage')).toMatchObject({ multiValued: false });
    expect(named('userPassword')).toMatchObject({ mutability: 'writeOnly' });
    expect(named('active')).toMatchObject({ type: 'boolean' });
    expect(group!.attributes.map(({ name }) => name)).toContain('cn');
  });
});
