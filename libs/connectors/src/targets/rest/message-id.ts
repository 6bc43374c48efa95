import { createHash } from 'node:crypto';
import type { OperationInput } from './operation-input.js';

/**
 * The id of what is sent: the same over attempts as long as it says the same. One operation may take several requests,
 * and what it has to say may change before it is through: a receiver that takes each id once must then take both. Only
 * a creation keeps its id whatever it says, so that nothing is made twice. No full stop is in it, which Standard
 * Webhooks signs as a separator. Undefined for what changes nothing.
 * @param text the body as it is sent
 */
export function messageId(
  { operation, operationId, member }: OperationInput,
  text: string | undefined,
): string | undefined {
  if (operationId === undefined || operation === 'create') return operationId;
  const content = JSON.stringify([member?.id, text]);
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return `${operationId}_${operation}_${digest}`;
}
