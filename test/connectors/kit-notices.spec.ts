import { afterAll, beforeAll, expect, it } from 'vitest';
import { behaviours, type Connector, showBehaviour, type TargetUnderTest } from '@rollcall/connectors';
import { phoneBook } from './phone-book/phone-book.connector.js';
import { startPhoneBook } from './phone-book/phone-book-server.js';

const key = 'right-key-4711';

let server: Awaited<ReturnType<typeof startPhoneBook>>;
beforeAll(async () => {
  server = await startPhoneBook(key);
});
afterAll(() => server?.stop());

/** The worked example with something broken. */
function broken(breaking: (whole: Connector) => Partial<Connector>): TargetUnderTest {
  return {
    name: 'Broken phone book',
    address: server.address,
    open({ host, port }, { credentials = 'good', timeoutMs }) {
      const whole = phoneBook.open(
        { baseUrl: `http://${host}:${port}`, timeoutMs },
        { type: 'key', key: credentials === 'good' ? key : 'wrong-key-4711' },
        { userAgent: 'test' },
      );
      return { ...whole, ...breaking(whole) };
    },
    capabilities: phoneBook.manifest.capabilities,
    user: (name) => ({ name, number: '1', note: 'new' }),
    userKey: 'name',
    change: { attribute: 'number', to: '2' },
    clear: 'note',
    absentId: '999999999',
    otherCredentials: ['wrong'],
    secrets: [key],
  };
}

const wrongs: [what: string, id: string, breaking: (whole: Connector) => Partial<Connector>][] = [
  [
    'lost answers are taken for failures',
    'lost-after',
    (whole) => ({
      async create(...given) {
        const outcome = await whole.create(...given);
        return outcome.kind === 'retry' ? { ...outcome, maybeDone: undefined } : outcome;
      },
    }),
  ],
  [
    'it retries by itself',
    'timeout-after',
    (whole) => ({
      async create(...given) {
        const outcome = await whole.create(...given);
        return outcome.kind === 'retry' ? whole.create(...given) : outcome;
      },
    }),
  ],
  [
    'plan mode sends',
    'plan',
    (whole) => ({
      async create(type, attributes, context) {
        await whole.create(type, attributes, { ...context, mode: 'live' });
        return whole.create(type, attributes, context);
      },
    }),
  ],
  [
    'the key is in an answer',
    'create',
    (whole) => ({
      async create(...given) {
        return { ...(await whole.create(...given)), answer: `sent with ${key}` };
      },
    }),
  ],
  [
    'find gives everybody',
    'find',
    (whole) => ({ find: (type) => whole.find(type, { attribute: 'limit', value: '9' }) }),
  ],
  ['the list has no end', 'list', (whole) => ({ list: (type, { limit }) => whole.list(type, { limit }) })],
  [
    'clearing does nothing',
    'clear',
    (whole) => ({
      update: (type, id, changes, context) =>
        whole.update(
          type,
          id,
          [{ op: 'set', attribute: 'number', value: '3' }, ...changes.slice(1)],
          context,
        ),
    }),
  ],
  [
    'refused credentials are tried again',
    'wrong-credentials',
    (whole) => ({
      async create(...given) {
        const outcome = await whole.create(...given);
        return outcome.kind === 'denied'
          ? { kind: 'retry', scope: 'object', message: outcome.message }
          : outcome;
      },
    }),
  ],
];

it.each(wrongs)('the kit notices that %s (%s)', async (_, id, breaking) => {
  const behaviour = behaviours.find((each) => each.id === id)!;
  await expect(showBehaviour(behaviour, broken(breaking))).rejects.toThrow();
  await showBehaviour(
    behaviour,
    broken(() => ({})),
  );
});
