import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  type AttributeValue,
  type ChangesPage,
  connectorModule,
  type Connector,
  type OperationContext,
  type Outcome,
} from '@rollcall/connectors';
import { Attribute, Ber, type BerWriter, Change, Client, Control } from 'ldapts';
import { mostCharacters } from '../../libs/connectors/src/targets/active-directory/attribute-limits.js';
import { describeWithSamba, startSamba, type Samba } from '../harness/index.js';

const live: OperationContext = { operationId: 'operation', attempt: 1, mode: 'live' };
const password = 'Correct-Horse-1';

function value<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

/** Of a security descriptor the list of who may do what (LDAP_SERVER_SD_FLAGS_OID, MS-ADTS section 3.1.1.3.4.1.11). */
class AccessListOnly extends Control {
  constructor() {
    super('1.2.840.113556.1.4.801', { critical: true });
  }
  protected override writeControl(writer: BerWriter): void {
    writer.writeBuffer(Buffer.from([0x30, 3, 0x02, 1, 4]), Ber.OctetString);
  }
}

/** Somebody may do everything but read userAccountControl (MS-DTYP sections 2.4.4 to 2.4.6). */
function controlHiddenFrom(sid: Buffer): Buffer {
  const control = Buffer.from('687a96bfe60dd011a28500aa003049e2', 'hex');
  const denied = Buffer.concat([Buffer.from('060000001000000001000000', 'hex'), control, sid]);
  const allowed = Buffer.concat([Buffer.from('00000000ff010f00', 'hex'), sid]);
  for (const each of [denied, allowed]) each.writeUInt16LE(each.length, 2);
  const list = Buffer.concat([Buffer.from('0400000002000000', 'hex'), denied, allowed]);
  list.writeUInt16LE(list.length, 2);
  return Buffer.concat([Buffer.from('0100048000000000000000000000000014000000', 'hex'), list]);
}

describeWithSamba('Active Directory connector on a real domain controller', () => {
  let samba: Samba;
  let serial = 0;
  let name: string;
  const open: Connector[] = [];
  beforeAll(async () => {
    samba = await startSamba();
  });
  afterAll(() => samba?.stop());
  beforeEach(() => {
    name = `ada${(serial += 1)}`;
  });
  afterEach(async () => {
    for (const connector of open.splice(0)) await connector.close();
  });

  function connect(settings: object = {}, credentials: object = samba.service): Connector {
    const connector = connectorModule('active-directory')!.open(
      {
        url: samba.ldapsUrl,
        caCertificates: samba.certificate,
        userBase: samba.people,
        groupBase: samba.groups,
        ...settings,
      },
      credentials,
      { userAgent: 'rollcall-test' },
    );
    open.push(connector);
    return connector;
  }
  const person = (sAMAccountName = name) => ({
    cn: sAMAccountName,
    sAMAccountName,
    userPrincipalName: `${sAMAccountName}@ad.example.test`,
  });
  const make = async (connector: Connector, attributes: Record<string, AttributeValue> = person()) =>
    value(await connector.create('user', attributes, live)).id;
  const set = async (connector: Connector, id: string, attributes: Record<string, AttributeValue>) =>
    connector.update(
      'user',
      id,
      Object.entries(attributes).map(([attribute, to]) => ({ op: 'set', attribute, value: to })),
      live,
    );
  const entry = async (id: string) => (await samba.search(`<GUID=${id}>`, '(objectClass=*)'))[0]!;
  const readChanges = async (connector: Connector, token: string | undefined): Promise<ChangesPage[]> => {
    const pages = [value(await connector.changes!('user', { token }))];
    for (let cursor = pages[0]!.nextCursor; cursor !== undefined; cursor = pages.at(-1)!.nextCursor)
      pages.push(value(await connector.changes!('user', { cursor })));
    return pages;
  };
  /** Takes from the service account the right to read it. */
  const hideControl = (id: string) =>
    samba.asAdministrator(async (client) => {
      const { searchEntries } = await client.search(samba.domain, {
        filter: '(sAMAccountName=svc-rollcall)',
        attributes: ['objectSid'],
        explicitBufferAttributes: ['objectSid'],
      });
      const values = [controlHiddenFrom(searchEntries[0]!.objectSid as Buffer)];
      const modification = new Attribute({ type: 'nTSecurityDescriptor', values });
      await client.modify(
        `<GUID=${id}>`,
        new Change({ operation: 'replace', modification }),
        new AccessListOnly(),
      );
    });
  /** Undefined: signed in. */
  const signIn = async (user: string, secret: string): Promise<string | undefined> => {
    const client = new Client({ url: samba.ldapsUrl, tlsOptions: { ca: samba.certificate } });
    try {
      await client.bind(`${user}@ad.example.test`, secret);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    } finally {
      await client.unbind();
    }
  };

  it('creates an account that can sign in, changes, clears and deletes it', async () => {
    const connector = connect();
    const id = await make(connector, {
      ...person(),
      unicodePwd: password,
      title: 'Engineer',
      mail: `${name}@x.org`,
      thumbnailPhoto: Buffer.from('picture').toString('base64'),
    });
    expect(await entry(id)).toMatchObject({ userAccountControl: '512', title: 'Engineer' });
    expect(await signIn(name, password)).toBeUndefined();
    value(
      await connector.update(
        'user',
        id,
        [
          { op: 'set', attribute: 'otherTelephone', value: ['+1', '+2'] },
          { op: 'unset', attribute: 'mail' },
          { op: 'unset', attribute: 'pager' },
        ],
        live,
      ),
    );
    expect(await entry(id)).not.toHaveProperty('mail');
    const seen = value(await connector.get('user', id));
    expect(seen).toMatchObject({
      id,
      active: true,
      attributes: {
        sAMAccountName: name,
        active: true,
        parentDistinguishedName: samba.people,
        thumbnailPhoto: Buffer.from('picture').toString('base64'),
        objectSid: expect.stringMatching(/^S-1-5-21-\d+-\d+-\d+-\d+$/),
      },
    });
    expect(new Set([seen.attributes.otherTelephone].flat())).toEqual(new Set(['+1', '+2']));
    for (const absent of ['accountExpires', 'memberOf', 'unicodePwd', 'objectGUID'])
      expect(seen.attributes).not.toHaveProperty(absent);
    value(await connector.delete('user', id, live));
    expect(await connector.delete('user', id, live)).toMatchObject({ kind: 'no-op', why: 'already-absent' });
    expect(await connector.get('user', id)).toMatchObject({ kind: 'not-found' });
  });

  it('a change is one call, without a look before', async () => {
    const connector = connect();
    const id = await make(connector);
    const outcome = await set(connector, id, { title: 'One call' });
    expect(outcome.calls).toHaveLength(1);
    expect(outcome.calls![0]).toMatchObject({ method: 'MODIFY', body: { replace: { title: ['One call'] } } });
  });

  it('disables and enables by one bit, and keeps the others', async () => {
    const connector = connect();
    const id = await make(connector, { ...person(), unicodePwd: password, passwordNeverExpires: true });
    expect((await entry(id)).userAccountControl).toBe('66048');
    value(await set(connector, id, { active: false }));
    expect((await entry(id)).userAccountControl).toBe('66050');
    expect(await signIn(name, password)).toContain('data 533');
    expect(await set(connector, id, { active: false })).toMatchObject({ kind: 'no-op' });
    value(await set(connector, id, { active: true, passwordNeverExpires: false, smartcardRequired: true }));
    expect((await entry(id)).userAccountControl).toBe(String(0x4_0200));
    const born = await make(connector, { ...person(`${name}-off`), active: false });
    expect(value(await connector.get('user', born))).toMatchObject({ active: false });
  });

  it('is not said to be disabled, nor enabled, where its control cannot be read', async () => {
    const connector = connect();
    const id = await make(connector);
    await hideControl(id);
    const seen = value(await connector.get('user', id));
    expect(seen).not.toHaveProperty('active');
    expect(seen.attributes).not.toHaveProperty('active');
    expect(await set(connector, id, { active: false, title: 'x' })).toMatchObject({
      kind: 'rejected',
      code: 'no-rights',
      attribute: 'active',
      message: expect.stringContaining('cannot be read'),
      remedy: expect.stringContaining('adminCount'),
    });
    expect(await entry(id)).toMatchObject({ userAccountControl: '512' });
    value(await set(connector, id, { title: 'x' }));
  });

  it('sets passwords, random ones too, and makes people choose another', async () => {
    const connector = connect({ mustChangePassword: true });
    const id = await make(connector);
    expect((await entry(id)).pwdLastSet).toBe('0');
    const changed = await set(connector, id, { unicodePwd: password });
    value(changed);
    expect(JSON.stringify(changed)).not.toContain(password);
    expect(JSON.stringify(changed)).toContain('***');
    expect(await signIn(name, password)).toContain('data 773');
    const relaxed = connect();
    value(await set(relaxed, id, { unicodePwd: `${password}x` }));
    expect(await signIn(name, `${password}x`)).toBeUndefined();
    expect(await set(relaxed, id, { unicodePwd: 'short' })).toMatchObject({
      kind: 'rejected',
      code: 'weak-password',
      attribute: 'unicodePwd',
    });
  });

  it('has an expiry date', async () => {
    const connector = connect();
    const id = await make(connector, { ...person(), unicodePwd: password, accountExpires: '2020-02-29' });
    expect(value(await connector.get('user', id)).attributes.accountExpires).toBe('2020-02-29T00:00:00.000Z');
    expect(await signIn(name, password)).toContain('data 701');
    value(await connector.update('user', id, [{ op: 'unset', attribute: 'accountExpires' }], live));
    expect(await signIn(name, password)).toBeUndefined();
  });

  it.each(['a, b+c="d"<e>;#', ' edge ', '#hash', 'back\\slash', '(*)', 'Zoë Ünïcode', 'tail\\', 'a/b'])(
    'names an account %j, finds it and renames it',
    async (text) => {
      const connector = connect();
      const cn = `${serial}${text}`;
      const id = await make(connector, { ...person(), cn });
      const found = value(await connector.find('user', { attribute: 'cn', value: cn }));
      expect(found.map((each) => each.id)).toEqual([id]);
      value(await set(connector, id, { cn: `${text}${serial}.` }));
      expect(value(await connector.get('user', id)).attributes.cn).toBe(`${text}${serial}.`);
    },
  );

  it('finds what has the value, not what the domain takes for equal', async () => {
    const connector = connect();
    const id = await make(connector, { ...person(), displayName: `Ada  ${name}` });
    const group = value(await connector.create('group', { cn: `G ${name}`, url: `x://${name}` }, live)).id;
    const found = async (type: 'user' | 'group', attribute: string, wanted: string) =>
      value(await connector.find(type, { attribute, value: wanted })).map((each) => each.id);
    expect(await samba.search(samba.people, `(displayName=Ada ${name})`)).toHaveLength(1);
    expect(await found('user', 'displayName', `Ada ${name}`)).toEqual([]);
    expect(await found('user', 'displayname', `ADA  ${name}`)).toEqual([id]);
    expect(await found('group', 'url', `X://${name}`)).toEqual([group]);
  });

  it('renames and moves in one operation, and group and manager follow', async () => {
    const connector = connect();
    const id = await make(connector);
    const report = await make(connector, { ...person(`${name}-report`), manager: id });
    const group = value(await connector.create('group', { cn: `G ${name}` }, live)).id;
    value(await connector.members(group, { add: [{ id, type: 'user' }], remove: [] }, live));
    const outcome = await set(connector, id, {
      cn: `${name} King`,
      parentDistinguishedName: samba.berlin,
      sn: 'King',
    });
    value(outcome);
    expect(outcome.calls!.map(({ method }) => method)).toEqual(['SEARCH', 'MODIFY', 'MODRDN']);
    const dn = `CN=${name} King,${samba.berlin}`;
    expect(await entry(id)).toMatchObject({ dn, sn: 'King' });
    expect((await entry(report)).manager).toBe(dn);
    expect((await entry(group)).member).toBe(dn);
    expect(await set(connector, id, { parentDistinguishedName: samba.berlin.toLowerCase() })).toMatchObject({
      kind: 'no-op',
    });
  });

  it('is written to wherever somebody else has moved and renamed it', async () => {
    const connector = connect();
    const id = await make(connector);
    await samba.asAdministrator(async (client) => {
      await client.modifyDN(`CN=${name},${samba.people}`, `CN=${name} elsewhere,${samba.berlin}`);
      await client.add(`CN=${name},${samba.people}`, {
        objectClass: 'user',
        cn: name,
        sAMAccountName: `${name}x`,
      });
    });
    value(await set(connector, id, { active: false, title: 'mine' }));
    expect(await entry(id)).toMatchObject({ title: 'mine', userAccountControl: '514' });
    expect((await samba.search(samba.people, `(sAMAccountName=${name}x)`))[0]).not.toHaveProperty('title');
  });

  it('is refused by itself where it was moved out of reach, and the others go on', async () => {
    const connector = connect();
    const id = await make(connector);
    await samba.asAdministrator((client) =>
      client.modifyDN(`CN=${name},${samba.people}`, `CN=${name},CN=Users,${samba.domain}`),
    );
    for (const outcome of [
      await set(connector, id, { title: 'x' }),
      await set(connector, id, { cn: `${name} King` }),
      await connector.delete('user', id, live),
    ])
      expect(outcome).toMatchObject({
        kind: 'rejected',
        code: 'no-rights',
        remedy: expect.stringContaining('adminCount'),
      });
  });

  it('moves leavers away and back to the OU they had', async () => {
    const connector = connect({ disabledBase: samba.leavers });
    const id = await make(connector, { ...person(), parentDistinguishedName: samba.berlin });
    value(await set(connector, id, { active: false }));
    expect((await entry(id)).dn).toBe(`CN=${name},${samba.leavers}`);
    expect(value(await connector.find('user', { attribute: 'sAMAccountName', value: name }))).toHaveLength(1);
    value(await set(connector, id, { title: 'Former', parentDistinguishedName: samba.people }));
    expect((await entry(id)).dn).toBe(`CN=${name},${samba.leavers}`);
    const lastWritten = { parentDistinguishedName: samba.berlin };
    value(
      await connector.update('user', id, [{ op: 'set', attribute: 'active', value: true }], {
        ...live,
        lastWritten,
      }),
    );
    expect((await entry(id)).dn).toBe(`CN=${name},${samba.berlin}`);
    const born = await make(connector, { ...person(`${name}-off`), active: false });
    expect((await entry(born)).dn).toBe(`CN=${name}-off,${samba.leavers}`);
  });

  it('takes leavers out of groups the hub does not keep, and says where it may not', async () => {
    const connector = connect({ stripGroups: true, groupBase: samba.berlin });
    const elsewhere = connect();
    const id = await make(connector);
    const joined = async (by: Connector, cn: string) => {
      const group = value(await by.create('group', { cn }, live)).id;
      value(await by.members(group, { add: [{ id, type: 'user' }], remove: [] }, live));
      return group;
    };
    const kept = (await entry(await joined(connector, `${name} kept`))).dn;
    const other = await joined(elsewhere, `${name} one`);
    await joined(elsewhere, `${name} two`);
    value(await set(connector, id, { active: false }));
    expect((await entry(id)).memberOf).toBe(kept);
    expect(await set(connector, id, { active: false })).toMatchObject({ kind: 'no-op' });

    value(await set(connector, id, { active: true }));
    value(await connector.members(other, { add: [{ id, type: 'user' }], remove: [] }, live));
    const admins = `CN=Domain Admins,CN=Users,${samba.domain}`;
    await samba.asAdministrator((client) =>
      client.modify(
        admins,
        new Change({
          operation: 'add',
          modification: new Attribute({ type: 'member', values: [`<GUID=${id}>`] }),
        }),
      ),
    );
    expect(await set(connector, id, { active: false })).toMatchObject({
      kind: 'rejected',
      code: 'groups-left',
      message: expect.stringContaining('Domain Admins'),
    });
    const { memberOf, userAccountControl } = await entry(id);
    expect([memberOf].flat().sort()).toEqual([admins, kept].sort());
    expect(userAccountControl).toBe('514');
  });

  it.each([
    ['the OU of leavers has gone', () => `OU=Nobody,${samba.domain}`, { code: 'no-base' }],
    ['the OU of leavers has the name', () => samba.leavers, { kind: 'conflict' }],
  ])('takes leavers out of groups also where they cannot be moved: %s', async (_, base, refusal) => {
    const connector = connect({
      stripGroups: true,
      groupBase: samba.berlin,
      disabledBase: base(),
      numberNames: false,
    });
    const id = await make(connector);
    await samba.asAdministrator((client) =>
      client.add(`CN=${name},${samba.leavers}`, { objectClass: 'contact' }),
    );
    const group = value(await connect().create('group', { cn: `${name} one` }, live)).id;
    value(await connector.members(group, { add: [{ id, type: 'user' }], remove: [] }, live));
    const outcome = await set(connector, id, { active: false });
    expect(outcome).toMatchObject(refusal);
    expect(outcome.calls!.map(({ method }) => method)).toEqual(expect.arrayContaining(['MODIFY', 'MODRDN']));
    const left = await entry(id);
    expect(left.userAccountControl).toBe('514');
    expect(left).not.toHaveProperty('memberOf');
  });

  it('numbers equal names, also when renamed, and leaves the number when nothing changed', async () => {
    const connector = connect();
    const cn = `Ada ${name}`;
    const ids = await Promise.all(
      Array.from({ length: 5 }, (_, at) => make(connector, { ...person(`${name}-${at}`), cn })),
    );
    const names = await Promise.all(ids.map(async (id) => String((await entry(id)).cn)));
    expect(names.sort()).toEqual([cn, `${cn} 2`, `${cn} 3`, `${cn} 4`, `${cn} 5`]);
    const other = await make(connector, person(`${name}-x`));
    value(await set(connector, other, { cn }));
    expect((await entry(other)).cn).toBe(`${cn} 6`);
    expect(await set(connector, other, { cn })).toMatchObject({ kind: 'no-op' });
    const strict = connect({ numberNames: false });
    expect(await strict.create('user', { ...person(`${name}-y`), cn }, live)).toMatchObject({
      kind: 'conflict',
    });
  });

  it.each([
    ['account name', { sAMAccountName: 'TAKEN' }],
    ['user principal name', { userPrincipalName: 'Taken@ad.example.test' }],
  ])('a %s that is taken anywhere is a conflict, and nothing is made', async (_, taken) => {
    const connector = connect();
    await connector.create('user', { ...person('taken'), cn: 'taken' }, live);
    expect(await connector.create('user', { ...person(), ...taken }, live)).toMatchObject({
      kind: 'conflict',
    });
    expect(value(await connector.find('user', { attribute: 'cn', value: name }))).toEqual([]);
  });

  it('keeps members of a group, nested ones too, in ranges and pieces', async () => {
    const connector = connect({ membersPerCall: 3, membersPerRead: 2 });
    const users: string[] = [];
    for (let at = 0; at < 7; at += 1) users.push(await make(connector, person(`${name}-${at}`)));
    const group = value(
      await connector.create('group', { cn: `All, "${name}" (x)\\*`, sAMAccountName: `all-${name}` }, live),
    ).id;
    const nested = value(await connector.create('group', { cn: `Some ${name}` }, live)).id;
    const all = [
      ...users.map((id) => ({ id, type: 'user' as const })),
      { id: nested, type: 'group' as const },
    ];
    const members = async () =>
      value(await connector.get('group', group, { members: true })).members!.toSorted((a, b) =>
        a.id.localeCompare(b.id),
      );
    const sorted = (list: typeof all) => list.toSorted((a, b) => a.id.localeCompare(b.id));
    const unknown = '00000000-0000-4000-8000-000000000000';
    const added = value(
      await connector.members(
        group,
        { add: [all[0]!, { id: unknown, type: 'user' }, ...all.slice(1)], remove: [] },
        live,
      ),
    );
    expect(added.unknown).toEqual([unknown]);
    expect(added.added.toSorted()).toEqual(all.map(({ id }) => id).sort());
    expect(await members()).toEqual(sorted(all));
    value(await connector.members(group, { add: all, remove: [{ id: unknown, type: 'user' }] }, live));
    value(await connector.delete('user', users[1]!, live));
    expect(await members()).toEqual(sorted(all.filter(({ id }) => id !== users[1])));
    const mixed = { add: [all[0]!], remove: [all[1]!, all[2]!] };
    expect(value(await connector.members(group, mixed, live))).toEqual({
      added: [users[0]],
      removed: [users[1], users[2]],
      unknown: [],
    });
    value(await connector.members(group, { add: [], remove: all }, live));
    value(await connector.members(group, { add: [], remove: all }, live));
    expect(await members()).toEqual([]);
    for (const gone of [unknown, 'no id'])
      expect(await connector.members(gone, { add: all.slice(2), remove: [] }, live)).toMatchObject({
        kind: 'not-found',
      });
  });

  it.each([
    ['global', 'security', '-2147483646'],
    ['universal', 'security', '-2147483640'],
    ['domainLocal', 'distribution', '4'],
  ])('makes %s %s groups', async (groupScope, groupCategory, groupType) => {
    const connector = connect({ groupScope, groupCategory });
    const { id } = value(
      await connector.create('group', { cn: `${groupScope} ${name}`, description: 'Made by the hub' }, live),
    );
    expect(await entry(id)).toMatchObject({ groupType, description: 'Made by the hub' });
    expect(value(await connector.get('group', id)).attributes).toMatchObject({
      description: 'Made by the hub',
      parentDistinguishedName: samba.groups,
    });
  });

  it('tells what changed and who is gone since a token, page by page', async () => {
    const connector = connect({ pageSize: 2 });
    const kept = await make(connector, person(`${name}-kept`));
    const start = value(await connector.changes!('user', {}));
    const made: string[] = [];
    for (let at = 0; at < 5; at += 1) made.push(await make(connector, person(`${name}-${at}`)));
    value(await set(connector, kept, { title: 'new' }));
    const lost = made.pop()!;
    value(await connector.delete('user', lost, live));
    const pages = await readChanges(connector, start.token);
    const changed = pages.flatMap(({ objects }) => objects.map(({ id }) => id));
    const deleted = pages.flatMap((page) => page.deleted.map(({ id }) => id));
    expect(changed.sort()).toEqual([...made, kept].sort());
    expect(deleted).toEqual([lost]);
    const later = await readChanges(connector, pages.at(-1)!.token);
    expect(later.flatMap(({ objects }) => objects)).toEqual([]);
  });

  it('takes no token of another domain controller, and no other text', async () => {
    const connector = connect();
    const { token } = value(await connector.changes!('user', {}));
    const place = JSON.parse(Buffer.from(token!, 'base64url').toString()) as object;
    const other = { ...place, invocation: '00000000-0000-4000-8000-000000000000' };
    const foreign = Buffer.from(JSON.stringify(other)).toString('base64url');
    expect(await connector.changes!('user', { token: foreign })).toMatchObject({
      kind: 'rejected',
      code: 'other-server',
    });
    expect(await connector.changes!('user', { token: 'nonsense' })).toMatchObject({
      kind: 'rejected',
      code: 'bad-token',
    });
  });

  it('says that deletions are not known where they may not be read', async () => {
    const { token } = value(await connect().changes!('user', {}));
    const { deleted, deletionsUnknown } = (await readChanges(connect({}, samba.reader), token)).at(-1)!;
    expect({ deleted, deletionsUnknown }).toMatchObject({
      deleted: [],
      deletionsUnknown: expect.stringContaining('Deleted Objects'),
    });
  });

  it.each([
    ['an account name of 21 characters', { sAMAccountName: 'a'.repeat(21) }, 'sAMAccountName'],
    ['a name of 65 characters', { cn: 'x'.repeat(65) }, 'cn'],
    ['a title of 129 characters', { title: 'x'.repeat(129) }, 'title'],
    ['an attribute the schema does not have', { extensionAttribute1: 'x' }, 'extensionAttribute1'],
    ['a value of the wrong form', { countryCode: 'abc' }, 'countryCode'],
    ['a manager who is not there', { manager: '00000000-0000-4000-8000-000000000000' }, 'manager'],
    ['a weak password', { unicodePwd: 'short' }, 'unicodePwd'],
    [
      'an OU that is not there',
      { parentDistinguishedName: 'OU=No,OU=People,DC=ad,DC=example,DC=test' },
      'parentDistinguishedName',
    ],
    [
      'an OU outside',
      { parentDistinguishedName: 'OU=Groups,DC=ad,DC=example,DC=test' },
      'parentDistinguishedName',
    ],
    ['an object as value', { title: { a: 1 } }, 'title'],
    ['memberOf', { memberOf: 'CN=x' }, 'memberOf'],
  ])('is refused, and nothing is made: %s', async (_, more, attribute) => {
    const connector = connect();
    const outcome = await connector.create('user', { ...person(), ...more }, live);
    expect(outcome).toMatchObject({ kind: 'rejected', attribute, remedy: expect.stringMatching(/.{10}/) });
    expect(await samba.search(samba.people, `(userPrincipalName=${name}@ad.example.test)`)).toEqual([]);
  });

  it('knows the lengths that the schema of the domain has', async () => {
    const [aggregate] = await samba.search(
      `CN=Aggregate,CN=Schema,CN=Configuration,${samba.domain}`,
      '(objectClass=*)',
      ['extendedAttributeInfo'],
    );
    const upper = new Map(
      [aggregate!.extendedAttributeInfo!].flat().flatMap((text) => {
        const [, attribute, most] = /NAME '([\w-]+)'.* RANGE-UPPER '(\d+)'/.exec(String(text)) ?? [];
        return attribute === undefined ? [] : [[attribute, Number(most)] as const];
      }),
    );
    expect(Object.keys(mostCharacters).filter((each) => upper.get(each) !== mostCharacters[each])).toEqual(
      [],
    );
  });

  it('describes the attributes of its classes, auxiliary ones too', async () => {
    const { objectTypes, assumptions } = value(await connect().discover());
    expect(assumptions).toEqual([]);
    const named = (type: number, each: string) =>
      objectTypes[type]!.attributes.filter(({ name: attribute }) => attribute === each);
    expect(named(0, 'cn')).toEqual([expect.objectContaining({ required: true, multiValued: false })]);
    expect(named(0, 'sAMAccountName')).toEqual([expect.objectContaining({ unique: true, required: false })]);
    expect(named(0, 'proxyAddresses')).toEqual([expect.objectContaining({ multiValued: true })]);
    expect(named(0, 'manager')).toEqual([expect.objectContaining({ type: 'reference' })]);
    expect(named(0, 'unicodePwd')).toEqual([expect.objectContaining({ mutability: 'writeOnly' })]);
    expect(named(0, 'active')).toEqual([expect.objectContaining({ type: 'boolean' })]);
    expect(named(0, 'objectSid')).toEqual([expect.objectContaining({ mutability: 'readOnly' })]);
    expect(named(1, 'description')).toHaveLength(1);
    expect(named(1, 'active')).toEqual([]);
  });
});
