// @ts-check
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * The same target as a process of its own, so that it does not share a core with what is measured.
 * @param {{ port?: number, token?: string, faults?: import('./scim-target.mjs').Faults }} [options]
 * @returns {Promise<import('./scim-target.mjs').ScimTarget>}
 */
export async function spawnScimTarget(options = {}) {
  const main = fileURLToPath(new URL('./main.mjs', import.meta.url));
  const child = fork(main, [JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [],
  });
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let last = 0;
  /** @type {{ baseUrl: string, token: string }} */
  const ready = await new Promise((resolve, reject) => {
    child.on('message', (/** @type {any} */ message) => {
      if (message.ready) return resolve(message.ready);
      waiting.get(message.id)?.resolve(message.result);
      waiting.delete(message.id);
    });
    child.once('exit', (code) => {
      const error = new Error(`The SCIM target ended with code ${code}`);
      reject(error);
      for (const each of waiting.values()) each.reject(error);
    });
  });
  const ask = (/** @type {string} */ command, /** @type {unknown} */ argument) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      child.send({ id: last, command, argument });
    });
  return /** @type {import('./scim-target.mjs').ScimTarget} */ (
    /** @type {unknown} */ ({
      ...ready,
      setFaults: (/** @type {unknown} */ faults) => ask('setFaults', faults),
      goDown: () => ask('goDown', undefined),
      comeBack: () => ask('comeBack', undefined),
      counts: () => ask('counts', undefined),
      report: () => ask('report', undefined),
      stop: async () => {
        if (child.exitCode !== null) return;
        const ended = new Promise((resolve) => child.once('exit', resolve));
        await ask('stop', undefined);
        await ended;
      },
    })
  );
}
