import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../apps/sandbox/src/start-sandbox.js';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});

async function start(more: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ port: 0, token: 'token', ...more });
  cleanUp.push(() => sandbox.stop());
  return sandbox;
}
async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'rollcall-sandbox-'));
  cleanUp.push(() => rm(made, { recursive: true }));
  return made;
}
const headers = { authorization: 'Bearer token', 'content-type': 'application/scim+json' };
const call = (sandbox: Sandbox, method: string, path: string, body?: object) =>
  fetch(sandbox.baseUrl + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
const add = async (sandbox: Sandbox, path: string, body: object) =>
  ((await (await call(sandbox, 'POST', path, body)).json()) as { id: string }).id;
const patch = (op: string, path: string, value: unknown) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op, path, value }],
});

describe('sandbox', () => {
  it('lets nobody in without the token', async () => {
    const sandbox = await start();
    for (const authorization of ['', 'Bearer wrong', 'Bearer token2', 'Basic token']) {
      const answer = await fetch(`${sandbox.baseUrl}/Users`, { headers: { authorization } });
      expect(answer.status).toBe(401);
    }
    expect((await fetch(`${sandbox.url}/health`)).status).toBe(200);
  });

  it('keeps names apart without regard to case, and frees them on delete', async () => {
    const sandbox = await start();
    const ada = await add(sandbox, '/Users', { userName: 'ada' });
    const grace = await add(sandbox, '/Users', { userName: 'grace' });
    const taken = await call(sandbox, 'POST', '/Users', { userName: 'ADA' });
    expect([taken.status, ((await taken.json()) as { scimType: string }).scimType]).toEqual([
      409,
      'uniqueness',
    ]);
    expect(
      (await call(sandbox, 'PATCH', `/Users/${grace}`, patch('replace', 'userName', 'Ada'))).status,
    ).toBe(409);
    expect((await call(sandbox, 'PATCH', `/Users/${ada}`, patch('replace', 'userName', 'ADA'))).status).toBe(
      200,
    );
    await add(sandbox, '/Groups', { displayName: 'Staff' });
    expect((await call(sandbox, 'POST', '/Groups', { displayName: 'staff' })).status).toBe(409);
    expect((await call(sandbox, 'DELETE', `/Users/${ada}`)).status).toBe(204);
    expect((await call(sandbox, 'POST', '/Users', { userName: 'ada' })).status).toBe(201);
  });

  it('takes a deleted account out of its groups', async () => {
    const sandbox = await start();
    const ada = await add(sandbox, '/Users', { userName: 'ada' });
    await add(sandbox, '/Groups', { displayName: 'Staff', members: [{ value: ada }] });
    await call(sandbox, 'DELETE', `/Users/${ada}`);
    expect(sandbox.groups()[0]?.members).toEqual([]);
  });

  it('loses no member when two changes to a group arrive at once', async () => {
    const sandbox = await start();
    const group = await add(sandbox, '/Groups', { displayName: 'Staff' });
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, at) => add(sandbox, '/Users', { userName: `user-${at}` })),
    );
    const answers = await Promise.all(
      ids.map((value) => call(sandbox, 'PATCH', `/Groups/${group}`, patch('add', 'members', [{ value }]))),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(
      sandbox
        .groups()[0]
        ?.members.map(({ value }) => value)
        .toSorted(),
    ).toEqual(ids.toSorted());
  });

  it('pages by startIndex and count', async () => {
    const sandbox = await start();
    for (let at = 0; at < 7; at++) await add(sandbox, '/Users', { userName: `user-${at}` });
    const page = async (query: string) => {
      const list = (await (await call(sandbox, 'GET', `/Users?${query}`)).json()) as {
        totalResults: number;
        startIndex: number;
        Resources: { userName: string }[];
      };
      return [
        list.totalResults,
        list.startIndex,
        list.Resources.map(({ userName }) => userName.slice(5)).join(''),
      ];
    };
    expect(await page('startIndex=1&count=3')).toEqual([7, 1, '012']);
    expect(await page('startIndex=4&count=3')).toEqual([7, 4, '345']);
    expect(await page('startIndex=7&count=3')).toEqual([7, 7, '6']);
    expect(await page('startIndex=3&count=5')).toEqual([7, 3, '23456']);
    expect(await page('startIndex=2&count=4')).toEqual([7, 2, '1234']);
    expect(await page('startIndex=8&count=3')).toEqual([7, 8, '']);
    expect(await page('filter=userName+eq+"USER-4"')).toEqual([1, 1, '4']);
    expect(await page('filter=userName+sw+"user-"+and+userName+ew+"2"')).toEqual([1, 1, '2']);
    expect(await page(`filter=${encodeURIComponent('emails[type eq "work"].value eq "x"')}`)).toEqual([
      0,
      1,
      '',
    ]);
  });

  it('shows accounts and groups on its page, and nothing of theirs is run there', async () => {
    const sandbox = await start();
    const ada = await add(sandbox, '/Users', {
      userName: '<img src=x onerror=alert(1)>',
      active: true,
      title: 'Analyst',
    });
    await add(sandbox, '/Users', { userName: 'grace', active: false });
    await add(sandbox, '/Groups', { displayName: 'Staff', members: [{ value: ada }] });
    const page = await fetch(sandbox.url);
    const html = await page.text();
    expect(html).not.toContain('onerror');
    expect(html).not.toContain('innerHTML');
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'sha256-/);
    const state = await (await fetch(`${sandbox.url}/state?search=`)).json();
    expect(state).toMatchObject({
      accounts: 2,
      active: 1,
      groups: 1,
      groupList: [{ displayName: 'Staff', size: 1, members: ['<img src=x onerror=alert(1)>'] }],
    });
    const searched = await (await fetch(`${sandbox.url}/state?search=GRACE`)).json();
    expect(searched).toMatchObject({ found: 1, users: [{ resource: { userName: 'grace', active: false } }] });
  });

  it('keeps its accounts in the data file', async () => {
    const dataFile = join(await folder(), 'accounts.json');
    const before = await startSandbox({ port: 0, token: 'token', dataFile });
    const ada = await add(before, '/Users', { userName: 'ada' });
    await add(before, '/Groups', { displayName: 'Staff', members: [{ value: ada }] });
    await before.stop();
    const after = await start({ dataFile });
    expect(after.accounts()).toMatchObject([{ id: ada, userName: 'ada' }]);
    expect(after.groups()).toMatchObject([{ displayName: 'Staff', members: [{ value: ada }] }]);
    expect((await call(after, 'POST', '/Users', { userName: 'Ada' })).status).toBe(409);
  });

  it('does not write over a file that is not its own', async () => {
    const dataFile = join(await folder(), 'other.json');
    await writeFile(dataFile, '{"precious":true}');
    await expect(startSandbox({ port: 0, token: 'token', dataFile })).rejects.toThrow(
      'not a file of this sandbox',
    );
    expect(await readFile(dataFile, 'utf8')).toBe('{"precious":true}');
  });
});

const program = join(import.meta.dirname, '../../dist/apps/sandbox/src/main.js');
describe.skipIf(!existsSync(program) && process.env.CI !== 'true')(
  'sandbox program (needs npm run build)',
  () => {
    function run(env: Record<string, string>) {
      const child = spawn(process.execPath, [program], { env: { PATH: process.env.PATH ?? '', ...env } });
      cleanUp.push(async () => child.kill('SIGKILL'));
      let output = '';
      let errors = '';
      child.stdout.on('data', (chunk) => (output += chunk));
      child.stderr.on('data', (chunk) => (errors += chunk));
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      const ready = new Promise<void>((resolve) =>
        child.stdout.on('data', () => output.includes('token') && resolve()),
      );
      return { child, ended, ready, output: () => output, errors: () => errors };
    }

    it('prints where it is, and ends on a signal', async () => {
      const { child, ended, ready, output } = run({ SANDBOX_PORT: '0', SANDBOX_TOKEN: 'given-token' });
      await ready;
      expect(output()).toMatch(/SCIM base URL +http:\/\/127\.0\.0\.1:\d+\/scim\/v2/);
      expect(output()).not.toContain('given-token');
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    });

    it('says in one line when the port is taken or is none', async () => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      cleanUp.push(() => new Promise((resolve) => other.close(resolve)));
      const { port } = other.address() as AddressInfo;
      for (const [value, message] of [
        [String(port), `Port ${port} is taken`],
        ['many', 'SANDBOX_PORT is "many"'],
      ] as const) {
        const { ended, errors } = run({ SANDBOX_PORT: value });
        expect(await ended).toBe(1);
        expect(errors()).toContain(message);
        expect(errors().trim().split('\n')).toHaveLength(1);
      }
    });
  },
);
