import { showBehaviours } from '../show-behaviours.js';
import { phoneBook } from './phone-book.connector.js';
import { startPhoneBook } from './phone-book-server.js';

showBehaviours('Phone book, the worked example', async () => {
  const { address, stop } = await startPhoneBook('right-key-4711');
  return {
    target: {
      name: 'Phone book',
      address,
      open: ({ host, port }, { credentials = 'good', timeoutMs }) =>
        phoneBook.open(
          { baseUrl: `http://${host}:${port}`, timeoutMs },
          { type: 'key', key: credentials === 'good' ? 'right-key-4711' : 'wrong-key-4711' },
          { userAgent: 'example' },
        ),
      capabilities: phoneBook.manifest.capabilities,
      user: (name) => ({ name, number: '1', note: 'new' }),
      userKey: 'name',
      change: { attribute: 'number', to: '2' },
      clear: 'note',
      absentId: '999999999',
      otherCredentials: ['wrong'],
      secrets: ['right-key-4711', 'wrong-key-4711'],
    },
    stop,
  };
});
