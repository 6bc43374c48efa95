import { isObject } from '@rollcall/scim';
import type { Refusal, SubjectType } from '../../contract.js';
import { objectPath } from './odata.js';
import type { Work } from './work.js';

const flags: Record<SubjectType, string> = {
  user: 'id,onPremisesSyncEnabled',
  group: 'id,onPremisesSyncEnabled,groupTypes,isAssignableToRole,mailEnabled',
};
const writeRights: Record<SubjectType, string[]> = {
  user: ['User.ReadWrite.All', 'Directory.ReadWrite.All'],
  group: ['Group.ReadWrite.All', 'GroupMember.ReadWrite.All', 'Directory.ReadWrite.All'],
};

/** Application permissions the app lacks for writing; empty where it has them, undefined where that is not known. */
export function lackingRight(roles: string[] | undefined, type: SubjectType): string | undefined {
  if (roles === undefined || writeRights[type].some((right) => roles.includes(right))) return undefined;
  return writeRights[type][0];
}

/**
 * 403 is said of an app without rights and of an object nobody may touch in the same words, and 400 of one that is
 * mastered elsewhere: the object itself tells. A refusal of one object must not stop the others.
 */
export async function explainRefusal(
  work: Work,
  type: SubjectType,
  id: string,
  refusal: Refusal,
  status: number | undefined,
): Promise<Refusal> {
  const unclear = status === 403 || (refusal.kind === 'rejected' && refusal.attribute === undefined);
  if (!unclear) return refusal;
  const sent = await work.send({
    method: 'GET',
    path: objectPath(type, id),
    query: { $select: flags[type] },
    object: true,
  });
  const body = sent.refused || !isObject(sent.reply.body) ? undefined : sent.reply.body;
  const known = body && reasonOf(type, body);
  const rejected = (code: string, message: string, remedy: string): Refusal => ({
    kind: 'rejected',
    code,
    message: `${message} (${refusal.message})`,
    remedy,
    answer: refusal.answer,
  });
  if (known) return rejected(known.code, known.message, known.remedy);
  const { roles } = work.session;
  if (refusal.kind !== 'denied' || roles === undefined || lackingRight(roles, type)) return refusal;
  return rejected(
    'protected-object',
    `Microsoft Entra lets the app change other ${type}s, but not this ${type}.`,
    type === 'user'
      ? 'It holds an administrator role, or its password is to be set: give the app a directory role such as User Administrator or Privileged Authentication Administrator, or protect the account in the hub.'
      : 'Give the app a directory role that may change this group, or protect the group in the hub.',
  );
}

function reasonOf(type: SubjectType, body: Record<string, unknown>) {
  if (body.onPremisesSyncEnabled === true) {
    return {
      code: 'synced-object',
      message: `The ${type} is synchronised from an on-premises directory and can only be changed there.`,
      remedy: `Push to that directory instead, or protect the ${type} in the hub.`,
    };
  }
  if (type === 'user') return undefined;
  const types = Array.isArray(body.groupTypes) ? body.groupTypes : [];
  if (types.includes('DynamicMembership')) {
    return {
      code: 'dynamic-group',
      message: 'The members of a dynamic group follow from its rule and cannot be written.',
      remedy:
        'Take the group out of the scope of this connection, or change its membership type to assigned.',
    };
  }
  if (body.isAssignableToRole === true) {
    return {
      code: 'role-assignable-group',
      message: 'The group can be assigned to administrator roles.',
      remedy:
        'Give the app the application permission RoleManagement.ReadWrite.Directory, or protect the group in the hub.',
    };
  }
  if (body.mailEnabled === true && !types.includes('Unified')) {
    return {
      code: 'exchange-group',
      message: 'Distribution lists and mail-enabled security groups are kept by Exchange.',
      remedy: 'Take the group out of the scope of this connection, or use a Microsoft 365 group.',
    };
  }
  return undefined;
}
