import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createTestDatabase,
  startHub,
  type StartedHub,
  type TestDatabase,
  waitFor,
} from '../harness/index.js';
import type { Json } from '../harness/scim-source.js';
import { contoso, patchOp, SchemaTenant } from './custom-schemas-rig.js';

describe('a schema in a hub of several processes', () => {
  let store: TestDatabase;
  const processes: StartedHub[] = [];
  let urls: string[];

  beforeAll(async () => {
    store = await createTestDatabase();
    const first = await startHub({ databaseUrl: store.url, roles: 'api' });
    processes.push(first);
    for (const roles of ['api', 'worker'] as const) {
      processes.push(await startHub({ databaseUrl: store.url, roles, keys: first.keys }));
    }
    urls = processes.slice(0, 2).map(({ url }) => url);
  }, 180_000);
  afterAll(async () => {
    await Promise.all(processes.map((hub) => hub.stop()));
    await store?.drop();
  });

  const newTenant = () => SchemaTenant.make(urls[0]!, processes[0]!.keys.adminKey);
  const user = (userName: string, custom: Json) => ({ userName, [contoso]: custom });

  it('is in force at once where it was defined, and soon elsewhere', async () => {
    const tenant = await newTenant();
    const [here, elsewhere] = urls.map((url) => tenant.scim(url));
    expect((await elsewhere!.get(`/Schemas/${contoso}`)).status).toBe(404);
    await tenant.define(urls[0]!, [{ name: 'floor', type: 'integer' }]);
    expect((await here!.get(`/Schemas/${contoso}`)).status).toBe(200);
    await waitFor(async () => (await elsewhere!.get(`/Schemas/${contoso}`)).status === 200, {
      what: 'the other process to know the schema',
    });
    expect((await elsewhere!.post('/Users', user('u', { floor: 'top' }))).status).toBe(400);
  });

  it('loses no value that a process took which did not know it yet', async () => {
    for (let round = 0; round < 3; round++) {
      const tenant = await newTenant();
      const [here, elsewhere] = urls.map((url) => tenant.scim(url));
      const known = await here!.make('/Users', { userName: 'known' });
      // It remembers, for up to a second, that there is no schema.
      await elsewhere!.list('/Users');
      const [, made, patched] = await Promise.all([
        tenant.define(urls[0]!, [
          { name: 'floor', type: 'integer' },
          { name: 'tags', multiValued: true },
        ]),
        elsewhere!.make('/Users', user('new', { FLOOR: '3', tags: 'x' })),
        elsewhere!.send('PATCH', `/Users/${known}`, {
          schemas: [patchOp],
          Operations: [{ op: 'Add', path: `${contoso}:Floor`, value: '4' }],
        }),
      ]);
      expect(patched.status).toBe(200);
      const late = await elsewhere!.make('/Users', user('late', { floor: '5' }));
      const filter = `${contoso}:floor ge 3`;
      for (const source of [here!, elsewhere!]) {
        await waitFor(async () => (await source.get(`/Schemas/${contoso}`)).status === 200, {
          what: 'the schema',
        });
        const shown = async (id: string) => (await source.get(`/Users/${id}`)).body[contoso];
        expect(await shown(made)).toEqual({ floor: 3, tags: ['x'] });
        expect(await shown(known)).toEqual({ floor: 4 });
        expect(await shown(late)).toEqual({ floor: 5 });
        const found = await source.list('/Users', { filter, sortBy: `${contoso}:floor` });
        expect(found.Resources.map(({ userName }: Json) => userName)).toEqual(['new', 'known', 'late']);
      }
    }
  });

  it('is changed by one of two who change it at once, or by both, never by halves', async () => {
    const tenant = await newTenant();
    await tenant.define(urls[0]!, [{ name: 'a' }]);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        tenant.admin(urls[n % 2]!, 'POST', 'schemas', {
          id: contoso.replace('Contoso', `C${n % 4}`),
          attributes: [{ name: `n${n}` }],
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(4);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(4);
    const own = (url: string) =>
      tenant
        .admin(url, 'GET', 'schemas')
        .then(({ body }) => body.items.filter(({ standard }: Json) => !standard));
    expect(await own(urls[0]!)).toHaveLength(5);
    expect(await own(urls[1]!)).toEqual(await own(urls[0]!));
  });
});
