import type { Connector, Page, RemoteObject } from '@rollcall/connectors';
import { expect, it } from 'vitest';
import { AbsentIndex } from './absent-index.js';

const rules = [{ source: 'userName', target: 'userName' }];
const key = (value: string) => [{ attribute: 'userName', value }];

function targetWith(pages: (Page | 'failure')[]) {
  const calls: (string | undefined)[] = [];
  const connector = {
    list: async (_type: string, { cursor }: { cursor?: string }) => {
      calls.push(cursor);
      const page = pages[Number(cursor ?? 0)]!;
      return page === 'failure'
        ? { kind: 'retry', scope: 'object', message: 'no' }
        : { kind: 'ok', value: page };
    },
  } as unknown as Connector;
  return { connector, calls };
}

const named = (...names: string[]): RemoteObject[] =>
  names.map((userName) => ({ id: userName, attributes: { userName } }));
const many = async () => 1_000;

it('reads the list once and knows who is not there, whatever the case', async () => {
  const { connector, calls } = targetWith([
    { objects: named('Ada'), nextCursor: '1' },
    { objects: named('bob') },
  ]);
  const index = new AbsentIndex(connector, rules, many, 100);
  const answers = await Promise.all(['ada', 'BOB', 'eve'].map((name) => index.surelyAbsent(key(name))));
  expect(answers).toEqual([false, false, true]);
  expect(calls).toEqual([undefined, '1']);
});

it.each([
  ['few accounts are to be made', [{ objects: [] }], async () => 5],
  ['the list fails', [{ objects: [], nextCursor: '1' }, 'failure' as const], many],
  ['the list is cut short', [{ objects: [], cutShort: 'the pages repeat' }], many],
  ['the list does not tell the attribute', [{ objects: [{ id: 'x', attributes: {} }] }], many],
  [
    'the list is longer than asking one by one',
    Array.from({ length: 400 }, (_, at) => ({ objects: named(`u${at}`), nextCursor: String(at + 1) })),
    many,
  ],
])('says nothing when %s', async (_, pages, expected) => {
  const { connector } = targetWith(pages);
  expect(await new AbsentIndex(connector, rules, expected, 100).surelyAbsent(key('eve'))).toBe(false);
});

it('says nothing of an attribute it was not read for', async () => {
  const { connector } = targetWith([{ objects: [] }]);
  const index = new AbsentIndex(connector, rules, many, 100);
  expect(await index.surelyAbsent([{ attribute: 'emails', value: 'x' }])).toBe(false);
});
