import { isObject } from '@rollcall/scim';
import type { Attributes, AttributeValue, RemoteObject, SubjectType } from '../../contract.js';
import { properties } from './attributes.js';

/** A user or group of Graph in the names of mappings: objects are taken apart, what is null or empty is left out. */
export function readObject(type: SubjectType, body: unknown): RemoteObject | undefined {
  if (!isObject(body) || typeof body.id !== 'string' || body.id === '') return undefined;
  const attributes: Attributes = {};
  for (const { name, mutability, wrapped } of properties[type]) {
    if (mutability === 'writeOnly' || name === 'manager' || name === 'assignedLicenses') continue;
    const value = valueAt(body, name);
    put(attributes, name, wrapped && Array.isArray(value) ? value[0] : value);
  }
  for (const [name, value] of Object.entries(body))
    if (name.startsWith('extension_')) put(attributes, name, value);
  if (type === 'user') {
    const manager = managerOf(body);
    if (manager !== undefined) attributes.manager = manager;
    put(attributes, 'assignedLicenses', skuIdsOf(body));
  }
  const { accountEnabled } = attributes;
  return {
    id: body.id,
    attributes,
    ...(type === 'user' && typeof accountEnabled === 'boolean' && { active: accountEnabled }),
  };
}

/** The SKUs of the licences a user has, as $select=assignedLicenses gives them. */
export function skuIdsOf(body: Record<string, unknown>): string[] {
  const { assignedLicenses } = body;
  const list = Array.isArray(assignedLicenses) ? assignedLicenses.filter(isObject) : [];
  return list.map(({ skuId }) => skuId).filter((skuId) => typeof skuId === 'string');
}

/** As it is expanded, and as delta queries tell it. */
function managerOf(body: Record<string, unknown>): string | undefined {
  if (isObject(body.manager) && typeof body.manager.id === 'string') return body.manager.id;
  const told = body['manager@delta'];
  const last: unknown = Array.isArray(told) ? told.at(-1) : undefined;
  if (!isObject(last) || '@removed' in last || typeof last.id !== 'string') return undefined;
  return last.id;
}

function valueAt(body: Record<string, unknown>, name: string): unknown {
  const [first = '', second] = name.split('.');
  const value = body[first];
  return second === undefined ? value : isObject(value) ? value[second] : undefined;
}

function put(attributes: Attributes, name: string, value: unknown): void {
  if (value === undefined || value === null || value === '') return;
  if (Array.isArray(value) && value.length === 0) return;
  attributes[name] = value as AttributeValue;
}
