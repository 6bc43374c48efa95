import type { EventStore } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import type { Completed, Completion } from './completion.js';
import { writeHolds } from '../guard/write-holds.js';
import { rememberMade } from './remember-made.js';
import { settleItems } from './settle-items.js';
import { takeOverAccounts } from './take-over-accounts.js';
import { wakeOthers } from './wake-waiting.js';
import { writeMembers } from './write-members.js';
import { writeReferences } from './write-references.js';
import { writeTargets } from './write-targets.js';

/**
 * Writes how pushes ended: work items, target objects, references, memberships and the operations as events,
 * all or nothing. An item that came due anew meanwhile stays due.
 */
export async function complete(
  database: Database,
  events: EventStore,
  tenantId: string,
  connectionId: string,
  completions: Completion[],
): Promise<Completed[]> {
  return database.transaction(async (client) => {
    const states = await settleItems(client, tenantId, connectionId, completions);
    const ours = completions.filter(({ item }) => states.has(item.subjectId));
    await rememberMade(
      client,
      tenantId,
      connectionId,
      completions.filter(({ item }) => !states.has(item.subjectId)),
    );
    const woken = await takeOverAccounts(client, tenantId, connectionId, ours);
    woken.push(...(await writeTargets(client, tenantId, connectionId, ours)));
    await writeReferences(client, tenantId, connectionId, ours);
    await writeMembers(client, tenantId, connectionId, ours);
    woken.push(...(await wakeOthers(client, tenantId, connectionId, ours)));
    for (const subjectId of woken) {
      if (states.has(subjectId)) states.set(subjectId, 'due');
    }
    const closed = await writeHolds(client, tenantId, connectionId, ours, states);
    await events.appendIn(client, tenantId, [...ours.flatMap(({ event }) => event ?? []), ...closed]);
    return completions.map(({ item }) => states.get(item.subjectId) ?? 'lost');
  });
}
