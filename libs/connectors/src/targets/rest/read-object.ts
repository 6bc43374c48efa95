import { isObject } from '@rollcall/scim';
import type { Attributes, RemoteObject, SubjectType } from '../../contract.js';
import type { Expressions } from './expressions.js';
import type { ObjectReading, ObjectRequests } from './settings.js';

const usual: ObjectReading = { id: 'id' };

/**
 * An object of the app in the terms of the contract; `failed` says in words why it cannot be.
 * @param known the id where the object itself need not have one
 */
export async function readObject(
  { read = usual }: ObjectRequests,
  type: SubjectType,
  object: unknown,
  expressions: Expressions,
  known?: string,
): Promise<RemoteObject | { failed: string }> {
  const id = known ?? idText(await valueOf(expressions, read.id, object));
  if (id === undefined) return { failed: `it has no id at ${read.id}` };
  const given = read.attributes === undefined ? object : await valueOf(expressions, read.attributes, object);
  if (given !== undefined && !isObject(given)) return { failed: 'its attributes are no JSON object' };
  const active = read.active === undefined ? undefined : await valueOf(expressions, read.active, object);
  const members =
    type === 'group' && read.members !== undefined
      ? await valueOf(expressions, read.members, object)
      : undefined;
  const ids = members === undefined ? [] : [members].flat();
  return {
    id,
    attributes: {
      ...withoutNull(given ?? {}),
      ...(typeof active === 'boolean' && { active }),
    },
    ...(typeof active === 'boolean' && { active }),
    ...(type === 'group' &&
      read.members !== undefined && {
        members: ids.flatMap((each) => {
          const text = idText(each);
          return text === undefined ? [] : [{ id: text, type: 'user' as const }];
        }),
      }),
  };
}

/** Ids are numbers in many apps; an empty one is none. */
export function idText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

async function valueOf(expressions: Expressions, text: string, object: unknown): Promise<unknown> {
  const result = await expressions.evaluate(text, object);
  return 'value' in result ? result.value : undefined;
}

/** Apps write null for "has none". */
const withoutNull = (given: object): Attributes =>
  Object.fromEntries(Object.entries(given as Attributes).filter(([, value]) => value !== null));
