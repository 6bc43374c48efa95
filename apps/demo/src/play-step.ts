import { setTimeout as wait } from 'node:timers/promises';
import type { AppView } from './app-view.js';
import type { Step } from './day.js';
import type { Entra } from './entra.js';
import type { HubAdmin } from './hub-admin.js';

export interface Outcome {
  /** What the hub did at the app, such as create. */
  actions: string[];
  /** From the hub's answer to the operation that the app confirmed. */
  tookMs: number;
}

export interface Parts {
  entra: Entra;
  app: AppView;
  hub: HubAdmin;
  connection: string;
  signal: AbortSignal;
  /** How long a change may take. */
  patienceMs: number;
}

const everyMs = 15;

/**
 * Sends one change and waits until the app shows it and the hub has recorded it.
 * @throws when it does not arrive, with what the hub says about it
 */
export async function playStep(step: Step, parts: Parts): Promise<Outcome> {
  const { entra, app, hub, connection, signal, patienceMs } = parts;
  const begunAt = Date.now();
  const subject = await step.send(entra);
  const acceptedAt = entra.answeredAt;
  let notYetAt = begunAt;
  for (;;) {
    const now = Date.now();
    if (await step.arrived(app)) break;
    notYetAt = now;
    await goOn(`did not arrive within ${patienceMs / 1000} s`);
  }
  for (;;) {
    const done = (await hub.report(connection, subject, begunAt)).filter((row) => row.status === 'succeeded');
    const confirmedAt = done[0] && Date.parse(done[0].at);
    // An operation recorded before the app was last seen without the change is not the one that made it.
    if (confirmedAt !== undefined && confirmedAt >= notYetAt) {
      const actions = [...new Set(done.map(({ action }) => action).reverse())];
      return { actions, tookMs: Math.max(0, confirmedAt - acceptedAt) };
    }
    await goOn('arrived, but is not in the report');
  }

  async function goOn(failure: string): Promise<void> {
    await wait(everyMs, undefined, { signal });
    if (Date.now() - acceptedAt < patienceMs) return;
    const [last] = await hub.report(connection, subject, begunAt);
    const why = last?.error ? ` (${[last.error.message, last.error.remedy].filter(Boolean).join(' ')})` : '';
    throw new Error(`"${step.what}" ${failure}${why}`);
  }
}
