import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { createTestDatabase, startHubHere, type TestDatabase, waitFor } from '../harness/index.js';

let test: TestDatabase;
let hub: RunningHub;
let token: string;
beforeAll(async () => {
  test = await createTestDatabase();
  hub = await startHubHere({ DATABASE_URL: test.url });
  const source = await api('POST', 'sources', { name: 'Entra', client: 'entra' });
  ({ token } = source.body);
});
afterAll(async () => {
  await hub?.stop();
  await test.drop();
});

async function send(path: string, key: string, method: string, body?: unknown) {
  const response = await fetch(hub.url + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}
const api = (method: string, path: string, body?: unknown) =>
  send(`/api/v1/${path}`, hub.keys.adminKey, method, body);
const createUser = async (userName: string): Promise<string> =>
  (await send('/scim/v2/Users', token, 'POST', { userName })).body.id;

describe('a stream that cannot be projected', () => {
  it('is parked in sight, the others go on, and it is resumed once mended', async () => {
    await test.database.query(
      `create function hub.refuse() returns trigger language plpgsql as
       $$ begin if new.user_name = 'broken@x' then raise exception 'cannot keep broken@x'; end if; return new; end $$`,
    );
    await test.database.query(
      'create trigger refuse before insert on hub.directory_user for each row execute function hub.refuse()',
    );
    const broken = await createUser('broken@x');
    const fine = await createUser('fine@x');
    await waitFor(async () => (await api('GET', 'projections')).body.items[0].behind === 0, {
      timeoutMs: 10_000,
      what: 'the projection to catch up',
    });
    const [directory] = (await api('GET', 'projections')).body.items;
    expect(directory).toMatchObject({
      name: 'directory',
      behind: 0,
      parked: [{ streamId: broken, error: expect.stringContaining('cannot keep broken@x') }],
    });
    const list = await send('/scim/v2/Users', token, 'GET');
    expect(list.body.Resources.map(({ id }: { id: string }) => id)).toEqual([fine]);
    expect((await send(`/scim/v2/Users/${broken}`, token, 'GET')).status).toBe(200);
    expect((await send('/metrics', '', 'GET')).body).toMatch(
      /rollcall_parked_streams\{[^}]*subscriber="directory"\} 1/,
    );

    const resume = `projections/directory/parked/${broken}/resume`;
    expect(await api('POST', resume)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('cannot keep broken@x') },
    });
    await test.database.query('drop trigger refuse on hub.directory_user');
    expect((await api('POST', resume)).status).toBe(204);
    expect((await api('GET', 'projections')).body.items[0].parked).toEqual([]);
    expect((await send('/scim/v2/Users', token, 'GET')).body.totalResults).toBe(2);
    expect((await api('POST', resume)).status).toBe(404);
  });
});
