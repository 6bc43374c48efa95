import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type AttributeChange,
  type Attributes,
  type AttributeValue,
  type Connector,
  connectorModule,
  type ConnectorRuntime,
  type OperationContext,
  type Outcome,
} from '@rollcall/connectors';
import { startGoogleWorkspace, type GoogleWorkspace } from '../doubles/google-workspace/google-workspace.js';

const module = connectorModule('google-workspace')!;
const live: OperationContext = { operationId: 'o-1', attempt: 1, mode: 'live' };
const plan: OperationContext = { ...live, mode: 'plan' };
const set = (attribute: string, value: AttributeValue): AttributeChange => ({ op: 'set', attribute, value });
const absent = '199999999999999999999';

describe('Google Workspace', () => {
  let google: GoogleWorkspace;
  let connector: Connector;
  let serial = 0;
  const opened: Connector[] = [];

  beforeAll(async () => {
    google = await startGoogleWorkspace();
  });
  afterAll(() => google?.stop());
  beforeEach(() => {
    connector = open();
  });
  afterEach(async () => {
    Object.assign(google.lag, { getMs: 0, listMs: 0, status: 404 });
    google.writesTake(0);
    await Promise.all(opened.splice(0).map((each) => each.close()));
  });

  function open(
    settings: object = {},
    credentials: object = {},
    runtime: Partial<ConnectorRuntime> = {},
  ): Connector {
    const made = module.open(
      { domain: 'contoso.example', baseUrl: google.origin, tokenUrl: `${google.origin}/token`, ...settings },
      {
        type: 'service-account',
        key: google.tokens.keyFile,
        subject: 'admin@contoso.example',
        ...credentials,
      },
      { userAgent: 'rollcall-test', ...runtime },
    );
    opened.push(made);
    return made;
  }

  const newName = (what = 'user') => `${what}.${(serial += 1)}@contoso.example`;
  const person = (primaryEmail: string, further: Attributes = {}): Attributes => ({
    primaryEmail,
    'name.givenName': 'Ada',
    'name.familyName': 'Lovelace',
    ...further,
  });
  const create = (primaryEmail: string, further: Attributes = {}) =>
    connector.create('user', person(primaryEmail, further), live);

  async function made(primaryEmail = newName(), further: Attributes = {}): Promise<string> {
    return ok(await create(primaryEmail, further)).id;
  }

  async function newGroup(email = newName('group')): Promise<string> {
    return ok(await connector.create('group', { email, name: 'Group' }, live)).id;
  }

  function ok<T>(outcome: Outcome<T>): T {
    if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
    return outcome.value;
  }

  const callsSince = (from: number) =>
    google.calls.slice(from).map(({ method, path }) => `${method} ${path}`);

  describe('users', () => {
    it('get a random password that is in no call, answer or message', async () => {
      const outcome = await create(newName());
      const sent = google.calls.at(-1)!.body!.password as string;
      expect(sent).toMatch(/^[\w-]{32}$/);
      expect(JSON.stringify(outcome)).not.toContain(sent);
      expect(outcome.calls?.[0]?.body).toMatchObject({ password: '***' });
    });

    it('get the password that is mapped, which no refusal repeats', async () => {
      google.faults.refuseWrite = {
        status: 400,
        reason: 'invalid',
        message: 'Invalid Password: correct-horse-battery',
      };
      const refused = await create(newName(), { password: 'correct-horse-battery' });
      expect(refused).toMatchObject({ kind: 'rejected', attribute: 'password' });
      expect(JSON.stringify(refused)).not.toContain('correct-horse');
    });

    it('keep the lists and objects a change does not name', async () => {
      const id = await made(newName(), {
        'phones[type eq "work"].value': '1',
        'phones[type eq "mobile"].value': '2',
        'name.displayName': 'Countess',
      });
      const changes = [set('phones[type eq "work"].value', '3'), set('name.familyName', 'King')];
      ok(await connector.update('user', id, changes, live));
      expect(google.account.users.get(id)!.own).toMatchObject({
        name: { givenName: 'Ada', familyName: 'King', displayName: 'Countess' },
        phones: [
          { type: 'work', value: '3' },
          { type: 'mobile', value: '2' },
        ],
      });
    });

    it('are not written where nothing differs', async () => {
      const id = await made(newName(), { 'phones[type eq "work"].value': '1' });
      const from = google.calls.length;
      const changes = [set('phones[type eq "work"].value', '1'), set('active', true)];
      expect(await connector.update('user', id, changes, live)).toMatchObject({ kind: 'no-op' });
      expect(callsSince(from)).toEqual([`GET /users/${id}`]);
    });

    it('have custom schemas, read back as they were written', async () => {
      google.account.schemas.set('Payroll', {
        code: { type: 'STRING' },
        tags: { type: 'STRING', multiValued: true },
      });
      const id = await made(newName(), {
        'customSchemas.Payroll.code': '7',
        'customSchemas.Payroll.tags': ['a', 'b'],
      });
      ok(await connector.update('user', id, [set('customSchemas.Payroll.code', '8')], live));
      const { attributes } = ok(await connector.get('user', id));
      expect(attributes['customSchemas.Payroll.code']).toBe('8');
      expect(attributes['customSchemas.Payroll.tags']).toEqual(['a', 'b']);
      const { objectTypes } = ok(await connector.discover());
      const names = objectTypes.flatMap(({ attributes: all }) => all.map(({ name }) => name));
      expect(names).toContain('customSchemas.Payroll.tags');
    });

    it('have aliases, which are added and taken away one by one', async () => {
      const [one, two, three] = [newName('alias'), newName('alias'), newName('alias')];
      const id = await made(newName(), { aliases: [one, two] });
      expect(google.account.users.get(id)!.aliases).toEqual([one, two]);
      const change = [set('aliases', [two.toUpperCase(), three])];
      ok(await connector.update('user', id, change, live));
      expect(google.account.users.get(id)!.aliases).toEqual([two, three]);
      expect((await connector.update('user', id, change, live)).kind).toBe('no-op');
      const other = await made();
      expect(await connector.update('user', other, change, live)).toMatchObject({
        kind: 'rejected',
        code: 'address-taken',
        attribute: 'aliases',
      });
    });

    it('name their manager by id, and Google is given the address', async () => {
      const boss = newName('boss');
      const bossId = await made(boss);
      const manager = 'relations[type eq "manager"].value';
      const id = await made(newName(), { [manager]: bossId });
      expect(google.account.users.get(id)!.own.relations).toEqual([{ type: 'manager', value: boss }]);
      const gone = await connector.update('user', id, [set(manager, absent)], live);
      expect(gone).toMatchObject({ kind: 'retry', scope: 'object' });
      expect(gone).not.toHaveProperty('maybeDone');
    });

    it('are archived instead of suspended where the settings say so, and come back from either', async () => {
      const archiving = open({ disableBy: 'archive' });
      const id = await made();
      ok(await archiving.update('user', id, [set('active', false)], live));
      expect(google.account.users.get(id)!.own).toMatchObject({ archived: true });
      expect(ok(await connector.get('user', id)).active).toBe(false);
      ok(await connector.update('user', id, [set('active', true)], live));
      expect(google.account.users.get(id)!.own.archived).toBe(false);
      ok(await connector.update('user', id, [set('active', false)], live));
      expect(google.account.users.get(id)!.own.suspended).toBe(true);
      ok(await archiving.update('user', id, [set('active', true)], live));
      expect(ok(await connector.get('user', id)).active).toBe(true);
    });

    it('keep the old address as an alias, or lose it where the settings say so', async () => {
      const [first, second, third] = [newName(), newName(), newName()];
      const id = await made(first);
      ok(await connector.update('user', id, [set('primaryEmail', second)], live));
      expect(google.account.users.get(id)!.aliases).toEqual([first]);
      ok(await open({ oldAddress: 'remove' }).update('user', id, [set('primaryEmail', third)], live));
      expect(google.account.users.get(id)!.aliases).toEqual([first]);
      const found = await connector.find('user', { attribute: 'primaryEmail', value: first });
      expect(ok(found)).toEqual([]);
    });

    it('are renamed although Google answers 409 after it has done it', async () => {
      const id = await made();
      const to = newName('renamed');
      google.faults.duplicateAfterCommit = true;
      expect(await connector.update('user', id, [set('primaryEmail', to)], live)).toMatchObject({
        kind: 'ok',
      });
      expect(google.account.users.get(id)!.primaryEmail).toBe(to);
    });

    it('cannot take an address of somebody else', async () => {
      const [mine, theirs] = [newName(), newName()];
      const id = await made(mine);
      await made(theirs);
      expect((await connector.update('user', id, [set('primaryEmail', theirs)], live)).kind).toBe('conflict');
      expect(google.account.users.get(id)!.primaryEmail).toBe(mine);
    });

    it('are found by external id, exactly', async () => {
      const key = 'externalIds[type eq "organization"].value';
      const id = await made(newName(), { [key]: `E-${serial}'1` });
      const other = 'externalIds[customType eq "badge"].value';
      await made(newName(), { [other]: `E-${serial}'1` });
      const value = ok(await connector.get('user', id)).attributes[key] as string;
      expect(ok(await connector.find('user', { attribute: key, value })).map((each) => each.id)).toEqual([
        id,
      ]);
      expect(await connector.find('user', { attribute: 'recoveryPhone', value: '1' })).toMatchObject({
        kind: 'rejected',
        code: 'not-searchable',
      });
    });
  });

  describe('an address that is taken', () => {
    it('as an alias or by a group is told with who has it', async () => {
      const [holder, alias, group] = [newName(), newName(), newName()];
      await made(holder, { aliases: [alias] });
      await newGroup(group);
      expect(await create(alias)).toMatchObject({
        kind: 'rejected',
        code: 'address-taken',
        attribute: 'primaryEmail',
        message: expect.stringContaining(`user ${holder}`),
      });
      expect(await create(group)).toMatchObject({
        kind: 'rejected',
        message: expect.stringContaining(`group ${group}`),
      });
      const second = await connector.create('group', { email: holder, name: 'G' }, live);
      expect(second).toMatchObject({ kind: 'rejected', attribute: 'email' });
    });

    it('by a deleted account of the same person has it restored, to be adopted', async () => {
      const address = newName();
      const key = 'externalIds[customType eq "rollcall"].value';
      const id = await made(address, { [key]: `e-${serial}` });
      const value = `e-${serial}`;
      ok(await connector.delete('user', id, live));
      const again = await create(address, { [key]: value, orgUnitPath: '/Staff' });
      expect(again).toMatchObject({ kind: 'conflict', message: expect.stringContaining('restored') });
      const found = ok(await connector.find('user', { attribute: 'primaryEmail', value: address }));
      expect(found).toMatchObject([{ id, attributes: { orgUnitPath: '/Staff' } }]);
    });

    it('by a deleted account of somebody else, or of nobody known, waits for a person', async () => {
      const address = newName();
      const key = 'externalIds[customType eq "rollcall"].value';
      const id = await made(address, { [key]: 'one' });
      ok(await connector.delete('user', id, live));
      const others: Attributes[] = [
        { [key]: 'another' },
        { 'externalIds[type eq "organization"].value': 'one' },
        {},
      ];
      for (const further of others)
        expect(await create(address, further)).toMatchObject({
          kind: 'rejected',
          code: 'deleted-account',
          remedy: expect.stringContaining('20 days'),
        });
      const never = open({ restoreDeleted: 'never' });
      expect((await never.create('user', person(address, { [key]: 'one' }), live)).kind).toBe('rejected');
      expect(google.account.deleted.has(id)).toBe(true);
      const always = open({ restoreDeleted: 'always' });
      expect((await always.create('user', person(address), live)).kind).toBe('conflict');
      expect(google.account.users.has(id)).toBe(true);
    });

    it('by a private account is told, or resolved where the settings say so', async () => {
      const address = newName();
      google.account.unmanaged.add(address);
      expect(await create(address)).toMatchObject({
        kind: 'retry',
        scope: 'object',
        message: expect.stringContaining('Unmanaged users'),
      });
      ok(await open({ resolveConflictAccount: true }).create('user', person(address), live));
    });
  });

  describe('what was written a moment ago', () => {
    it.each([404, 403] as const)(
      'and is answered %d about is waited for, not taken for gone',
      async (status) => {
        const id = await made();
        Object.assign(google.lag, { getMs: 60_000, status });
        for (const outcome of [
          await connector.get('user', id),
          await connector.update('user', id, [set('recoveryEmail', 'a@b.example')], live),
          await connector.update('user', id, [set('name.givenName', 'A')], live),
          await connector.delete('user', id, live),
        ]) {
          expect(outcome).toMatchObject({ kind: 'retry', scope: 'object', afterMs: 2000 });
          expect(outcome).not.toHaveProperty('maybeDone');
        }
        google.account.advance(60_000);
        ok(await connector.delete('user', id, live));
      },
    );

    it.each([404, 403] as const)(
      'and is answered %d about by its address is not made a second time',
      async (status) => {
        const address = newName();
        google.faults.dropAfterCommit = 1;
        expect(await create(address)).toMatchObject({ kind: 'retry', maybeDone: true });
        Object.assign(google.lag, { getMs: 60_000, status });
        expect(ok(await connector.find('user', { attribute: 'primaryEmail', value: address }))).toEqual([]);
        expect(await create(address)).toMatchObject({ kind: 'retry', scope: 'object', afterMs: 5000 });
        google.account.advance(60_000);
        expect((await create(address)).kind).toBe('conflict');
      },
    );

    it('is waited for by the write test, which leaves nothing', async () => {
      google.lag.getMs = 500;
      const before = google.account.users.size;
      const { steps } = await open({ writeProbe: true }).test();
      expect(steps.find(({ step }) => step === 'write-probe')).toMatchObject({
        status: 'passed',
        message: expect.stringContaining('made and deleted'),
      });
      expect(google.account.users.size).toBe(before);
    });

    it('and is not a member yet is told as unknown, and as there to come', async () => {
      const group = await newGroup();
      const id = await made();
      google.lag.getMs = 60_000;
      const change = { add: [{ id, type: 'user' as const }], remove: [] };
      expect(ok(await connector.members(group, change, live))).toMatchObject({ unknown: [id] });
      expect((await connector.get('user', id)).kind).toBe('retry');
      google.lag.status = 403;
      for (const each of [connector, open()])
        expect((await each.members(group, change, live)).kind).toBe('retry');
      google.account.advance(60_000);
      expect(ok(await connector.members(group, change, live))).toMatchObject({ added: [id] });
    });

    it('together with another write is told to come again a second later', async () => {
      const id = await made();
      google.writesTake(100);
      const [one, two] = await Promise.all([
        connector.update('user', id, [set('active', false)], live),
        connector.update('user', id, [set('recoveryEmail', 'a@b.example')], live),
      ]);
      const refused = [one, two].find(({ kind }) => kind !== 'ok');
      expect(refused).toMatchObject({ kind: 'retry', scope: 'object', afterMs: 1000, maybeDone: true });
    });
  });

  describe('groups', () => {
    it('are renamed, described and emptied of it', async () => {
      const id = await newGroup();
      const changes = [set('name', 'Renamed'), set('description', 'What for')];
      ok(await connector.update('group', id, changes, live));
      expect(ok(await connector.get('group', id)).attributes).toMatchObject({
        name: 'Renamed',
        description: 'What for',
      });
      ok(await connector.update('group', id, [{ op: 'unset', attribute: 'description' }], live));
      expect(ok(await connector.get('group', id)).attributes.description).toBe('');
      const found = ok(await connector.find('group', { attribute: 'name', value: 'Renamed' }));
      expect(found.map((each) => each.id)).toEqual([id]);
    });

    it('hold groups, and a circle is told once all others are in', async () => {
      const [outer, inner] = [await newGroup(), await newGroup()];
      const user = await made();
      const nest = { add: [{ id: inner, type: 'group' as const }], remove: [] };
      ok(await connector.members(outer, nest, live));
      const circle = {
        add: [
          { id: outer, type: 'group' as const },
          { id: user, type: 'user' as const },
        ],
        remove: [],
      };
      expect(await connector.members(inner, circle, live)).toMatchObject({
        kind: 'rejected',
        code: 'cyclic-membership',
        attribute: 'members',
      });
      const { members } = ok(await connector.get('group', inner, { members: true }));
      expect(members).toEqual([{ id: user, type: 'user' }]);
      expect(ok(await connector.get('group', outer, { members: true })).members).toEqual([
        { id: inner, type: 'group' },
      ]);
    });

    it('leave owners and managers what they are', async () => {
      const group = await newGroup();
      const id = await made();
      google.account.groups.get(group)!.members.set(id, { role: 'OWNER' });
      const change = { add: [{ id, type: 'user' as const }], remove: [] };
      expect(ok(await connector.members(group, change, live)).added).toEqual([id]);
      expect(google.account.groups.get(group)!.members.get(id)).toEqual({ role: 'OWNER' });
    });

    it('of many members are read to the end, and a list in circles is not taken for whole', async () => {
      const group = await newGroup();
      const { members } = google.account.groups.get(group)!;
      const ids = await Promise.all(Array.from({ length: 8 }, () => made()));
      for (const id of ids) members.set(id, { role: 'MEMBER' });
      const people = [...google.account.users.keys()];
      for (const id of people) members.set(id, { role: 'MEMBER' });
      while (members.size <= 200) members.set(await made(), { role: 'MEMBER' });
      const from = google.calls.length;
      expect(ok(await connector.get('group', group, { members: true })).members).toHaveLength(members.size);
      expect(callsSince(from)).toHaveLength(3);
      google.faults.loopPages = true;
      const looped = await connector.get('group', group, { members: true });
      delete google.faults.loopPages;
      expect(looped.kind).toBe('retry');
    });

    it('without the right to change them stop the connection, whoever the member is', async () => {
      const group = await newGroup();
      const id = await made();
      google.account.users.get(id)!.isAdmin = true;
      const change = { add: [{ id, type: 'user' as const }], remove: [] };
      const auditor = open({}, { subject: 'auditor@contoso.example' });
      expect((await auditor.members(group, change, live)).kind).toBe('denied');
    });

    it('members that are gone are out already', async () => {
      const group = await newGroup();
      const change = { add: [], remove: [{ id: absent, type: 'user' as const }] };
      expect(ok(await connector.members(group, change, live)).removed).toEqual([absent]);
    });
  });

  describe('lists', () => {
    it('refuse a cursor that Google has forgotten', async () => {
      for (let at = 0; at < 3; at += 1) await made();
      const { nextCursor } = ok(await connector.list('user', { limit: 1 }));
      google.account.advance(4 * 86_400_000);
      expect(await connector.list('user', { limit: 1, cursor: nextCursor })).toMatchObject({
        kind: 'rejected',
        code: 'bad-cursor',
      });
    });

    it('give custom schemas and states, and groups as well', async () => {
      await newGroup();
      const { objects } = ok(await connector.list('user', {}));
      expect(objects.every(({ active }) => typeof active === 'boolean')).toBe(true);
      expect(ok(await connector.list('group', { limit: 1 })).objects).toHaveLength(1);
      expect(google.calls.some(({ query }) => query.includes('projection=full'))).toBe(true);
    });
  });

  describe('rights', () => {
    it('that are missing stop the connection; an administrator, only the object', async () => {
      const auditor = open({}, { subject: 'auditor@contoso.example' });
      const id = await made();
      for (const outcome of [
        await auditor.create('user', person(newName()), live),
        await auditor.update('user', id, [set('active', false)], live),
        await auditor.delete('user', id, live),
      ])
        expect(outcome).toMatchObject({ kind: 'denied', remedy: expect.stringContaining('role') });
      google.account.users.get(id)!.isAdmin = true;
      const delegate = open({}, { subject: 'delegate@contoso.example' });
      expect(await delegate.update('user', id, [set('active', false)], live)).toMatchObject({
        kind: 'rejected',
        code: 'super-admin',
      });
      expect(await delegate.delete('user', id, live)).toMatchObject({ code: 'super-admin' });
      Object.assign(google.account.users.get(id)!, { isAdmin: false, isDelegatedAdmin: true });
      expect(await delegate.update('user', id, [set('active', false)], live)).toMatchObject({
        kind: 'rejected',
        code: 'delegated-admin',
        remedy: expect.stringContaining('super administrator'),
      });
      expect(await delegate.delete('user', id, live)).toMatchObject({ code: 'delegated-admin' });
    });

    it('do not reach into other domains: nobody is found there, and nobody is made', async () => {
      google.account.unverifiedDomains.add('new.example');
      for (const address of ['x@fabrikam.example', 'x@new.example']) {
        expect(ok(await connector.find('user', { attribute: 'primaryEmail', value: address }))).toEqual([]);
        expect(await create(address)).toMatchObject({
          kind: 'rejected',
          code: 'domain',
          attribute: 'primaryEmail',
        });
      }
      const id = await made();
      const moved = await connector.update('user', id, [set('primaryEmail', 'x@fabrikam.example')], live);
      expect(moved).toMatchObject({ kind: 'rejected', code: 'domain' });
    });

    it('of scopes that were not delegated stop the connection with the line to enter', async () => {
      const scopes = ['https://www.googleapis.com/auth/admin.directory.device.chromeos'];
      expect(
        await open({ scopes }).find('user', { attribute: 'primaryEmail', value: newName() }),
      ).toMatchObject({
        kind: 'denied',
        message: expect.stringContaining('unauthorized_client'),
        remedy: expect.stringContaining(scopes[0]!),
      });
      const few = open({ scopes: ['https://www.googleapis.com/auth/admin.directory.user'] });
      const group = await few.create('group', { email: newName() }, live);
      expect(group).toMatchObject({ kind: 'denied', remedy: expect.stringContaining('scopes') });
    });

    it('of licences that have run out are told', async () => {
      google.faults.refuseWrite = {
        status: 412,
        reason: 'limitExceeded',
        message: 'Domain user limit has been exceeded.',
      };
      expect(await create(newName())).toMatchObject({ kind: 'rejected', code: 'limit-exceeded' });
    });
  });

  describe('signing in', () => {
    it('by an administrator’s refresh token, or the service account itself', async () => {
      const { clientId, clientSecret } = google.tokens.client;
      const byConsent = module.open(
        { domain: 'contoso.example', baseUrl: google.origin, tokenUrl: `${google.origin}/token` },
        { type: 'refresh-token', clientId, clientSecret, refreshToken: '1//refresh-token' },
        { userAgent: 'rollcall-test' },
      );
      opened.push(byConsent);
      ok(await byConsent.create('user', person(newName()), live));
      google.account.admins.set(google.tokens.serviceAccount, 'super');
      const itself = open({}, { subject: undefined });
      ok(await itself.create('user', person(newName()), live));
    });

    it('a token that was withdrawn is replaced once, and calls at once share one', async () => {
      google.tokens.granted.clear();
      await Promise.all([made(), made(), made()]);
      expect(google.tokens.granted.size).toBe(1);
      google.tokens.granted.clear();
      await made();
      expect(google.tokens.granted.size).toBe(1);
    });

    it('a revoked refresh token says what to do', async () => {
      const { clientId, clientSecret } = google.tokens.client;
      const revoked = module.open(
        { domain: 'contoso.example', baseUrl: google.origin, tokenUrl: `${google.origin}/token` },
        { type: 'refresh-token', clientId, clientSecret, refreshToken: 'revoked-token-4711' },
        { userAgent: 'rollcall-test' },
      );
      opened.push(revoked);
      const { ok: good, steps } = await revoked.test();
      expect(good).toBe(false);
      expect(steps.find(({ status }) => status === 'failed')).toMatchObject({
        step: 'authenticate',
        remedy: expect.stringContaining('consent again'),
      });
      expect(JSON.stringify(steps)).not.toMatch(/revoked-token-4711|GOCSPX/);
    });
  });

  describe('the test', () => {
    const stepOf = async (tested: Connector, step: string) => {
      const { steps } = await tested.test();
      return steps.find((each) => each.step === step)!;
    };

    it('goes through every step, and writes where the settings ask for it', async () => {
      const before = google.account.users.size;
      const { ok: good, steps } = await open({ writeProbe: true }).test();
      expect(good).toBe(true);
      expect(steps.map(({ step }) => step)).toEqual([
        'reach',
        'tls',
        'authenticate',
        'discover',
        'read-users',
        'find-user',
        'read-groups',
        'write-probe',
        'limits',
      ]);
      expect(steps.find(({ step }) => step === 'write-probe')!.message).toMatch(/suspended and deleted/);
      expect(google.account.users.size).toBe(before);
    });

    it('says which step fails, and what to do', async () => {
      expect(await stepOf(open({ domain: 'fabrikam.example' }), 'find-user')).toMatchObject({
        status: 'failed',
        remedy: expect.stringContaining('primary domain'),
      });
      expect(await stepOf(open({ baseUrl: 'http://127.0.0.1:9' }), 'reach')).toMatchObject({
        status: 'failed',
        remedy: expect.stringContaining('firewall'),
      });
      const auditor = open({ writeProbe: true }, { subject: 'auditor@contoso.example' });
      expect(await stepOf(auditor, 'write-probe')).toMatchObject({ status: 'failed' });
      const users = ['https://www.googleapis.com/auth/admin.directory.user'];
      const { steps } = await open({ scopes: users }).test();
      const failing = steps.filter(({ status }) => status === 'failed');
      expect(failing.map(({ step }) => step)).toEqual(['read-groups']);
      expect(failing[0]!.remedy).toMatch(/scopes/);
    });

    it('does not ask for groups where there are none', async () => {
      expect(await stepOf(open({ groups: false }), 'read-groups')).toMatchObject({ status: 'skipped' });
      expect(module.capabilities!({ domain: 'contoso.example', groups: false }).groups).toBe(false);
    });
  });

  describe('safety', () => {
    it('addresses outside the allowed networks are not called, neither the API nor for tokens', async () => {
      const asked: string[] = [];
      const closed = open({}, {}, { allowAddress: (address) => (asked.push(address), false) });
      const from = google.calls.length;
      expect(await closed.get('user', absent)).toMatchObject({ kind: 'denied' });
      expect(asked).toContain('127.0.0.1');
      expect(callsSince(from)).toEqual([]);
      expect((await closed.test()).steps[0]).toMatchObject({ step: 'reach', status: 'failed' });
    });

    it('nothing is called before the first operation', async () => {
      const before = google.tokens.granted.size;
      await open().close();
      expect(google.tokens.granted.size).toBe(before);
    });

    it('plan mode says what it would read and write, aliases and passwords included', async () => {
      const from = google.calls.length;
      const shown = async (outcome: Promise<Outcome<unknown>>) =>
        (await outcome).calls?.map(({ method, url }) => `${method} ${new URL(url).pathname.slice(20)}`);
      const address = newName();
      expect(
        await shown(connector.create('user', person(address, { aliases: ['a@contoso.example'] }), plan)),
      ).toEqual(['POST users', 'POST users/%7Bid%7D/aliases']);
      const changes = [set('name.givenName', 'A'), set('aliases', ['a@contoso.example'])];
      expect(await shown(connector.update('user', '1', changes, plan))).toEqual([
        'GET users/1',
        'PATCH users/1',
        'GET users/1/aliases',
        'POST users/1/aliases',
      ]);
      const secret = await connector.update('user', '1', [set('password', 'geheim-geheim')], plan);
      expect(secret.calls?.[0]?.body).toEqual({ password: '***' });
      expect(callsSince(from)).toEqual([]);
    });

    it('an answer that is too long is told as what it is', async () => {
      expect(await open({ maxAnswerBytes: 1024 }).list('user', {})).toMatchObject({
        kind: 'rejected',
        code: 'answer-too-long',
      });
    });
  });
});
