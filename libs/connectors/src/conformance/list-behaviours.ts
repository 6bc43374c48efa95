import type { Connector, Outcome, Page } from '../contract.js';
import type { Behaviour } from './behaviour.js';
import { expect, ok } from './stage.js';

const mostPages = 500;

/** Reading everything, and what changed. */
export const listBehaviours: Behaviour[] = [
  {
    id: 'list',
    title: 'lists everything page by page, each once',
    skip: ({ capabilities }) => (capabilities.list ? undefined : 'the target gives no list'),
    async show(stage) {
      const connector = stage.connect();
      const made: string[] = [];
      for (let at = 0; at < 7; at += 1) made.push((await stage.newUser(connector)).id);
      const { ids, cutShort } = await readAll(connector, 3);
      expect(cutShort === undefined, `the list was cut short: ${cutShort}`);
      expect(
        made.every((id) => ids.includes(id)),
        'accounts are missing from the list',
      );
      expect(new Set(ids).size === ids.length, 'accounts are listed twice');
    },
  },
  {
    id: 'page-loop',
    title: 'ends a list whose pages come again and again, and says so',
    skip: ({ capabilities, loopPages }) =>
      !capabilities.list
        ? 'the target gives no list'
        : loopPages
          ? undefined
          : 'the server cannot be made to go round in circles',
    async show(stage) {
      const connector = stage.connect();
      for (let at = 0; at < 4; at += 1) await stage.newUser(connector);
      const end = await stage.target.loopPages!();
      try {
        const { cutShort } = await readAll(connector, 2);
        expect(cutShort !== undefined, 'a list that went round in circles was given out as whole');
      } finally {
        await end();
      }
    },
  },
  {
    id: 'bad-cursor',
    title: 'refuses a cursor it has not given out',
    skip: ({ capabilities }) => (capabilities.list ? undefined : 'the target gives no list'),
    async show(stage) {
      const outcome = await stage.connect().list('user', { cursor: 'nobody gave this out' });
      expect(outcome.kind === 'rejected', `it answered ${outcome.kind}`);
    },
  },
  {
    id: 'changes',
    title: 'tells what changed since a token, and who is gone',
    skip: ({ capabilities }) =>
      capabilities.changes && capabilities.update ? undefined : 'the target does not tell changes',
    async show(stage) {
      const connector = stage.connect();
      const { delete: deletes } = stage.target.capabilities;
      const kept = await stage.newUser(connector);
      const gone = deletes ? await stage.newUser(connector) : undefined;
      const begin = ok(await connector.changes!('user', {}), 'changes');
      expect(begin.token !== undefined && begin.objects.length === 0, 'it does not begin with a token alone');
      const made = await stage.newUser(connector);
      ok(await connector.update('user', kept.id, [stage.change()], stage.context()), 'update');
      if (gone) ok(await connector.delete('user', gone.id, stage.context()), 'delete');
      const since = await readChanges(connector, begin.token);
      for (const { id } of [kept, made]) expect(since.changed.has(id), 'a change is missing');
      if (gone) expect(since.deleted.has(gone.id), 'the tombstone is missing');
      const later = await readChanges(connector, since.token);
      expect(!later.changed.has(made.id), 'what had been told is told as new');
    },
  },
];

async function readAll(connector: Connector, limit: number): Promise<{ ids: string[]; cutShort?: string }> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const outcome: Outcome<Page> = await connector.list('user', { cursor, limit });
    const page = ok(outcome, 'list');
    ids.push(...page.objects.map(({ id }) => id));
    if (page.nextCursor === undefined) return { ids, cutShort: page.cutShort };
    cursor = page.nextCursor;
  }
  throw new Error(`the list does not end within ${mostPages} pages`);
}

async function readChanges(connector: Connector, token: string) {
  const [changed, deleted] = [new Set<string>(), new Set<string>()];
  let page = ok(await connector.changes!('user', { token, limit: 3 }), 'changes');
  for (let pages = 0; pages < mostPages; pages += 1) {
    for (const { id } of page.objects) changed.add(id);
    for (const { id } of page.deleted) deleted.add(id);
    if (page.nextCursor === undefined) {
      expect(page.token !== undefined, 'the last page has no token');
      return { changed, deleted, token: page.token };
    }
    page = ok(await connector.changes!('user', { cursor: page.nextCursor, limit: 3 }), 'changes');
  }
  throw new Error(`the changes do not end within ${mostPages} pages`);
}
