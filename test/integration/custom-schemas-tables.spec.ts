import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import {
  ChangeSchema,
  CreateUser,
  DefineSchema,
  PatchUser,
  RemoveSchema,
  type UserChanged,
} from '@rollcall/directory';
import { eventStoreMigrations, Subscriptions } from '@rollcall/event-store';
import {
  DirectorySearch,
  directoryProjection,
  readModelEntities,
  readModelMigrations,
  SearchRemake,
  type TenantTypes,
  TypesOfTenants,
} from '@rollcall/read-model';
import { parseFilter, parsePatch, resolve } from '@rollcall/scim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../harness/index.js';
import { startDirectory, type StartedDirectory } from '../harness/start-directory.js';
import { contoso } from './custom-schemas-rig.js';

const origin = { source: 's', actor: 'admin:a', correlation: 'c' };
let test: TestDatabase;
let directory: StartedDirectory;
beforeAll(async () => {
  test = await createTestDatabase({
    migrations: [...eventStoreMigrations, ...readModelMigrations],
    entities: readModelEntities,
    poolSize: 20,
  });
  directory = await startDirectory(test.database);
});
afterAll(async () => {
  await directory?.stop();
  await test?.drop();
});

const run = <T>(command: object) => directory.get(CommandBus).execute(command as never) as Promise<T>;
const project = (tenant: string) => directory.get(Subscriptions).catchUp(tenant, directoryProjection);
const newestTypes = (tenant: string): Promise<TenantTypes> => directory.get(TypesOfTenants).newest(tenant);
const define = (tenant: string, attributes: object[]) =>
  run(new DefineSchema(tenant, origin, { id: contoso, attributes }));
const createUser = (tenant: string, userName: string, custom?: object) =>
  run<UserChanged>(new CreateUser(tenant, origin, { userName, ...(custom && { [contoso]: custom }) })).then(
    ({ user }) => user.id,
  );
async function find(tenant: string, filter: string, count = 10) {
  const types = await newestTypes(tenant);
  const paging = { startIndex: 1, count };
  return directory
    .get(DirectorySearch)
    .users(tenant, resolve(parseFilter(filter), types.User), paging, types);
}
const documents = (tenant: string) =>
  test.database.query<{ id: string; search: Record<string, unknown> }>(
    'select id, version, resource, search from hub.directory_user where tenant_id = $1 order by id',
    [tenant],
  );

/** More than are made again in one transaction. */
const many = 1200;

describe('search documents', () => {
  it('are made again for everybody with values, in several transactions, before who asks for them is answered', async () => {
    const tenant = randomUUID();
    for (let at = 0; at < many; at += 200) {
      await Promise.all(
        Array.from({ length: 200 }, (_, n) =>
          createUser(tenant, `u${at + n}`, { Floor: String((at + n) % 7) }),
        ),
      );
    }
    await createUser(tenant, 'nobody');
    await project(tenant);
    await define(tenant, [{ name: 'floor', type: 'integer' }]);
    await project(tenant);
    const [due] = await test.database.query('select urns from hub.search_remake where tenant_id = $1', [
      tenant,
    ]);
    expect(due).toEqual({ urns: [contoso.toLowerCase()] });
    // What does not ask about the schema does not wait for it.
    expect((await find(tenant, 'userName sw "u1"')).total).toBeGreaterThan(100);
    expect(
      await test.database.query('select from hub.search_remake where tenant_id = $1', [tenant]),
    ).toHaveLength(1);

    expect((await find(tenant, `${contoso}:floor ge 3`)).total).toBe(
      Array.from({ length: many }, (_, n) => n % 7).filter((floor) => floor >= 3).length,
    );
    expect(await test.database.query('select from hub.search_remake where tenant_id = $1', [tenant])).toEqual(
      [],
    );
    expect((await documents(tenant)).filter(({ search }) => contoso in search)).toHaveLength(many);
  });

  it('are right however changes of people, of the schema and the making again overlap', async () => {
    const tenant = randomUUID();
    const ids = await Promise.all(
      Array.from({ length: 60 }, (_, n) => createUser(tenant, `u${n}`, { floor: '1' })),
    );
    const remake = directory.get(SearchRemake);
    const patch = (id: string, floor: number) =>
      run(
        new PatchUser(
          tenant,
          origin,
          id,
          parsePatch({ Operations: [{ op: 'replace', path: `${contoso}:floor`, value: String(floor) }] }),
          typesNow.User,
        ),
      );
    let typesNow = await newestTypes(tenant);
    await define(tenant, [{ name: 'floor', type: 'integer' }]);
    const kinds = [
      [{ name: 'floor', type: 'integer' }, { name: 'a' }],
      [{ name: 'floor', type: 'integer' }],
      [],
    ];
    for (let round = 0; round < 6; round++) {
      const attributes = kinds[round % 3]!;
      await Promise.all([
        ...ids.slice(0, 30).map((id) => patch(id, round + 2)),
        project(tenant),
        remake.finished(tenant),
        attributes.length > 0
          ? run(new ChangeSchema(tenant, origin, contoso, { attributes }))
          : run(new ChangeSchema(tenant, origin, contoso, { description: `round ${round}` })),
        project(tenant),
      ]);
      remake.begin(tenant);
      typesNow = await newestTypes(tenant);
    }
    await project(tenant);
    await remake.finished(tenant);
    expect((await find(tenant, `${contoso}:floor eq 7`, 100)).total).toBe(30);
    expect((await find(tenant, `${contoso}:floor eq 1`, 100)).total).toBe(30);
  });

  it('are the same after the tables were made anew from the log alone', async () => {
    const tenant = randomUUID();
    await createUser(tenant, 'before', { FLOOR: '1', tags: 'x', old: 'o' });
    await define(tenant, [{ name: 'floor', type: 'integer' }, { name: 'old' }]);
    await project(tenant);
    await createUser(tenant, 'between', { floor: 2, tags: ['y'], old: 'p' });
    await run(
      new ChangeSchema(tenant, origin, contoso, {
        attributes: [
          { name: 'floor', type: 'integer' },
          { name: 'tags', multiValued: true },
        ],
      }),
    );
    await project(tenant);
    await directory.get(SearchRemake).finished(tenant);
    await createUser(tenant, 'after', { floor: 3 });
    await project(tenant);
    const before = await documents(tenant);
    expect(before.map(({ search }) => search[contoso])).toEqual([
      { floor: 1, tags: ['x'] },
      { floor: 2, tags: ['y'] },
      { floor: 3 },
    ]);

    for (const table of ['directory_user', 'tenant_schemas', 'search_remake', 'checkpoint']) {
      await test.database.query(`delete from hub.${table} where tenant_id = $1`, [tenant]);
    }
    expect((await newestTypes(tenant)).schemas).toHaveLength(1);
    await project(tenant);
    await directory.get(SearchRemake).finished(tenant);
    expect(await documents(tenant)).toEqual(before);
  });

  it('forget a schema that was removed, and know it again when it is defined again', async () => {
    const tenant = randomUUID();
    await define(tenant, [{ name: 'floor', type: 'integer' }]);
    const id = await createUser(tenant, 'u', { floor: 4 });
    await run(new RemoveSchema(tenant, origin, contoso));
    expect((await find(tenant, `${contoso}:floor pr`)).total).toBe(0);
    await define(tenant, [{ name: 'Floor', type: 'decimal' }]);
    expect((await find(tenant, `${contoso}:floor eq 4`)).items.map((user) => user.id)).toEqual([id]);
  });
});

describe('the types of a tenant', () => {
  it('are one and the same object until its schemas change, and asked for once a second', async () => {
    const tenant = randomUUID();
    const types = directory.get(TypesOfTenants);
    const first = await types.of(tenant);
    expect(first.version).toBe(0);
    expect(types.of(tenant)).toBe(first);
    await define(tenant, [{ name: 'floor' }]);
    types.forget(tenant);
    const second = await types.of(tenant);
    expect(second.User.extensions.map(({ urn }) => urn)).toContain(contoso);
    expect(await types.newest(tenant)).toBe(second);
  });
});
