import { randomBytes } from 'node:crypto';
import type { Attributes, AttributeValue, SubjectType } from '../../contract.js';
import type { OperationInput } from './operation-input.js';
import type { KnownAttribute, ObjectRequests, RequestName } from './settings.js';

const byType: Record<NonNullable<KnownAttribute['type']>, AttributeValue> = {
  string: 'rollcall-{random}',
  boolean: true,
  integer: 1,
  decimal: 1.5,
  dateTime: '2026-01-01T00:00:00Z',
  complex: {},
};

/** An object as the examples in the settings have it. Attributes without an example are left out unless required. */
export function sampleAttributes(known: KnownAttribute[] = []): Attributes {
  const random = randomBytes(4).toString('hex');
  return Object.fromEntries(
    known
      .filter(({ example, required }) => example !== undefined || required)
      .map(({ name, example, type = 'string', multiValued }) => {
        const value = example ?? byType[type];
        const filled = typeof value === 'string' ? value.replaceAll('{random}', random) : value;
        return [name, multiValued ? [filled] : filled];
      }),
  );
}

/** What is known of each operation, of somebody who does not exist. */
export function sampleInput(
  operation: RequestName,
  type: SubjectType,
  { attributes: known }: ObjectRequests,
): OperationInput {
  const attributes = sampleAttributes(known);
  const [attribute = 'userName'] = Object.keys(attributes);
  const value = String(attributes[attribute] ?? 'rollcall-test');
  const member = { id: '4711', type: 'user' as const };
  const input = { operation, type, operationId: 'rollcall-test', id: '1234' };
  switch (operation) {
    case 'create':
      return { ...input, attributes };
    case 'update':
      return { ...input, attributes, changes: { [attribute]: value }, removed: [], object: attributes };
    case 'find':
    case 'list':
      return { ...input, attribute, value, limit: 1, offset: 0, page: 1 };
    case 'addMember':
    case 'removeMember':
      return { ...input, member };
    case 'changeMembers':
      return { ...input, members: { add: [member], remove: [] } };
    default:
      return input;
  }
}
