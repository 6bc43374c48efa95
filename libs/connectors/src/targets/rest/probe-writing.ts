import { randomUUID } from 'node:crypto';
import type { Connector, Outcome, TestStep } from '../../contract.js';
import { sampleAttributes } from './sample-object.js';
import type { RestSettings } from './settings.js';

/** Makes an account from the examples, changes it, deactivates it and deletes it; what it made it takes away again. */
export async function probeWriting(
  connector: Connector,
  { users }: RestSettings,
): Promise<Pick<TestStep, 'status' | 'message' | 'remedy'>> {
  if (!users.create || !users.delete) {
    return {
      status: 'skipped',
      message: 'Nothing is written: requests that create and delete are not both described.',
    };
  }
  const attributes = sampleAttributes(users.attributes);
  const context = () => ({ operationId: `test-${randomUUID()}`, attempt: 1, mode: 'live' as const });
  const failed = (stage: string, outcome: Outcome<unknown>, left = '') => ({
    status: 'failed' as const,
    message: `${stage}: ${'message' in outcome ? outcome.message : outcome.kind}${left}`,
    remedy:
      ('remedy' in outcome && outcome.remedy) ||
      'Give the credentials the right to manage users, or switch the write test off in the settings.',
  });
  const created = await connector.create('user', attributes, context());
  if (created.kind !== 'ok') return failed('An account could not be made', created);
  const { id } = created.value;
  const again = sampleAttributes(users.attributes);
  const names = Object.keys(attributes).filter(
    (name) => name !== 'active' && typeof attributes[name] === 'string',
  );
  const changes = names.map((attribute) => ({ op: 'set' as const, attribute, value: again[attribute]! }));
  const update = (list: typeof changes | { op: 'set'; attribute: string; value: boolean }[]) =>
    connector.update('user', id, list, { ...context(), lastWritten: attributes });
  const changed = users.update ? await update(changes) : undefined;
  const fine = (outcome: Outcome<unknown> | undefined) => !outcome || ['ok', 'no-op'].includes(outcome.kind);
  const disabled =
    fine(changed) && 'active' in attributes
      ? await update([{ op: 'set', attribute: 'active', value: false }])
      : undefined;
  const deleted = await connector.delete('user', id, context());
  const left = fine(deleted) ? '' : ` The account ${id} is left in the app: delete it there.`;
  if (changed && !fine(changed)) return failed('An account could not be changed', changed, left);
  if (disabled && !fine(disabled)) return failed('An account could not be deactivated', disabled, left);
  if (!fine(deleted)) return failed('An account could not be deleted', deleted, left);
  const done = ['made', ...(changed ? ['changed'] : []), ...(disabled ? ['deactivated'] : [])].join(', ');
  return { status: 'passed', message: `An account was ${done} and deleted again.` };
}
