import { chmod, mkdir, mkdtemp, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ssh2 from 'ssh2';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { type Connector, connectorModule, type OperationContext } from '@rollcall/connectors';
import { describeWithSshd, startSshd } from '../harness/index.js';

const module = connectorModule('csv')!;
const userAgent = 'rollcall-test';
let serial = 0;
const live = (): OperationContext => ({ operationId: String((serial += 1)), attempt: 1, mode: 'live' });
const person = (userName: string, further: object = {}) => ({ userName, title: 'Engineer', ...further });
const adasTitle = (value: string) => [{ op: 'set' as const, attribute: 'title', value }];

describe('CSV files in a folder', () => {
  const opened: Connector[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((connector) => connector.close()));
  });

  async function place() {
    const folder = await mkdtemp(join(inject('runFolder'), 'csv-'));
    return {
      folder,
      open(settings: object = {}, localFolders: readonly string[] = [folder], at = folder) {
        const connector = module.open(
          { url: pathToFileURL(at).href, groups: false, stableMs: 0, ...settings },
          { type: 'none' },
          { userAgent, localFolders },
        );
        opened.push(connector);
        return connector;
      },
      put: (name: string, text: string | Buffer) => writeFile(join(folder, name), text),
      text: (name: string) => readFile(join(folder, name), 'utf8'),
    };
  }

  it('writes the file once for all changes that wait together', async () => {
    const { folder, open, text } = await place();
    const connector = open({ mode: 'changes' });
    const many = Array.from({ length: 200 }, (_, at) => connector.create('user', person(`u${at}`), live()));
    const outcomes = await Promise.all(many);
    expect(outcomes.every(({ kind }) => kind === 'ok')).toBe(true);
    expect((await text('users.csv')).trim().split('\r\n')).toHaveLength(201);
    const written = (await readdir(folder)).filter((name) => /^users-\d{8}T/.test(name));
    expect(written).toHaveLength(1);
    expect((await text(written[0]!)).split('\r\n')[1]).toMatch(/^create,[0-9a-f-]{36},u0,true,/);
  });

  it('keeps what others have added to the file, and never writes over what changed meanwhile', async () => {
    const { open, put, text } = await place();
    const connector = open({ userColumns: ['userName', 'active', 'title'] });
    await put('users.csv', 'userName,desk,id\nada,"4, left",\n');
    expect(await connector.create('user', person('grace'), live())).toMatchObject({ kind: 'ok' });
    const lines = (await text('users.csv')).trim().split('\r\n');
    expect(lines[0]).toBe('userName,desk,id,active,title');
    expect(lines[1]).toMatch(/^ada,"4, left",row-[0-9a-f]{24},,$/);
    await put('users.csv', `${(await text('users.csv')).trim()}\r\nalan,,9,true,Mathematician\r\n`);
    const [ada] = okValue(await connector.find('user', { attribute: 'userName', value: 'ADA' }));
    expect(await connector.update('user', ada!.id, adasTitle('Countess'), live())).toMatchObject({
      kind: 'ok',
    });
    const after = await text('users.csv');
    expect(after).toContain('alan,,9,true,Mathematician');
    expect(after).toMatch(/^ada,"4, left",row-[0-9a-f]{24},,Countess\r$/m);
  });

  it('does not write over a file it cannot read, says the line, and goes on when it is mended', async () => {
    const { open, put, text } = await place();
    const connector = open({ userColumns: ['userName', 'active', 'title'] });
    await put('users.csv', 'id,userName,active,title\n1,ada,true,x\n2,grace,true\n');
    const outcome = await connector.create('user', person('alan'), live());
    expect(outcome).toMatchObject({
      kind: 'retry',
      scope: 'connection',
      message: expect.stringContaining('Line 3 of users.csv has 3 fields instead of 4'),
    });
    expect(await text('users.csv')).toBe('id,userName,active,title\n1,ada,true,x\n2,grace,true\n');
    await put('users.csv', 'id,userName,active,title\n1,ada,true,x\n2,grace,true,\n');
    expect(await connector.create('user', person('alan'), live())).toMatchObject({ kind: 'ok' });
  });

  it('two processes that write the same files lose nothing', async () => {
    const { open, text } = await place();
    const both = [open(), open()];
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, at) => both[at % 2]!.create('user', person(`u${at}`), live())),
    );
    expect(outcomes.filter(({ kind }) => kind !== 'ok')).toEqual([]);
    expect((await text('users.csv')).trim().split('\r\n')).toHaveLength(61);
  });

  it('waits for the lock of another process, and takes one that was left behind', async () => {
    const { folder, open, put } = await place();
    const connector = open({ timeoutMs: 100 });
    await put('users.csv.lock', 'of-another-process');
    await put('users.csv.of-another-process.part', 'half');
    const began = performance.now();
    const first = await connector.create('user', person('ada'), live());
    const outcome = first.kind === 'retry' ? await connector.create('user', person('ada'), live()) : first;
    expect(outcome.kind).toBe('ok');
    // 5.2 s: a lock that has been the same for longer than any work takes.
    expect(performance.now() - began).toBeGreaterThan(5_200);
    await connector.close();
    expect(await readdir(folder)).not.toContain('users.csv.lock');
  }, 30_000);

  it('refuses what the encoding lacks and what a column cannot hold, with the attribute', async () => {
    const { open } = await place();
    const connector = open({ encoding: 'windows-1252' });
    for (const [attributes, code, attribute] of [
      [person('ada', { title: 'λ' }), 'not-in-encoding', 'title'],
      [person('ada', { city: ['London', 'Paris'] }), 'invalid-value', 'city'],
      [person('ada', { shoeSize: 38 }), 'unknown-column', 'shoeSize'],
      [person(''), 'no-key', 'userName'],
    ] as const)
      expect(await connector.create('user', attributes as never, live())).toMatchObject({
        kind: 'rejected',
        code,
        attribute,
        remedy: expect.any(String),
      });
    expect(await connector.create('user', person('ada', { title: 'Größe €' }), live())).toMatchObject({
      kind: 'ok',
    });
  });

  it('finishes files of changes that a stopped process had prepared', async () => {
    const { folder, open, put, text } = await place();
    const settings = { mode: 'changes', sideFile: 'ok' };
    const first = open(settings);
    await first.create('user', person('ada'), live());
    await first.close();
    const { createHash } = await import('node:crypto');
    const mark = createHash('sha256')
      .update(await readFile(join(folder, 'users.csv')))
      .digest('hex');
    await put(`users-later.csv.${mark.slice(0, 16)}.next`, 'of the table that is in place');
    await put(`users-never.csv.${'0'.repeat(16)}.next`, 'of a table that never came');
    await open(settings).create('user', person('grace'), live());
    expect(await text('users-later.csv')).toBe('of the table that is in place');
    expect(
      (await readdir(folder)).filter((name) => name.endsWith('.next') || name.includes('never')),
    ).toEqual([]);
  });

  it('works only in folders the operator allows, and follows no link out of them', async () => {
    const { folder, open } = await place();
    const elsewhere = await mkdtemp(join(inject('runFolder'), 'csv-'));
    const refused = async (connector: Connector) => {
      expect(await connector.create('user', person('ada'), live())).toMatchObject({
        kind: 'denied',
        remedy: expect.any(String),
      });
      expect((await connector.test()).ok).toBe(false);
    };
    await refused(open({}, []));
    await refused(open({}, [folder], elsewhere));
    await symlink(elsewhere, join(folder, 'out'));
    await refused(open({}, [folder], join(folder, 'out')));
    await refused(open({ usersFile: 'out/users.csv' }));
    await writeFile(join(elsewhere, 'users.csv'), 'id,userName\n');
    await symlink(join(elsewhere, 'users.csv'), join(folder, 'users.csv'));
    await refused(open());
    expect(await readFile(join(elsewhere, 'users.csv'), 'utf8')).toBe('id,userName\n');
  });

  it('waits where a file it knows has gone, and goes on when it is back or an empty one is put there', async () => {
    const { folder, open, put, text } = await place();
    const connector = open({ groups: true });
    const away = (name: string) => rename(join(folder, name), join(folder, `${name}.away`));
    const back = (name: string) => rename(join(folder, `${name}.away`), join(folder, name));
    const { id } = okValue(await connector.create('user', person('ada'), live()));
    const group = okValue(await connector.create('group', { displayName: 'Engineers' }, live()));
    const joining = { add: [{ id, type: 'user' as const }], remove: [] };
    okValue(await connector.members(group.id, joining, live()));
    const leave = [{ op: 'set' as const, attribute: 'active', value: false }];
    const everything = async (of: Connector) => [
      await of.get('user', id),
      await of.list('user', {}),
      await of.update('user', id, leave, live()),
      await of.delete('user', id, live()),
      await of.members(group.id, { add: [], remove: joining.add }, live()),
      await of.create('user', person('grace'), live()),
    ];
    for (const name of ['users.csv', 'groups.csv', 'memberships.csv']) {
      const before = await text(name);
      await away(name);
      // The second one has never seen the file: it takes it from the mark that stands beside.
      for (const each of [connector, open({ groups: true })])
        for (const outcome of await everything(each))
          expect(outcome).toMatchObject({
            kind: 'retry',
            scope: 'connection',
            message: expect.stringContaining(`${name} is gone: put it back`),
          });
      expect(await readdir(folder)).not.toContain(name);
      await back(name);
      expect(await text(name)).toBe(before);
    }
    expect(okValue(await connector.get('user', id)).id).toBe(id);
    await away('users.csv');
    await put('users.csv', '');
    expect(await connector.get('user', id)).toMatchObject({ kind: 'not-found' });
    expect(await connector.create('user', person('grace'), live())).toMatchObject({ kind: 'ok' });
  });

  it('does not call a row gone, or absent, where there is no file it could be in', async () => {
    const { folder, open } = await place();
    const connector = open({ groups: true });
    expect(okValue(await connector.find('user', { attribute: 'userName', value: 'ada' }))).toEqual([]);
    expect(okValue(await connector.list('user', {})).objects).toEqual([]);
    for (const outcome of [
      await connector.get('user', '7'),
      await connector.update('user', '7', adasTitle('Countess'), live()),
      await connector.delete('user', '7', live()),
      await connector.get('group', '7'),
      await connector.members('7', { add: [], remove: [{ id: '7', type: 'user' }] }, live()),
    ])
      expect(outcome).toMatchObject({ kind: 'retry', message: expect.stringContaining('is gone') });
    expect((await readdir(folder)).filter((name) => name.endsWith('.csv'))).toEqual([]);
  });

  it('publishes what a stopped process had prepared at the first look, with nothing to write', async () => {
    const { folder, open, text } = await place();
    const settings = { mode: 'changes', sideFile: 'ok' };
    const first = open(settings);
    const { id } = okValue(await first.create('user', person('ada'), live()));
    await first.close();
    const [changes] = (await readdir(folder)).filter((name) => /^users-.*\.csv$/.test(name));
    const { createHash } = await import('node:crypto');
    const content = await readFile(join(folder, 'users.csv'));
    const mark = createHash('sha256').update(content).digest('hex').slice(0, 16);
    // As it is left by a process that died when users.csv was in place and nothing else.
    for (const name of [changes!, `${changes}.ok`])
      await rename(join(folder, name), join(folder, `${name}.${mark}.next`));
    const second = open(settings);
    expect(okValue(await second.get('user', id)).attributes.userName).toBe('ada');
    expect(await text(changes!)).toContain('create,');
    expect(await text(`${changes}.ok`)).toBe('');
    await second.close();
    expect((await readdir(folder)).filter((name) => /\.(next|lock)$/.test(name))).toEqual([]);
  });

  it('takes a leaver out of every group, whatever others have left between the members of one', async () => {
    const { open, put, text } = await place();
    const connector = open({ groups: true, memberships: 'column', groupColumns: ['displayName'] });
    await put('users.csv', 'id,userName\n1,grace\n2,alan\n9,ada\n');
    await put('groups.csv', 'id,displayName,members\ng1,Engineers,1;9\ng2,Readers,1;;9;2;\n');
    const [deleted, retitled] = await Promise.all([
      connector.delete('user', '9', live()),
      connector.update('user', '1', adasTitle('Admiral'), live()),
    ]);
    expect([deleted.kind, retitled.kind]).toEqual(['ok', 'ok']);
    expect(await text('users.csv')).not.toContain('ada');
    expect((await text('groups.csv')).trim().split('\r\n')).toEqual([
      'id,displayName,members',
      'g1,Engineers,1',
      'g2,Readers,1;2',
    ]);
  });

  it('takes FALSE, as spreadsheets write it, for disabled', async () => {
    const { open, put } = await place();
    const connector = open();
    await put('users.csv', 'id,userName,active\n1,ada,FALSE\n2,grace,false \n3,alan,True\n');
    const { objects } = okValue(await connector.list('user', {}));
    expect(objects.map(({ active, attributes }) => [active, attributes.active])).toEqual([
      [false, false],
      [false, false],
      [true, true],
    ]);
  });

  it('leaves the rights of a file as the operator has set them', async () => {
    const { folder, open, put } = await place();
    await put('users.csv', 'id,userName\n');
    await chmod(join(folder, 'users.csv'), 0o664);
    expect(await open().create('user', person('ada'), live())).toMatchObject({ kind: 'ok' });
    expect((await stat(join(folder, 'users.csv'))).mode & 0o777).toBe(0o664);
  });

  it.each([
    'sftp://files.example.com/~bob/out',
    'sftp://files.example.com/%7Ebob',
    'file:///a%2Fb',
    'file://host/a',
  ])('refuses %s before anything is opened', (url) => {
    expect(module.check!({ settings: { url } })).toMatchObject([{ field: 'settings.url' }]);
  });

  describe('to import', () => {
    const importing = { mode: 'import', idColumn: 'No', userKey: 'Login', activeColumn: 'Status' };

    it('reads other encodings, leaves out broken rows with their lines, and does not call the list whole', async () => {
      const { open, put } = await place();
      const connector = open({
        ...importing,
        delimiter: ';',
        encoding: 'windows-1252',
        activeValue: 'active',
        inactiveValue: 'left',
      });
      const rows = [
        'No;Login;Name;Status',
        '1;ada;"Lovelace; ""A""\nof Größe";active',
        '2;grace',
        '3;alan;;left',
        '1;eve;;',
      ];
      const { default: iconv } = await import('iconv-lite');
      await put('users.csv', iconv.encode(`${rows.join('\r\n')}\r\n`, 'windows-1252'));
      const page = okValue(await connector.list('user', {}));
      expect(page.objects).toEqual([
        {
          id: '1',
          active: true,
          attributes: { No: '1', Login: 'ada', Name: 'Lovelace; "A"\nof Größe', Status: true },
        },
        { id: '3', active: false, attributes: { No: '3', Login: 'alan', Status: false } },
      ]);
      expect(page.cutShort).toBe(
        'Rows of users.csv were left out: line 4 has 2 fields instead of 4; line 6 has the id of a row above it.',
      );
    });

    it('refuses a file that has shrunk, is empty or lacks a column, and keeps the one before', async () => {
      const { folder, open, put } = await place();
      await mkdir(join(folder, 'archive'));
      const connector = open({ ...importing, pickUp: true, archiveFolder: 'archive' });
      const file = (count: number) =>
        ['No,Login', ...Array.from({ length: count }, (_, at) => `${at},u${at}`)].join('\n');
      const list = async () => connector.list('user', {});
      await put('users.csv', file(100));
      expect(okValue(await list()).objects).toHaveLength(100);
      for (const [text, code] of [
        [file(80), 'shrunk'],
        ['No,Login\n', 'empty'],
        ['No,Name\n1,Ada\n', 'missing-column'],
      ] as const) {
        await put('users.csv', text);
        expect(await list()).toMatchObject({ kind: 'rejected', code, remedy: expect.any(String) });
      }
      await put('users.csv', file(95));
      expect(okValue(await list()).objects).toHaveLength(95);
      expect(await readdir(join(folder, 'archive'))).toHaveLength(1);
      expect(okValue(await list()).objects).toHaveLength(95);
    });

    it('waits for the .ok file, and sees whether the checksum in it is right', async () => {
      const { folder, open, put } = await place();
      const connector = open({ ...importing, wholeWhen: 'ok-file' });
      await put('users.csv', 'No,Login\n1,ada\n');
      expect(await connector.list('user', {})).toMatchObject({ kind: 'retry', scope: 'connection' });
      await put('users.csv.ok.part', '0'.repeat(64));
      await rename(join(folder, 'users.csv.ok.part'), join(folder, 'users.csv.ok'));
      expect(await connector.list('user', {})).toMatchObject({ kind: 'rejected', code: 'wrong-sum' });
      await put('users.csv.ok', '');
      expect(okValue(await connector.list('user', {})).objects).toHaveLength(1);
    });

    it('does not pass over broken rows where one object is asked for', async () => {
      const { open, put } = await place();
      const connector = open({ ...importing, groups: true, groupKey: 'Name' });
      await put('users.csv', 'No,Login\n1,ada\n2\n');
      await put('groups.csv', 'No,Name\ng1,Engineers\n');
      await put('memberships.csv', 'group,member\ng1,1\ng1\n');
      const broken = { kind: 'rejected', code: 'bad-file', remedy: expect.any(String) };
      expect(await connector.get('group', 'g1', { members: true })).toMatchObject({
        ...broken,
        message: expect.stringContaining('line 3 has 1 fields instead of 2'),
      });
      for (const outcome of [
        await connector.get('user', '2'),
        await connector.find('user', { attribute: 'Login', value: 'grace' }),
      ])
        expect(outcome).toMatchObject({ ...broken, message: expect.stringContaining('line 3') });
      expect(okValue(await connector.get('user', '1')).id).toBe('1');
      await put('memberships.csv', 'group,member\ng1,1\ng1,\n');
      expect(await connector.get('group', 'g1', { members: true })).toMatchObject(broken);
      await put('memberships.csv', 'group,member\ng1,1\ng1,22\n');
      expect(okValue(await connector.get('group', 'g1', { members: true })).members).toHaveLength(2);
    });

    it('tells groups as changed where their members alone have changed', async () => {
      const { open, put } = await place();
      const connector = open({ ...importing, groups: true, groupKey: 'Name' });
      await put('groups.csv', 'No,Name\ng1,Engineers\n');
      await put('memberships.csv', 'group,member\ng1,1\n');
      const { token } = okValue(await connector.changes!('group', {}));
      expect(okValue(await connector.changes!('group', { token })).objects).toEqual([]);
      await put('memberships.csv', 'group,member\ng1,1\ng1,2\n');
      const changed = okValue(await connector.changes!('group', { token }));
      expect(changed.objects.map(({ id }) => id)).toEqual(['g1']);
      expect(okValue(await connector.changes!('group', { token: changed.token })).objects).toEqual([]);
      await put('memberships.csv', 'group,member\ng2,1\n');
      expect(await connector.changes!('group', { token: changed.token })).toMatchObject({ code: 'shrunk' });
    });

    it('leaves out rows whose status it does not know, and takes an empty one for active', async () => {
      const { open, put } = await place();
      const connector = open(importing);
      await put('users.csv', 'No,Login,Status\n1,ada,TRUE\n2,grace,False\n3,alan,gone\n4,eve,\n');
      const page = okValue(await connector.list('user', {}));
      expect(page.objects.map(({ id, active }) => [id, active])).toEqual([
        ['1', true],
        ['2', false],
        ['4', true],
      ]);
      expect(page.cutShort).toContain('line 4 has "gone" in Status, which is neither "true" nor "false"');
      expect(await connector.get('user', '3')).toMatchObject({ code: 'bad-file' });
    });

    it('guards the file that was taken last, too', async () => {
      const { open, put } = await place();
      const connector = open({ ...importing, pickUp: true });
      const rows = Array.from({ length: 50 }, (_, at) => `${at},u${at}`);
      await put('users.csv', ['No,Login', ...rows].join('\n'));
      const { token } = okValue(await connector.changes!('user', {}));
      await put('users.csv.current', 'No,Login\n1,u1\n');
      expect(await connector.list('user', {})).toMatchObject({ code: 'shrunk' });
      expect(await open({ ...importing, pickUp: true }).changes!('user', { token })).toMatchObject({
        code: 'shrunk',
      });
    });

    it('tells changes as a new file, and that it does not tell who has gone', async () => {
      const { open, put } = await place();
      const connector = open(importing);
      await put('users.csv', 'No,Login\n1,ada\n');
      const begin = okValue(await connector.changes!('user', {}));
      expect(begin).toMatchObject({ objects: [], deleted: [], token: expect.any(String) });
      const same = okValue(await connector.changes!('user', { token: begin.token }));
      expect(same).toEqual({ objects: [], deleted: [], token: begin.token });
      await put('users.csv', 'No,Login\n1,ada\n2,grace\n');
      const changed = okValue(await connector.changes!('user', { token: begin.token }));
      expect(changed.objects.map(({ id }) => id)).toEqual(['1', '2']);
      expect(changed).toMatchObject({ deletionsUnknown: expect.any(String), token: expect.any(String) });
      expect(await connector.changes!('user', { token: 'made up' })).toMatchObject({ code: 'bad-token' });
      expect(await connector.create('user', person('alan'), live())).toMatchObject({ code: 'read-only' });
    });
  });
});

describeWithSshd('CSV over SFTP', () => {
  it('knows the server by its key, and says which it has', async () => {
    const sshd = await startSshd();
    try {
      const testWith = async (settings: object, credentials: object = sshd.writer, runtime: object = {}) => {
        const connector = module.open({ url: sshd.url, ...settings }, credentials, { userAgent, ...runtime });
        const { steps } = await connector.test();
        await connector.close();
        return steps.find(({ status }) => status === 'failed');
      };
      expect(await testWith({ hostKey: `# old and new\n${sshd.hostKey}\n` })).toBeUndefined();
      expect(await testWith({ hostKey: sshd.fingerprint, writeProbe: true }, sshd.guarded)).toBeUndefined();
      expect(await testWith({})).toMatchObject({
        step: 'tls',
        remedy: expect.stringContaining(sshd.fingerprint),
      });
      expect(await testWith({ hostKey: `SHA256:${'A'.repeat(43)}` })).toMatchObject({
        step: 'tls',
        message: expect.stringContaining('another key'),
      });
      expect(
        await testWith({ hostKey: sshd.fingerprint }, sshd.writer, { allowAddress: () => false }),
      ).toMatchObject({ step: 'reach', remedy: expect.stringContaining('HUB_TARGET_NETWORKS') });
      expect(await testWith({ hostKey: sshd.fingerprint, url: `${sshd.url}/nowhere` })).toMatchObject({
        step: 'discover',
        remedy: expect.any(String),
      });
      expect(await testWith({ hostKey: sshd.fingerprint, writeProbe: true }, sshd.reader)).toMatchObject({
        step: 'write-probe',
        remedy: expect.stringContaining('right'),
      });
      const messageOfLimits = async (writeProbe: boolean) => {
        const settings = { url: sshd.url, hostKey: sshd.hostKey, writeProbe };
        const connector = module.open(settings, sshd.writer, { userAgent });
        const { steps } = await connector.test();
        await connector.close();
        return steps.find(({ step }) => step === 'limits')?.message;
      };
      expect(await messageOfLimits(false)).toContain('was not tried');
      expect(await messageOfLimits(true)).toBe('The largest file has 0 bytes.');
      expect(module.check!({ credentials: { ...sshd.guarded, passphrase: 'wrong' } })).toMatchObject([
        { field: 'credentials.passphrase' },
      ]);
    } finally {
      await sshd.stop();
    }
  });
});

/** A server that lets people in by password only: one way or the other. It has one folder. */
async function startPasswordServer(way: 'password' | 'keyboard-interactive', password: string) {
  const { private: key } = ssh2.utils.generateKeyPairSync('ed25519');
  const server = new ssh2.Server({ hostKeys: [key] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (attempt) => {
      if (attempt.method !== way) return attempt.reject([way]);
      if (attempt.method === 'password')
        return attempt.password === password ? attempt.accept() : attempt.reject([way]);
      if (attempt.method === 'keyboard-interactive')
        attempt.prompt([{ prompt: 'Password: ', echo: false }], ([answer]) =>
          answer === password ? attempt.accept() : attempt.reject([way]),
        );
    });
    client.on('session', (accept) =>
      accept().on('sftp', (open) => {
        const sftp = open();
        sftp.on('STAT', (id, path) =>
          path === '/outbox'
            ? sftp.attrs(id, { mode: 0o040755, size: 0, uid: 0, gid: 0, atime: 0, mtime: 0 })
            : sftp.status(id, ssh2.utils.sftp.STATUS_CODE.NO_SUCH_FILE),
        );
        // Nothing is there yet.
        sftp.on('OPEN', (id) => sftp.status(id, ssh2.utils.sftp.STATUS_CODE.NO_SUCH_FILE));
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, server };
}

describe('CSV at a server that asks for a password', () => {
  it.each(['password', 'keyboard-interactive'] as const)('by %s', async (way) => {
    const { server, port } = await startPasswordServer(way, 'right-password');
    const failedStep = async (password: string) => {
      const settings = { url: `sftp://127.0.0.1:${port}/outbox` };
      const credentials = { type: 'password', username: 'rollcall', password };
      const asking = module.open(settings, credentials, { userAgent });
      const { remedy } = (await asking.test()).steps.find(({ status }) => status === 'failed')!;
      await asking.close();
      const [hostKey] = /SHA256:[A-Za-z0-9+/]{43}/.exec(remedy!)!;
      const connector = module.open({ ...settings, hostKey }, credentials, { userAgent });
      const report = await connector.test();
      await connector.close();
      expect(JSON.stringify(report)).not.toContain(password);
      return report.steps.find(({ status }) => status === 'failed');
    };
    try {
      expect(await failedStep('right-password')).toBeUndefined();
      expect(await failedStep('wrong-password')).toMatchObject({ step: 'authenticate' });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

function okValue<T>(outcome: { kind: string; value?: T }): T {
  expect(outcome).toMatchObject({ kind: 'ok' });
  return outcome.value!;
}
