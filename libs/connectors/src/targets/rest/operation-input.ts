import type { Attributes, MemberChange, SubjectType } from '../../contract.js';
import type { RequestName } from './settings.js';

/** What is known of an operation: the input of bodies, and where parameters of addresses come from. */
export interface OperationInput {
  operation: RequestName | 'test';
  type: SubjectType;
  /** Stable over attempts. */
  operationId?: string;
  id?: string;
  /** Of the object as it is to be. */
  attributes?: Attributes;
  /** What changes: new values, and null for what is taken away. */
  changes?: Attributes;
  removed?: string[];
  /** As the app returned it just before (updateWith whole). */
  object?: unknown;
  member?: { id: string; type: SubjectType };
  members?: MemberChange;
  /** What is searched for. */
  attribute?: string;
  value?: string;
  limit?: number;
  offset?: number;
  page?: number;
  cursor?: string;
}

const write = ['operationId', 'id'] as const;
const paging = ['limit', 'offset', 'page', 'cursor'] as const;

/** What each operation knows, beside `operation` and `type`: names of parameters, and the roots of expressions. */
export const knownTo: Record<RequestName | 'test', readonly (keyof OperationInput)[]> = {
  create: ['operationId', 'attributes'],
  update: [...write, 'attributes', 'changes', 'removed', 'object'],
  get: ['id'],
  find: ['attribute', 'value', ...paging],
  list: paging,
  deactivate: write,
  reactivate: write,
  delete: write,
  addMember: [...write, 'member'],
  removeMember: [...write, 'member'],
  changeMembers: [...write, 'members'],
  test: [],
};

/** {id}, {attributes.login}, {member} (its id), {memberType}, {operation}, {type}, ... */
export function parameterOf(input: OperationInput, name: string): unknown {
  if (name === 'member') return input.member?.id;
  if (name === 'memberType') return input.member?.type;
  if (name.startsWith('attributes.')) return input.attributes?.[name.slice('attributes.'.length)];
  return input[name as keyof OperationInput];
}

/** Whether an operation has such a parameter at all. */
export function hasParameter(operation: RequestName | 'test', name: string): boolean {
  if (name === 'operation' || name === 'type') return true;
  const known = knownTo[operation];
  if (name === 'messageId') return known.includes('operationId');
  if (name === 'memberType') return known.includes('member');
  if (name.startsWith('attributes.')) return known.includes('attributes');
  const structured = ['attributes', 'changes', 'removed', 'object', 'members'];
  return !structured.includes(name) && known.includes(name as keyof OperationInput);
}

export const parametersFor = (operation: RequestName | 'test'): string[] => [
  ...knownTo[operation].filter((name) => hasParameter(operation, name)),
  ...(knownTo[operation].includes('attributes') ? ['attributes.NAME'] : []),
  ...(hasParameter(operation, 'messageId') ? ['messageId'] : []),
  'operation',
  'type',
];
