import type { Attributes, OperationContext, Outcome, RemoteObject, SubjectType } from '../../contract.js';
import { properties } from './attributes.js';
import { createGroup } from './create-group.js';
import { createUser } from './create-user.js';
import type { Session } from './session.js';
import { isEmpty } from './write-body.js';

export async function createObject(
  session: Session,
  type: SubjectType,
  attributes: Attributes,
  context: OperationContext,
): Promise<Outcome<RemoteObject>> {
  const missing = properties[type].find(
    ({ name, required }) => required && isEmpty(attributes[name] ?? null),
  );
  if (missing) {
    return {
      kind: 'rejected',
      code: 'missing-attribute',
      attribute: missing.name,
      message: `Microsoft Entra makes no ${type} without ${missing.name}.`,
      remedy: `Map a value to ${missing.name}, with a default for those who have none.`,
    };
  }
  return type === 'user'
    ? createUser(session, attributes, context)
    : createGroup(session, attributes, context);
}
