import { randomUUID } from 'node:crypto';
import {
  CreateGroup,
  CreateUser,
  DeleteGroup,
  DeleteUser,
  type GroupChanged,
  PatchGroup,
  PatchUser,
  type UserChanged,
} from '@rollcall/directory';
import { EventStore, eventStoreMigrations, Subscriptions } from '@rollcall/event-store';
import {
  DirectorySearch,
  directoryProjection,
  NewestDirectoryStates,
  readModelEntities,
  readModelMigrations,
} from '@rollcall/read-model';
import {
  groupType,
  parseFilter,
  parsePatch,
  patchOpUrn,
  resolve,
  splitGroupPatch,
  standardTypes,
  userType,
} from '@rollcall/scim';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../harness/index.js';
import { startDirectory, type StartedDirectory } from '../harness/start-directory.js';

let test: TestDatabase;
let directory: StartedDirectory;
const origin = { source: 's', actor: 'source:s', correlation: 'c' };

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
  await test.drop();
});

const run = <T>(command: object) => directory.get(CommandBus).execute(command as never) as Promise<T>;
const createUser = (tenant: string, userName: string, more: Record<string, unknown> = {}) =>
  run<UserChanged>(new CreateUser(tenant, origin, { userName, ...more })).then(({ user }) => user);
const createGroup = (tenant: string, displayName: string, memberIds: string[] = []) =>
  run<GroupChanged>(new CreateGroup(tenant, origin, { displayName }, memberIds)).then(({ group }) => group);
const patch = (operations: object[]) => parsePatch({ schemas: [patchOpUrn], Operations: operations });
const patchUser = (tenant: string, id: string, ...operations: object[]) =>
  run<UserChanged>(new PatchUser(tenant, origin, id, patch(operations), userType));
const patchGroup = (tenant: string, id: string, ...operations: object[]) => {
  const { header, members } = splitGroupPatch(patch(operations), { client: 'entra' });
  return run<GroupChanged>(new PatchGroup(tenant, origin, id, header, members, groupType));
};
const project = (tenant: string) => directory.get(Subscriptions).catchUp(tenant, directoryProjection);
const paging = { startIndex: 1, count: 100 };
const types = { version: 0, ...standardTypes, schemas: [] };
const findUsers = (tenant: string, filter: string) =>
  directory.get(DirectorySearch).users(tenant, resolve(parseFilter(filter), userType), paging, types);
const findGroups = (tenant: string, filter: string) =>
  directory.get(DirectorySearch).groups(tenant, resolve(parseFilter(filter), groupType), paging, types);

describe('the newest state of a user', () => {
  it.each([
    ['nothing projected', 0],
    ['the creation projected', 1],
    ['everything projected', 2],
  ])('is the same with %s', async (_name, projectAfter) => {
    const tenant = randomUUID();
    const { id } = await createUser(tenant, 'Ada@Example.com', { title: 'Analyst', nickName: 'A' });
    if (projectAfter === 1) await project(tenant);
    await patchUser(tenant, id, { op: 'Replace', path: 'active', value: 'False' });
    await patchUser(
      tenant,
      id,
      { op: 'replace', value: { title: 'Countess' } },
      { op: 'remove', path: 'nickName' },
    );
    if (projectAfter === 2) await project(tenant);
    const user = await directory.get(NewestDirectoryStates).user(tenant, id);
    expect(user).toMatchObject({ version: 3, deleted: false });
    expect(user!.attributes).toEqual({ userName: 'Ada@Example.com', title: 'Countess', active: false });
    const found = await findUsers(tenant, 'userName eq "ada@example.COM"');
    expect(found.items.map((item) => item.id)).toEqual([id]);
  });

  it('survives a rebuild of the tables: same rows from the log alone', async () => {
    const tenant = randomUUID();
    const people = await Promise.all(
      Array.from({ length: 20 }, (_, n) => createUser(tenant, `u${n}@x`, { title: `T${n}` })),
    );
    const group = await createGroup(
      tenant,
      'Everyone',
      people.slice(0, 15).map(({ id }) => id),
    );
    await patchUser(tenant, people[3]!.id, { op: 'replace', path: 'userName', value: 'renamed@x' });
    await run(new DeleteUser(tenant, origin, people[4]!.id));
    await patchGroup(tenant, group.id, { op: 'Remove', path: 'members', value: [{ value: people[5]!.id }] });
    await project(tenant);
    const rows = () =>
      Promise.all(
        ['directory_user', 'directory_group', 'directory_member'].map((table) =>
          test.database.query(
            `select to_jsonb(t) from hub.${table} t where tenant_id = $1 order by to_jsonb(t)::text`,
            [tenant],
          ),
        ),
      );
    const before = await rows();
    expect(before[2]).toHaveLength(13);
    for (const table of ['directory_user', 'directory_group', 'directory_member', 'checkpoint']) {
      await test.database.query(`delete from hub.${table} where tenant_id = $1`, [tenant]);
    }
    await project(tenant);
    expect(await rows()).toEqual(before);
  });
});

describe('uniqueness', () => {
  it('refuses a userName in another case with 409 that names the holder, and frees it on delete', async () => {
    const tenant = randomUUID();
    const { id } = await createUser(tenant, 'eve@example.com');
    await expect(createUser(tenant, 'EVE@example.com')).rejects.toMatchObject({
      status: 409,
      scimType: 'uniqueness',
      detail: expect.stringContaining(id),
    });
    await run(new DeleteUser(tenant, origin, id));
    expect((await findUsers(tenant, 'userName eq "eve@example.com"')).total).toBe(0);
    await createUser(tenant, 'EVE@example.com');
    await expect(run(new DeleteUser(tenant, origin, id))).rejects.toMatchObject({ status: 404 });
  });

  it('lets a user change the case of the own name, and another tenant use it', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const { id } = await createUser(one, 'bob@example.com');
    await patchUser(one, id, { op: 'replace', path: 'userName', value: 'Bob@Example.com' });
    expect((await findUsers(one, 'userName eq "bob@example.com"')).items[0]!.attributes.userName).toBe(
      'Bob@Example.com',
    );
    await createUser(two, 'bob@example.com');
  });
});

describe('membership', () => {
  it('is exact whatever part of it has been projected', async () => {
    const tenant = randomUUID();
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => createUser(tenant, name)));
    const { id } = await createGroup(tenant, 'Finance', [a!.id]);
    await project(tenant);
    await patchGroup(tenant, id, { op: 'Add', path: 'members', value: [{ $ref: null, value: b!.id }] });
    await patchGroup(tenant, id, { op: 'Remove', path: 'members', value: [{ value: a!.id }] });
    const isIn = async (user: string) =>
      (await findGroups(tenant, `id eq "${id}" and members eq "${user}"`)).total;
    expect([await isIn(a!.id), await isIn(b!.id), await isIn(c!.id)]).toEqual([0, 1, 0]);
    expect((await findGroups(tenant, `members eq "${b!.id}"`)).items.map((group) => group.id)).toEqual([id]);
    expect((await findGroups(tenant, `members eq "${a!.id}"`)).total).toBe(0);
  });

  it('records nothing for a member that is there already or not there at all', async () => {
    const tenant = randomUUID();
    const user = await createUser(tenant, 'a');
    const { id } = await createGroup(tenant, 'G', [user.id]);
    const again = await patchGroup(tenant, id, { op: 'add', path: 'members', value: [{ value: user.id }] });
    const absent = await patchGroup(tenant, id, {
      op: 'remove',
      path: `members[value eq "${randomUUID()}"]`,
    });
    expect([again.changed, absent.changed]).toEqual([false, false]);
  });

  it('refuses unknown, deleted and self members by name, and changes nothing', async () => {
    const tenant = randomUUID();
    const user = await createUser(tenant, 'a');
    await run(new DeleteUser(tenant, origin, user.id));
    const { id } = await createGroup(tenant, 'G');
    for (const bad of [randomUUID(), user.id, id, 'not-an-id']) {
      const attempt = patchGroup(tenant, id, { op: 'add', path: 'members', value: [{ value: bad }] });
      await expect(attempt).rejects.toMatchObject({ status: 400, detail: expect.stringContaining(bad) });
    }
    expect((await directory.get(NewestDirectoryStates).group(tenant, id, 'all'))!.group.version).toBe(1);
  });

  it('takes many concurrent additions to one group, from several processes, and loses none', async () => {
    const tenant = randomUUID();
    const people = await Promise.all(Array.from({ length: 60 }, (_, n) => createUser(tenant, `p${n}`)));
    const { id } = await createGroup(tenant, 'Crowd');
    const other = await startDirectory(test.database);
    try {
      await Promise.all(
        people.map((person, index) => {
          const { header, members } = splitGroupPatch(
            patch([{ op: 'add', path: 'members', value: [{ value: person.id }] }]),
            { client: 'entra' },
          );
          const bus = index % 2 === 0 ? directory.get(CommandBus) : other.get(CommandBus);
          return bus.execute(new PatchGroup(tenant, origin, id, header, members, groupType));
        }),
      );
    } finally {
      await other.stop();
    }
    expect((await directory.get(NewestDirectoryStates).group(tenant, id, 'all'))!.members.size).toBe(60);
  });

  it('ends with the user or the group', async () => {
    const tenant = randomUUID();
    const [a, b] = await Promise.all(['a', 'b'].map((name) => createUser(tenant, name)));
    const one = await createGroup(tenant, 'One', [a!.id, b!.id]);
    const two = await createGroup(tenant, 'Two', [a!.id, one.id]);
    await run(new DeleteUser(tenant, origin, a!.id));
    await run(new DeleteGroup(tenant, origin, one.id));
    await project(tenant);
    const left = await test.database.query('select * from hub.directory_member where tenant_id = $1', [
      tenant,
    ]);
    expect(left).toEqual([]);
    expect((await findGroups(tenant, `id eq "${two.id}"`)).total).toBe(1);
  });
});

describe('a search', () => {
  it('waits for the projection, and projects by itself when no worker does', async () => {
    const tenant = randomUUID();
    const { id } = await createUser(tenant, 'late@x', { emails: [{ type: 'work', value: 'Late@X' }] });
    const { items } = await findUsers(tenant, 'emails[type eq "work"].value eq "late@x"');
    expect(items.map((item) => item.id)).toEqual([id]);
  });

  it('finds by dates the server keeps', async () => {
    const tenant = randomUUID();
    const { id } = await createUser(tenant, 'dated@x');
    expect((await findUsers(tenant, 'meta.lastModified gt "2020-01-01T00:00:00Z"')).items[0]?.id).toBe(id);
    expect((await findUsers(tenant, 'meta.created lt "2020-01-01T00:00:00Z"')).total).toBe(0);
  });

  it('pages through all, each once', async () => {
    const tenant = randomUUID();
    await Promise.all(Array.from({ length: 25 }, (_, n) => createUser(tenant, `page${n}`)));
    const seen: string[] = [];
    for (let startIndex = 1; ; startIndex += 10) {
      const found = await directory
        .get(DirectorySearch)
        .users(tenant, undefined, { startIndex, count: 10 }, types);
      expect(found.total).toBe(25);
      if (found.items.length === 0) break;
      seen.push(...found.items.map((item) => item.id));
    }
    expect(new Set(seen).size).toBe(25);
    expect(await directory.get(EventStore).head(tenant)).toBe(25);
  });
});
