import { isDeepStrictEqual } from 'node:util';
import type { Behaviour } from './behaviour.js';
import { expect, expectKind, ok, told } from './stage.js';
import type { TargetUnderTest } from './target-under-test.js';

const makesNone = ({ capabilities }: TargetUnderTest) =>
  capabilities.create ? undefined : 'no accounts can be made there';
const changesNone = ({ capabilities }: TargetUnderTest) =>
  capabilities.update ? undefined : 'nothing can be changed there';

/** What becomes of accounts. */
export const accountBehaviours: Behaviour[] = [
  {
    id: 'create',
    title: 'creates an account and gives its id back',
    skip: makesNone,
    async show(stage) {
      const connector = stage.connect();
      const { id } = await stage.newUser(connector);
      expect(typeof id === 'string' && id !== '', 'create gave no id');
      const seen = ok(await connector.get('user', id), 'get');
      expect(seen.id === id, `get of ${id} gave ${seen.id}`);
    },
  },
  {
    id: 'find',
    title: 'finds an account by its name, and nothing where there is none',
    async show(stage) {
      const connector = stage.connect();
      const name = stage.name();
      expect((await stage.find(connector, 'user', name)).length === 0, 'found before it was made');
      const { id } = await stage.newUser(connector, name);
      await stage.newUser(connector, `other.${name}`);
      const found = await stage.find(connector, 'user', name);
      expect(found.length === 1 && found[0]!.id === id, `found ${found.length} instead of the one`);
    },
  },
  {
    id: 'conflict',
    title: 'tells a name that is taken as a conflict',
    skip: makesNone,
    async show(stage) {
      const connector = stage.connect();
      const name = stage.name();
      await stage.newUser(connector, name);
      const second = await connector.create('user', stage.target.user(name), stage.context());
      expectKind(second, ['conflict'], 'a second account of the name');
      expect((await stage.find(connector, 'user', name)).length === 1, 'the account was made twice');
    },
  },
  {
    id: 'update',
    title: 'changes what a delta names and leaves the rest',
    skip: changesNone,
    async show(stage) {
      const connector = stage.connect();
      const { change, clear } = stage.target;
      const { id } = await stage.newUser(connector);
      const before = ok(await connector.get('user', id), 'get').attributes;
      ok(await connector.update('user', id, [stage.change()], stage.context()), 'update');
      const after = ok(await connector.get('user', id), 'get').attributes;
      expect(isDeepStrictEqual(after[change.attribute], change.to), `${change.attribute} was not changed`);
      expect(isDeepStrictEqual(after[clear], before[clear]), `${clear} was changed, too`);
    },
  },
  {
    id: 'clear',
    title: 'takes a value away',
    skip: changesNone,
    async show(stage) {
      const connector = stage.connect();
      const { clear } = stage.target;
      const { id } = await stage.newUser(connector);
      const there = ok(await connector.get('user', id), 'get').attributes[clear];
      expect(there !== undefined, `the target under test makes accounts without ${clear}`);
      const delta = { op: 'unset' as const, attribute: clear };
      ok(await connector.update('user', id, [delta], stage.context()), 'update');
      const left = ok(await connector.get('user', id), 'get').attributes[clear];
      expect(left === undefined || left === null || left === '', `${clear} is still there`);
      expectKind(
        await connector.update('user', id, [delta], stage.context()),
        ['ok', 'no-op'],
        'taking it away again',
      );
    },
  },
  {
    id: 'rename',
    title: 'renames an account, which keeps its id',
    skip: ({ fixedNames }) => (fixedNames ? 'names are fixed at the target' : undefined),
    async show(stage) {
      const connector = stage.connect();
      const [before, after] = [stage.name(), stage.name('renamed')];
      const { id } = await stage.newUser(connector, before);
      const delta = [{ op: 'set' as const, attribute: stage.target.userKey, value: after }];
      ok(await connector.update('user', id, delta, stage.context()), 'rename');
      const found = await stage.find(connector, 'user', after);
      expect(found.length === 1 && found[0]!.id === id, 'it is not found by its new name');
      expect((await stage.find(connector, 'user', before)).length === 0, 'it is still found by its old name');
      expectKind(
        await connector.update('user', id, delta, stage.context()),
        ['ok', 'no-op'],
        'renaming again',
      );
    },
  },
  {
    id: 'deactivate',
    title: 'disables an account',
    skip: ({ active }) => (active === undefined ? 'accounts cannot be disabled there' : undefined),
    async show(stage) {
      const connector = stage.connect();
      const { id } = await stage.newUser(connector);
      expect(ok(await connector.get('user', id), 'get').active === true, 'a new account is not active');
      const delta = [{ op: 'set' as const, attribute: stage.target.active!, value: false }];
      ok(await connector.update('user', id, delta, stage.context()), 'disabling');
      expect(ok(await connector.get('user', id), 'get').active === false, 'it is still active');
      expectKind(
        await connector.update('user', id, delta, stage.context()),
        ['ok', 'no-op'],
        'disabling again',
      );
    },
  },
  {
    id: 'reactivate',
    title: 'enables an account again',
    skip: ({ active }) => (active === undefined ? 'accounts cannot be disabled there' : undefined),
    async show(stage) {
      const connector = stage.connect();
      const { id } = await stage.newUser(connector);
      const set = (value: boolean) =>
        connector.update(
          'user',
          id,
          [{ op: 'set', attribute: stage.target.active!, value }],
          stage.context(),
        );
      ok(await set(false), 'disabling');
      ok(await set(true), 'enabling');
      expect(ok(await connector.get('user', id), 'get').active === true, 'it is still disabled');
      expectKind(await set(true), ['ok', 'no-op'], 'enabling again');
    },
  },
  {
    id: 'delete',
    title: 'deletes an account',
    skip: ({ capabilities }) => (capabilities.delete ? undefined : 'nothing can be deleted there'),
    async show(stage) {
      const connector = stage.connect();
      const name = stage.name();
      const { id } = await stage.newUser(connector, name);
      ok(await connector.delete('user', id, stage.context()), 'delete');
      expectKind(await connector.get('user', id), ['not-found'], 'get of a deleted account');
      expect((await stage.find(connector, 'user', name)).length === 0, 'it is still found');
    },
  },
  {
    id: 'repeat',
    title: 'calls that are repeated do no harm',
    skip: changesNone,
    async show(stage) {
      const connector = stage.connect();
      const { capabilities } = stage.target;
      const { id } = await stage.newUser(connector);
      const context = stage.context();
      for (const time of ['first', 'second'])
        expectKind(
          await connector.update('user', id, [stage.change()], context),
          ['ok', 'no-op'],
          `the ${time} update`,
        );
      const empty = await connector.update('user', id, [], stage.context());
      expect(empty.kind === 'no-op', `an empty delta answered ${told(empty)}`);
      if (!capabilities.delete) return;
      ok(await connector.delete('user', id, stage.context()), 'delete');
      const again = await connector.delete('user', id, stage.context());
      expectKind(again, ['no-op', 'not-found'], 'deleting again');
    },
  },
  {
    id: 'gone',
    title: 'tells that the object of a change is gone',
    async show(stage) {
      const connector = stage.connect();
      const { absentId, capabilities } = stage.target;
      expectKind(await connector.get('user', absentId), ['not-found'], 'get');
      if (!capabilities.update) return;
      const updated = await connector.update('user', absentId, [stage.change()], stage.context());
      expectKind(updated, ['not-found'], 'update');
    },
  },
];
