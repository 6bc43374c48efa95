import { randomBytes } from 'node:crypto';
import type { Connector, OperationContext, Outcome, TestStep } from '../../contract.js';
import { objectPath } from './odata.js';
import type { Session } from './session.js';

const context: OperationContext = { operationId: 'test', attempt: 1, mode: 'live' };
const settleMs = 2_000;
const mostTries = 5;

/** Makes a user, changes it, disables it and deletes it for good. New users cannot be changed at once everywhere. */
export async function probeWriting(
  connector: Pick<Connector, 'create' | 'update' | 'delete'>,
  session: Session,
  domain: string,
): Promise<Pick<TestStep, 'status' | 'message' | 'remedy'>> {
  const name = `rollcall-probe-${randomBytes(4).toString('hex')}`;
  const failed = (stage: string, outcome: Outcome<unknown>, left = '') => ({
    status: 'failed' as const,
    message: `${stage}: ${'message' in outcome ? outcome.message : outcome.kind}${left}`,
    remedy:
      ('remedy' in outcome && outcome.remedy) ||
      'Give the app the application permission User.ReadWrite.All, or switch the write test off in the settings.',
  });
  const account = {
    userPrincipalName: `${name}@${domain}`,
    mailNickname: name,
    displayName: 'Rollcall connection test',
    accountEnabled: true,
  };
  const created = await connector.create('user', account, context);
  if (created.kind !== 'ok') return failed('A user could not be made', created);
  const { id } = created.value;
  const changed = await patiently(() =>
    connector.update(
      'user',
      id,
      [
        { op: 'set', attribute: 'displayName', value: 'Rollcall connection test 2' },
        { op: 'set', attribute: 'accountEnabled', value: false },
      ],
      context,
    ),
  );
  const deleted = await patiently(() => connector.delete('user', id, context));
  const left = ` The user ${account.userPrincipalName} is left in the tenant: delete it there.`;
  if (changed.kind !== 'ok')
    return failed('A user could not be changed', changed, deleted.kind === 'ok' ? '' : left);
  if (deleted.kind !== 'ok') return failed('A user could not be deleted', deleted, left);
  const purge = {
    method: 'DELETE' as const,
    path: `/directory/deletedItems/${encodeURIComponent(id)}`,
    object: true,
  };
  await session.send(purge);
  return {
    status: 'passed',
    message: `A user was made, changed, disabled and deleted again (${objectPath('user', id)}).`,
  };
}

/** A test is run by a person who waits for it, not by the engine that would try again. */
async function patiently<T>(call: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  let outcome = await call();
  for (let tries = 1; outcome.kind === 'retry' && tries < mostTries; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    outcome = await call();
  }
  return outcome;
}
