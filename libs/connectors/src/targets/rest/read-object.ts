import { isObject } from '@rollcall/scim';
import type { Attributes, RemoteObject, SubjectType } from '../../contract.js';
import type { Expressions } from './expressions.js';
import type { ObjectReading, ObjectRequests } from './settings.js';

const usual: ObjectReading = { id: 'id' };

/**
 * An object of the app in the terms of the contract; `failed` says in words why it cannot be. What cannot be worked out
 * is not taken for empty.
 * @param known the id where the object itself need not have one
 */
export async function readObject(
  { read = usual }: ObjectRequests,
  type: SubjectType,
  object: unknown,
  expressions: Expressions,
  known?: string,
): Promise<RemoteObject | { failed: string }> {
  const parts: Partial<Record<keyof ObjectReading, unknown>> = { attributes: object };
  for (const name of ['id', 'attributes', 'active', 'members'] as const) {
    const text = read[name];
    const needed = name === 'id' ? known === undefined : name !== 'members' || type === 'group';
    if (text === undefined || !needed) continue;
    const result = await expressions.evaluate(text, object);
    if ('error' in result) return { failed: `read.${name} cannot be worked out: ${result.error}` };
    parts[name] = result.value;
  }
  const { attributes = {}, active, members = [] } = parts;
  const id = known ?? idText(parts.id);
  if (id === undefined) return { failed: `it has no id at ${read.id}` };
  if (!isObject(attributes)) return { failed: 'its attributes are no JSON object' };
  return {
    id,
    attributes: {
      ...withoutNull(attributes),
      ...(typeof active === 'boolean' && { active }),
    },
    ...(typeof active === 'boolean' && { active }),
    ...(type === 'group' &&
      read.members !== undefined && {
        members: [members].flat().flatMap((each) => {
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

/** Apps write null for "has none". */
const withoutNull = (given: object): Attributes =>
  Object.fromEntries(Object.entries(given as Attributes).filter(([, value]) => value !== null));
