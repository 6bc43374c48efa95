import { isObject } from '@rollcall/scim';
import type { AttributeChange, Attributes, AttributeValue, SubjectType } from '../../contract.js';
import { propertyOf } from './attributes.js';

/** What a delta comes to: properties are written together, the rest by calls of its own. */
export interface Writing {
  body: Record<string, AttributeValue>;
  /** Id of the manager. null: none. Absent: as it is. */
  manager?: string | null;
  /** All the SKUs a user shall have. Absent: as they are. */
  licenses?: string[];
}

/** Nothing and null clear a value; a list is cleared by an empty one, since lists cannot be null. */
export function writingOf(type: SubjectType, changes: AttributeChange[]): Writing {
  const writing: Writing = { body: {} };
  for (const change of changes) {
    const value = change.op === 'unset' || isEmpty(change.value) ? undefined : change.value;
    const { attribute } = change;
    if (type === 'user' && attribute === 'manager')
      writing.manager = value === undefined ? null : String(value);
    else if (type === 'user' && attribute === 'assignedLicenses')
      writing.licenses = listOf(value).map(String);
    else put(writing.body, attribute, valueFor(type, attribute, value));
  }
  return writing;
}

export const changesOf = (attributes: Attributes): AttributeChange[] =>
  Object.entries(attributes).map(([attribute, value]) => ({ op: 'set', attribute, value }));

function valueFor(type: SubjectType, attribute: string, value: AttributeValue | undefined): AttributeValue {
  const property = propertyOf(type, attribute);
  if (property?.list) return listOf(value);
  if (property?.wrapped) return listOf(value).slice(0, 1);
  if (value === undefined) return null;
  if (property?.type === 'boolean' && typeof value === 'string') return value.toLowerCase() === 'true';
  return property?.type === 'string' && typeof value !== 'object' ? String(value) : value;
}

function put(body: Record<string, AttributeValue>, attribute: string, value: AttributeValue): void {
  const [first = '', second] = attribute.split('.');
  if (second === undefined) body[first] = value;
  else body[first] = { ...(body[first] as object | undefined), [second]: value };
}

const listOf = (value: AttributeValue | undefined): AttributeValue[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

export const withoutEmpty = (body: Writing['body']): Writing['body'] =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => !isEmpty(value)));

export const isEmpty = (value: AttributeValue): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** As it may be shown: passwords are not in it. */
export function withoutPassword(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('passwordProfile' in body)) return body;
  return { ...body, passwordProfile: { ...(body.passwordProfile as object), password: '(not shown)' } };
}

export function passwordIn(body: unknown): string | undefined {
  const profile = isObject(body) ? body.passwordProfile : undefined;
  return isObject(profile) && typeof profile.password === 'string' ? profile.password : undefined;
}
