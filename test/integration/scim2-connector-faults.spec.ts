import { afterEach, describe, expect, it } from 'vitest';
import { connectorModule, type Connector, type OperationContext, type Outcome } from '@rollcall/connectors';
import { startScimTarget, type Faults, type ScimTarget } from '../doubles/scim-target/scim-target.mjs';

const live: OperationContext = { operationId: 'operation', attempt: 1, mode: 'live' };
const open: { connector: Connector; target: ScimTarget }[] = [];

async function start(faults: Faults = {}, settings: object = {}, token = 'target-token') {
  const target = await startScimTarget({ faults });
  const connector = connectorModule('scim2')!.open(
    { baseUrl: target.baseUrl, ...settings },
    { type: 'bearer', token },
    { userAgent: 'rollcall-test' },
  );
  open.push({ connector, target });
  return { connector, target };
}
afterEach(async () => {
  for (const { connector, target } of open.splice(0)) {
    await connector.close();
    await target.stop();
  }
});

function value<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}
const create = (connector: Connector, userName: string) => connector.create('user', { userName }, live);

describe('answers that are lost', () => {
  it('after the work was done: may be done, and the account is found again', async () => {
    const { connector } = await start({ loseAnswerEvery: 1 });
    expect(await create(connector, 'ada')).toMatchObject({ kind: 'retry', maybeDone: true });
    expect(value(await connector.find('user', { attribute: 'userName', value: 'ada' }))).toHaveLength(1);
  });

  it('before the work was done: may be done, and the account is not found', async () => {
    const { connector } = await start({ loseRequestEvery: 1 });
    expect(await create(connector, 'ada')).toMatchObject({ kind: 'retry', maybeDone: true });
    expect(value(await connector.find('user', { attribute: 'userName', value: 'ada' }))).toEqual([]);
  });

  it('no answer in time: may be done, and only this object waits', async () => {
    const { connector } = await start({ latencyMs: 60_000 }, { timeoutMs: 150 });
    expect(await create(connector, 'ada')).toMatchObject({ kind: 'retry', scope: 'object', maybeDone: true });
    expect(await connector.get('user', 'x')).toSatisfy(
      (outcome) => outcome.kind === 'retry' && !outcome.maybeDone,
    );
  });

  it('stopped by the hub: the call ends at once', async () => {
    const { connector, target } = await start({ latencyMs: 60_000 });
    const stop = new AbortController();
    const outcome = connector.create('user', { userName: 'ada' }, { ...live, signal: stop.signal });
    while ((await target.report()).calls.length === 0) await new Promise(setImmediate);
    stop.abort();
    expect(await outcome).toMatchObject({ kind: 'retry', scope: 'object', maybeDone: true });
  });

  it('the target is down: nothing was sent, the connection waits, and goes on when it is back', async () => {
    const { connector, target } = await start();
    value(await create(connector, 'ada'));
    await target.goDown();
    const outcome = await create(connector, 'grace');
    expect(outcome).toMatchObject({ kind: 'retry', scope: 'connection' });
    expect(outcome).not.toHaveProperty('maybeDone');
    await target.comeBack();
    expect(await create(connector, 'grace')).toMatchObject({ kind: 'ok' });
  });

  it.each([true, 'location'] as const)('created without a body (%s)', async (emptyCreated) => {
    const { connector, target } = await start({ emptyCreated });
    const outcome = await create(connector, 'ada');
    const { accounts } = await target.report();
    if (emptyCreated === 'location') expect(value(outcome).id).toBe(accounts[0]?.id);
    else expect(outcome).toMatchObject({ kind: 'retry', maybeDone: true, afterMs: 0 });
  });
});

describe('throttling', () => {
  it.each([
    ['seconds', 429, 3],
    ['date', 429, 30],
    ['ratelimit', 429, 3],
    ['x-ratelimit', 429, 30],
    ['seconds', 503, 3],
  ] as const)('%s with %i', async (form, status, seconds) => {
    const { connector, target } = await start({ throttle: { every: 1, form, seconds, status } });
    const outcome = await create(connector, 'ada');
    expect(outcome).toMatchObject({ kind: 'retry', scope: 'connection' });
    const { afterMs } = outcome as { afterMs: number };
    expect(afterMs).toBeGreaterThan((seconds - 2) * 1000);
    expect(afterMs).toBeLessThanOrEqual((seconds + 1) * 1000);
    expect((await target.report()).created).toBe(0);
  });

  it('without a word on how long', async () => {
    const { connector } = await start({ throttle: { every: 1, form: 'silent' } });
    expect(await create(connector, 'ada')).toSatisfy(
      (outcome) =>
        outcome.kind === 'retry' && outcome.scope === 'connection' && outcome.afterMs === undefined,
    );
  });
});

describe('names that need escaping', () => {
  it.each(['ada "the" first', 'back\\slash', 'a+b & c=d#e', 'Ünïcode', "it's"])(
    '%s is found',
    async (name) => {
      const { connector } = await start();
      const { id } = value(await create(connector, name));
      value(await create(connector, 'somebody else'));
      const found = value(await connector.find('user', { attribute: 'userName', value: name }));
      expect(found.map((each) => each.id)).toEqual([id]);
    },
  );
});

describe('refusals', () => {
  it.each([401, 403] as const)('%i: denied, and the echoed token is not in the message', async (refuse) => {
    const { connector } = await start({ refuse });
    const outcome = await create(connector, 'ada');
    expect(outcome).toMatchObject({ kind: 'denied' });
    expect(JSON.stringify(outcome)).not.toContain('target-token');
  });

  it.each(['scim', 400, 500] as const)(
    'a taken userName answered as %s is a conflict',
    async (uniqueness) => {
      const { connector } = await start({ uniqueness });
      value(await create(connector, 'ada'));
      expect(await create(connector, 'ADA')).toMatchObject({ kind: 'conflict' });
    },
  );

  it.each([500, 502, 504])('%i: only this object waits, and it may have been done', async (status) => {
    const { connector } = await start({ fail: { every: 1, status } });
    expect(await create(connector, 'ada')).toMatchObject({ kind: 'retry', scope: 'object', maybeDone: true });
  });

  it('a redirect is not followed', async () => {
    const elsewhere = await start();
    const { connector } = await start({ redirectTo: `${elsewhere.target.baseUrl}/Users` });
    expect(await create(connector, 'ada')).toMatchObject({
      kind: 'retry',
      message: expect.stringContaining('redirect'),
    });
    expect((await elsewhere.target.report()).calls).toEqual([]);
  });

  it.each([200, 404])(
    'a web page with %i is taken neither for an empty list nor for a missing account',
    async (webPage) => {
      const { connector, target } = await start();
      const { id } = value(await create(connector, 'ada'));
      await target.setFaults({ webPage });
      expect(await connector.find('user', { attribute: 'userName', value: 'ada' })).toMatchObject({
        kind: 'retry',
        scope: 'connection',
      });
      if (webPage === 404)
        expect(await connector.delete('user', id, live)).toMatchObject({
          kind: 'retry',
          scope: 'connection',
        });
      expect(await connector.get('user', id)).toMatchObject({ kind: 'retry', scope: 'connection' });
    },
  );

  it('an answer that is too long is cut off: the work counts, reading it does not', async () => {
    const { connector } = await start({}, { maxAnswerBytes: 1024 });
    const outcome = await connector.create('user', { userName: 'ada', title: 'x'.repeat(5000) }, live);
    expect(outcome).toMatchObject({ kind: 'retry', maybeDone: true });
    expect(await connector.find('user', { attribute: 'userName', value: 'ada' })).toMatchObject({
      kind: 'rejected',
      code: 'answer-too-long',
      remedy: expect.any(String),
    });
  });
});

describe('servers that ignore what they are asked', () => {
  const fill = async (connector: Connector, names: number) => {
    for (let at = 0; at < names; at++) value(await create(connector, `user-${at}`));
  };

  it('a filter: only exact matches are taken from the list', async () => {
    const { connector } = await start({ ignoreFilter: true, pageSize: 4 });
    await fill(connector, 10);
    const find = async (name: string) =>
      value(await connector.find('user', { attribute: 'userName', value: name }));
    expect((await find('user-9')).map(({ attributes }) => attributes.userName)).toEqual(['user-9']);
    expect(await find('user-1')).toHaveLength(1);
    expect(await find('user')).toEqual([]);
  });

  it('a filter, with more accounts than can be read: said, not taken for absent', async () => {
    const { connector } = await start({ ignoreFilter: true, pageSize: 1 });
    await fill(connector, 30);
    expect(await connector.find('user', { attribute: 'userName', value: 'nobody' })).toMatchObject({
      kind: 'rejected',
      code: 'filter-ignored',
      attribute: 'userName',
    });
  });

  it('a filter and the start: said, not taken for absent', async () => {
    const { connector } = await start({ ignoreFilter: true, repeatPage: true, pageSize: 4 });
    await fill(connector, 10);
    expect(await connector.find('user', { attribute: 'userName', value: 'user-9' })).toMatchObject({
      code: 'filter-ignored',
    });
  });

  const readAll = async (connector: Connector) => {
    const seen: unknown[] = [];
    let cursor: string | undefined;
    let cutShort: string | undefined;
    let pages = 0;
    do {
      const page = value(await connector.list('user', { cursor }));
      seen.push(...page.objects.map(({ attributes }) => attributes.userName));
      ({ nextCursor: cursor, cutShort } = page);
      if (++pages > 20) throw new Error('The list does not end');
    } while (cursor !== undefined);
    return { seen, cutShort };
  };

  it('the start of a page: the list ends, and says that it is not whole', async () => {
    const { connector } = await start({ repeatPage: true, pageSize: 4 }, { pageSize: 4 });
    await fill(connector, 10);
    const { seen, cutShort } = await readAll(connector);
    expect(seen).toHaveLength(4);
    expect(cutShort).toMatch(/repeats/);
  });

  it.each(['all', 'page', 'absent'] as const)(
    'reads everything with totalResults of %s',
    async (totalResults) => {
      const { connector } = await start({ totalResults }, { pageSize: 4 });
      for (const names of [4, 5, 8]) {
        const { created } = await open.at(-1)!.target.report();
        for (let at = created; at < names; at++) value(await create(connector, `user-${at}`));
        const { seen, cutShort } = await readAll(connector);
        expect(new Set(seen).size).toBe(names);
        expect(seen).toHaveLength(names);
        expect(cutShort).toBeUndefined();
      }
    },
  );

  it('a page size: smaller pages than asked for', async () => {
    const { connector } = await start({ pageSize: 3 }, { pageSize: 100 });
    await fill(connector, 10);
    expect((await readAll(connector)).seen).toHaveLength(10);
  });

  it('discovery: what is missing is assumed, and said', async () => {
    const { connector } = await start({ undescribed: true });
    const { assumptions, objectTypes } = value(await connector.discover());
    expect(assumptions.filter((each) => each.startsWith('/'))).toHaveLength(3);
    expect(objectTypes.map(({ type }) => type)).toEqual(['user', 'group']);
    expect(objectTypes[0]?.attributes.map(({ name }) => name)).toContain('userName');
    expect(await connector.test()).toMatchObject({ ok: true });
  });
});

describe('members', () => {
  const user = (id: string) => ({ id, type: 'user' as const });

  it.each(['named', 'unnamed', '404'] as const)(
    'unknown ones among many, refused as %s',
    async (unknownMember) => {
      const { connector, target } = await start({ unknownMember });
      const group = value(await connector.create('group', { displayName: 'Engines' }, live)).id;
      const ids: string[] = [];
      for (let at = 0; at < 12; at++) ids.push(value(await create(connector, `user-${at}`)).id);
      const add = [...ids.slice(0, 5), 'ghost-1', ...ids.slice(5), 'ghost-2'].map(user);
      const result = value(await connector.members(group, { add, remove: [] }, live));
      expect(result.unknown.toSorted()).toEqual(['ghost-1', 'ghost-2']);
      expect(result.added.toSorted()).toEqual(ids.toSorted());
      const { groups } = await target.report();
      expect(groups[0]?.members.map((each) => each.value).toSorted()).toEqual(ids.toSorted());
    },
  );

  it('removing somebody who is no member is done already, however strict the target', async () => {
    const { connector } = await start({ strictRemoval: true });
    const group = value(await connector.create('group', { displayName: 'Engines' }, live)).id;
    const id = value(await create(connector, 'ada')).id;
    value(await connector.members(group, { add: [user(id)], remove: [] }, live));
    const change = { add: [], remove: [user('left-long-ago'), user(id)] };
    expect(value(await connector.members(group, change, live)).removed.toSorted()).toEqual(
      [id, 'left-long-ago'].toSorted(),
    );
  });

  it('no more in one call than the settings say, in the form they say', async () => {
    const { connector, target } = await start(
      { unknownMember: 'accepted' },
      { membersPerCall: 3, memberRemoval: 'values' },
    );
    const group = value(await connector.create('group', { displayName: 'Engines' }, live)).id;
    const add = Array.from({ length: 7 }, (_, at) => user(`member-${at}`));
    value(await connector.members(group, { add, remove: [] }, live));
    value(await connector.members(group, { add: [], remove: add }, live));
    const { groups, calls } = await target.report();
    expect(groups[0]?.members).toEqual([]);
    const patches = calls.filter(({ method }) => method === 'PATCH').map(({ body }) => body.Operations[0]);
    expect(patches.map(({ op, path, value: listed }) => [op, path, listed.length])).toEqual([
      ['add', 'members', 3],
      ['add', 'members', 3],
      ['add', 'members', 1],
      ['remove', 'members', 3],
      ['remove', 'members', 3],
      ['remove', 'members', 1],
    ]);
  });

  it('one more in a large group is one small call', async () => {
    const { connector, target } = await start({ unknownMember: 'accepted' });
    const group = value(await connector.create('group', { displayName: 'Everyone' }, live)).id;
    for (let from = 0; from < 2000; from += 100) {
      const add = Array.from({ length: 100 }, (_, at) => user(`member-${from + at}`));
      value(await connector.members(group, { add, remove: [] }, live));
    }
    value(await connector.members(group, { add: [user('one-more')], remove: [] }, live));
    const { calls, groups } = await target.report();
    expect(groups[0]?.members).toHaveLength(2001);
    expect(calls).toHaveLength(1 + 20 + 1);
  });
});

describe('a schedule of everything at once', () => {
  it('leaves each account there exactly once when the caller looks before it repeats', async () => {
    const { connector, target } = await start({
      seed: 7,
      loseAnswerEvery: 5,
      loseRequestEvery: 7,
      throttle: { every: 6, seconds: 0 },
      fail: { every: 9, burst: 2 },
      uniqueness: 'off',
    });
    const names = Array.from({ length: 60 }, (_, at) => `user-${at}`);
    for (const name of names) {
      for (let done = false, look = false; !done;) {
        if (look) {
          const found = await connector.find('user', { attribute: 'userName', value: name });
          if (found.kind !== 'ok') continue;
          if (found.value.length > 0) break;
        }
        const outcome = await create(connector, name);
        done = outcome.kind === 'ok';
        look = outcome.kind === 'retry' && outcome.maybeDone === true;
      }
    }
    const { accounts, duplicates, mostAtOnce, calls } = await target.report();
    expect(accounts.map(({ userName }) => userName as string).toSorted()).toEqual(names.toSorted());
    expect(duplicates).toEqual([]);
    expect(mostAtOnce).toBe(1);
    expect(calls.filter(({ status }) => status === 'lost').length).toBeGreaterThan(10);
  });
});
