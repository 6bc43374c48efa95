// @ts-check
import { startScimTarget } from './scim-target.mjs';

// The target as a process of its own: options come as JSON in the first argument, then one command a message.
const target = await startScimTarget(JSON.parse(process.argv[2] ?? '{}'));
process.send?.({ ready: { baseUrl: target.baseUrl, token: target.token } });
process.on(
  'message',
  async (/** @type {{ id: number, command: string, argument?: any }} */ { id, command, argument }) => {
    const commands = /** @type {Record<string, (argument: any) => Promise<unknown>>} */ (
      /** @type {unknown} */ (target)
    );
    process.send?.({ id, result: await commands[command]?.(argument) });
    if (command === 'stop') process.disconnect();
  },
);
process.on('disconnect', () => process.exit(0));
