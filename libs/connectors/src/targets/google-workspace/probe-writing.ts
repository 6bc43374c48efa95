import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Connector, OperationContext, Outcome, TestStep } from '../../contract.js';
import type { Session } from './session.js';

const context: OperationContext = { operationId: 'test', attempt: 1, mode: 'live' };

/** Makes a user, changes it, suspends it and deletes it; what it made it takes away again. */
export async function probeWriting(
  connector: Pick<Connector, 'create' | 'update' | 'delete'>,
  { settings }: Session,
): Promise<Pick<TestStep, 'status' | 'message' | 'remedy'>> {
  const address = `rollcall-probe-${randomBytes(4).toString('hex')}@${settings.domain}`;
  const failed = (stage: string, outcome: Outcome<unknown>, left = '') => ({
    status: 'failed' as const,
    message: `${stage}: ${'message' in outcome ? outcome.message : outcome.kind}${left}`,
    remedy:
      ('remedy' in outcome && outcome.remedy) ||
      'Test again in a few minutes, or switch the write test off in the settings.',
  });
  const account = { primaryEmail: address, 'name.givenName': 'Rollcall', 'name.familyName': 'Probe' };
  const created = await connector.create('user', account, context);
  if (created.kind !== 'ok') {
    const unheard = created.kind === 'retry' && created.maybeDone === true;
    const left = unheard ? ` The user ${address} may be left: look for it in the Admin console.` : '';
    return failed('A user could not be made', created, left);
  }
  const { id } = created.value;
  const changes = [
    { op: 'set' as const, attribute: 'recoveryEmail', value: `probe@${settings.domain}` },
    { op: 'set' as const, attribute: 'active', value: false },
  ];
  const changed = await connector.update('user', id, changes, context);
  const deleted = await deleteProbe(connector, id);
  const gone = deleted.kind === 'ok' || deleted.kind === 'no-op';
  const left = gone ? '' : ` The user ${address} is left: delete it in the Admin console.`;
  // A user of a moment ago may not be changeable yet, which says nothing of the rights.
  const notYet = changed.kind === 'retry';
  if (changed.kind !== 'ok' && !notYet) return failed('A user could not be changed', changed, left);
  if (!gone) return failed('A user could not be deleted', deleted, left);
  const what = notYet ? 'made and deleted again' : 'made, changed, suspended and deleted again';
  return { status: 'passed', message: `A user was ${what}.` };
}

/** A user of a moment ago may not show yet: it is waited for, so that nothing is left. */
async function deleteProbe(connector: Pick<Connector, 'delete'>, id: string): Promise<Outcome<void>> {
  let outcome = await connector.delete('user', id, context);
  for (let waits = 0; outcome.kind === 'retry' && waits < 5; waits += 1) {
    await setTimeout(outcome.afterMs ?? 1000);
    outcome = await connector.delete('user', id, context);
  }
  return outcome;
}
