import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findPostmaster } from '../../libs/platform/src/embedded-postgres/postmaster.js';
import {
  createTestDatabase,
  freePort,
  startHub,
  startHubInVain,
  type TestDatabase,
  waitFor,
} from '../harness/index.js';

/** An empty variable counts as unset. */
const embedded = { databaseUrl: '' };
const newFolder = () => mkdtemp(join(inject('runFolder'), 'data-'));

describe('the hub on embedded parts', () => {
  it('keeps everything over a restart, and shows its new admin key once', async () => {
    const folder = await newFolder();
    const environment = { HUB_DATA_DIR: folder, HUB_ADMIN_KEY: '', HUB_MASTER_KEY: '' };
    const first = await startHub({ ...embedded, environment });
    const key = (await readFile(join(folder, 'admin.key'), 'utf8')).trim();
    expect(first.output()).toContain(key);
    const { id } = await first.admin<{ id: string }>(
      'POST',
      'sources',
      { name: 'Entra', client: 'entra' },
      key,
    );
    await first.stop();
    expect(await findPostmaster(join(folder, 'postgres'))).toBeUndefined();

    const second = await startHub({ ...embedded, environment });
    expect(second.output()).not.toContain(key);
    expect(second.output()).toContain(join(folder, 'admin.key'));
    expect(await second.admin('GET', `sources/${id}`, undefined, key)).toMatchObject({ id, name: 'Entra' });
    await second.stop();
  });

  it('comes back after a crash, over the database it left running', async () => {
    const folder = await newFolder();
    const first = await startHub({ ...embedded, environment: { HUB_DATA_DIR: folder } });
    const { id } = await first.admin<{ id: string }>('POST', 'sources', { name: 'Okta', client: 'okta' });
    const cluster = join(folder, 'postgres');
    const left = await findPostmaster(cluster);
    // Not kill(), which removes the folder with the hub.
    first.signal('SIGKILL');
    const second = await waitFor(
      () =>
        startHub({ ...embedded, keys: first.keys, environment: { HUB_DATA_DIR: folder } }).catch(
          () => undefined,
        ),
      { what: 'the hub to start again' },
    );
    expect((await findPostmaster(cluster))?.pid).toBe(left?.pid);
    expect(await second.admin('GET', `sources/${id}`)).toMatchObject({ id });
    await second.stop();
  });

  it('refuses a data folder that another hub uses, in one line, and leaves that hub alone', async () => {
    const folder = await newFolder();
    const first = await startHub({ ...embedded, environment: { HUB_DATA_DIR: folder } });
    const { code, output } = await startHubInVain({ HUB_DATA_DIR: folder });
    expect(code).toBe(1);
    expect(output).toMatch(/^Data folder \S+ is in use by another hub \(pid \d+\): .*\n$/);
    expect(await first.admin('GET', 'sources')).toEqual({ items: [] });
    await first.stop();
  });
});

describe('a start that cannot be', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());

  it('says that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, output } = await startHubInVain({ DATABASE_URL: test.url, HUB_PORT: String(port) });
    other.close();
    expect(code).toBe(1);
    expect(output).toMatch(
      new RegExp(`^Port ${port} on 127.0.0.1 is taken by another program: .*HUB_PORT.*\\n$`),
    );
  });

  it('says that a variable has no usable value', async () => {
    const { code, output } = await startHubInVain({ HUB_PORT: 'http' });
    expect(code).toBe(1);
    expect(output).toMatch(/^HUB_PORT is "http": .*\n$/);
  });

  it('says that the database is not reachable', async () => {
    const url = `postgres://someone:secret@127.0.0.1:${await freePort()}/hub`;
    const { code, output } = await startHubInVain({ DATABASE_URL: url });
    expect(code).toBe(1);
    expect(output).toMatch(
      /^The database "hub" at 127\.0\.0\.1:\d+ is not reachable \(.*ECONNREFUSED.*\): .*\n$/,
    );
    expect(output).not.toContain('secret');
  });

  it('says that Redis is not reachable', async () => {
    const redis = `redis://127.0.0.1:${await freePort()}`;
    const { code, output } = await startHubInVain({ DATABASE_URL: test.url, REDIS_URL: redis });
    expect(code).toBe(1);
    expect(output).toMatch(
      /^Redis at 127\.0\.0\.1:\d+ is not reachable \(.*ECONNREFUSED.*\): .*REDIS_URL.*\n$/,
    );
  });

  it('says that a newer hub has written the database', async () => {
    const newer = await createTestDatabase();
    const keys = { HUB_MASTER_KEY: randomBytes(32).toString('base64'), HUB_ADMIN_KEY: 'a-key' };
    const hub = await startHub({ databaseUrl: newer.url, environment: keys });
    await hub.stop();
    await newer.database.query(
      `insert into hub.migration (timestamp, name) values (2000000000000, 'AddWings2000000000000')`,
    );
    const { code, output } = await startHubInVain({ DATABASE_URL: newer.url, ...keys });
    expect(code).toBe(1);
    expect(output).toMatch(
      /^The database was written by a newer version of the hub \(.*AddWings2000000000000\): .*\n$/,
    );
    await newer.drop();
  });

  it('says that the master key is not the one of the database', async () => {
    const other = await createTestDatabase();
    const hub = await startHub({ databaseUrl: other.url });
    await hub.stop();
    const { code, output } = await startHubInVain({
      DATABASE_URL: other.url,
      HUB_MASTER_KEY: randomBytes(32).toString('base64'),
    });
    expect(code).toBe(1);
    expect(output).toMatch(/^The master key is not the one this database was written with: .*\n$/);
    await other.drop();
  });
});

describe('roles', () => {
  it('share a machine: the worker makes way for the port of the API', async () => {
    const test = await createTestDatabase();
    const port = String(await freePort());
    const api = await startHub({ databaseUrl: test.url, roles: 'api', environment: { HUB_PORT: port } });
    const worker = await startHub({
      databaseUrl: test.url,
      roles: 'worker',
      keys: api.keys,
      environment: { HUB_PORT: port },
    });
    expect(api.url).toBe(`http://127.0.0.1:${port}`);
    expect(worker.url).not.toBe(api.url);
    for (const { url } of [api, worker]) {
      expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({ status: 'ok' });
      expect(await (await fetch(`${url}/metrics`)).text()).toContain('process_cpu_seconds_total');
    }
    expect((await fetch(`${worker.url}/scim/v2/Users`)).status).toBe(404);
    await worker.stop();
    await api.stop();
    await test.drop();
  });

  it('migrate an empty database once, however many start at once', async () => {
    const keys = { adminKey: 'a-key', masterKey: randomBytes(32).toString('base64') };
    const empty = await createTestDatabase();
    const hubs = await Promise.all([1, 2, 3].map(() => startHub({ databaseUrl: empty.url, keys })));
    const [{ twice } = { twice: -1 }] = await empty.database.query<{ twice: number }>(
      'select count(*)::int - count(distinct name)::int as twice from hub.migration',
    );
    expect(twice).toBe(0);
    await Promise.all(hubs.map((hub) => hub.stop()));
    await empty.drop();
  });
});
