import { Database } from '@rollcall/platform';
import { readAround, standingsOf } from '../explain/why-not.js';
import type { Plan } from '../plan/plan.js';

const notOfTheSurroundings = new Set([
  'pending',
  'refused',
  'in-line',
  'out-of-scope',
  'protected',
  'switched-off',
  'kept',
  'never-provisioned',
  'scheduled',
  'no-active-attribute',
  'groups-off',
  'deleted-at-source',
  'inactive-at-source',
]);

/** What keeps a plan from being carried out now, beside the plan itself. */
export async function notesOn(
  database: Database,
  tenantId: string,
  connectionId: string,
  subjectId: string,
  plan: Plan,
): Promise<{ connection: { name: string; state: string }; notes: string[] }> {
  const around = await readAround(database, tenantId, connectionId, subjectId);
  if (!around) throw new Error(`Connection ${connectionId} is gone`);
  const standings = await standingsOf(database, tenantId, plan, around);
  const { name, state } = around.connection;
  return {
    connection: { name, state },
    notes: standings.filter(({ code }) => !notOfTheSurroundings.has(code)).map(({ text }) => text),
  };
}
