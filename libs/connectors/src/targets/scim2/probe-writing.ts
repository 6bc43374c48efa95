import { randomBytes } from 'node:crypto';
import type { Attributes, Connector, OperationContext, Outcome, TestStep } from '../../contract.js';
import { collectionOf, type Session } from './session.js';

const context: OperationContext = { operationId: 'test', attempt: 1, mode: 'live' };

/** Makes an account, changes it, deactivates it and deletes it; what it made it takes away again. */
export async function probeWriting(
  connector: Pick<Connector, 'create' | 'update'>,
  session: Session,
): Promise<Pick<TestStep, 'status' | 'message' | 'remedy'>> {
  const attributes = probeAccount(session);
  const name = String(attributes.userName);
  const failed = (stage: string, outcome: Outcome<unknown>, left = '') => ({
    status: 'failed' as const,
    message: `${stage}: ${'message' in outcome ? outcome.message : outcome.kind}${left}`,
    remedy:
      ('remedy' in outcome && outcome.remedy) ||
      'Give the credentials the right to manage users, or switch the write test off in the settings.',
  });
  const created = await connector.create('user', attributes, context);
  if (created.kind !== 'ok') return failed('An account could not be made', created);
  const { id } = created.value;
  const change = (attribute: string, value: string | boolean) =>
    connector.update('user', id, [{ op: 'set', attribute, value }], context);
  const renamed = await change(changeable(session), 'Rollcall connection test 2');
  const deactivated = renamed.kind === 'ok' ? await change('active', false) : renamed;
  const deleted = await session.send({
    method: 'DELETE',
    path: `${collectionOf.user}/${encodeURIComponent(id)}`,
  });
  const left = deleted.refused ? ` The account ${name} is left in the app: delete it there.` : '';
  if (renamed.kind !== 'ok') return failed('An account could not be changed', renamed, left);
  if (deactivated.kind !== 'ok') return failed('An account could not be deactivated', deactivated, left);
  if (deleted.refused) return failed('An account could not be deleted', deleted.refused, left);
  return { status: 'passed', message: 'An account was made, changed, deactivated and deleted again.' };
}

const changeable = ({ settings }: Session): string =>
  settings.rules.some(({ attribute, immutable }) => immutable && attribute === 'displayName')
    ? 'name.formatted'
    : 'displayName';

/** With a value for all that the app requires. */
function probeAccount({ settings }: Session): Attributes {
  const short = `rollcall-${randomBytes(4).toString('hex')}`;
  const address = `${short}@${settings.probeDomain}`;
  const noAddress = settings.rules.some(
    ({ attribute, forbidden }) => attribute === 'userName' && forbidden?.includes('@'),
  );
  const account: Attributes = {
    userName: noAddress ? short : address,
    displayName: 'Rollcall connection test',
    active: true,
    'emails[type eq "work"].value': address,
  };
  for (const { type = 'user', attribute, required } of settings.rules)
    if (required && type === 'user') account[attribute] ??= short;
  return account;
}
