import { type MemberOperation, ScimError } from '@rollcall/scim';
import { validate as isUuid } from 'uuid';
import type { DirectoryStates } from './directory-states.js';
import type { Member } from './group.events.js';

export type AddingOperation = Extract<MemberOperation, { ids: unknown }> & { op: 'add' | 'set' };

export function addsMembers(operation: MemberOperation): operation is AddingOperation {
  return operation.op === 'add' || operation.op === 'set';
}

export function namedIds(operations: MemberOperation[]): string[] {
  const ids = operations.flatMap((operation) =>
    operation.op === 'clear' ? [] : operation.ids.map(({ id }) => id),
  );
  return [...new Set(ids)].filter((id) => isUuid(id));
}

/** Members must exist: a dangling id would be a membership nobody can see or take away. */
export async function resolveMembers(
  states: DirectoryStates,
  tenantId: string,
  groupId: string,
  ids: string[],
): Promise<Member[]> {
  const unique = [...new Set(ids)];
  if (unique.includes(groupId)) {
    throw new ScimError(400, `members: the group ${groupId} cannot be a member of itself.`, 'invalidValue');
  }
  const kinds = await states.kinds(
    tenantId,
    unique.filter((id) => isUuid(id)),
  );
  const unknown = unique.filter((id) => !kinds.has(id));
  if (unknown.length > 0) {
    const named =
      unknown.slice(0, 10).join(', ') + (unknown.length > 10 ? `, and ${unknown.length - 10} more` : '');
    throw new ScimError(
      400,
      `members: no user or group here has the id ${named}. Create the member first and send the id of that answer.`,
      'invalidValue',
    );
  }
  return unique.map((id) => ({ id, type: kinds.get(id)! }));
}
