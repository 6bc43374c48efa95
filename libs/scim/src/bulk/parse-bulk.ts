import { isObject, type JsonObject } from '../json.js';
import { bulkRequestUrn } from '../messages/urns.js';
import { noteSchema, type Warning } from '../resource/warning.js';
import { badRequest, describeValue, ScimError } from '../scim-error.js';

export const bulkMethods = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** RFC 7644 section 3.7. */
export interface BulkRequest {
  /** After this many errors no further operation is begun; undefined: all are. */
  failOnErrors: number | undefined;
  /** Not yet read: a wrong one spoils only itself. */
  operations: unknown[];
}

export interface BulkOperation {
  method: (typeof bulkMethods)[number];
  bulkId: string | undefined;
  type: 'User' | 'Group';
  /** Of the resource; a reference such as "bulkId:x" until it is resolved. Undefined for POST. */
  id: string | undefined;
  /** The entity tag the resource must have. */
  version: string | undefined;
  data: JsonObject | undefined;
}

/** Throws ScimError 400 (invalidSyntax, invalidValue), and 413 for more operations than `maxOperations`. */
export function parseBulk(
  body: unknown,
  { maxOperations }: { maxOperations: number },
  warnings: Warning[] = [],
): BulkRequest {
  if (!isObject(body))
    throw badRequest('invalidSyntax', `Expected a ${bulkRequestUrn}, got ${describeValue(body)}.`);
  const { Operations: operations, failOnErrors = null } = body;
  if (!Array.isArray(operations) || operations.length === 0) {
    throw badRequest(
      'invalidSyntax',
      `Operations: expected a list of operations, got ${describeValue(operations)}.`,
    );
  }
  if (operations.length > maxOperations) {
    throw new ScimError(
      413,
      `The bulk has ${operations.length} operations; maxOperations is ${maxOperations}. Send it in parts.`,
    );
  }
  if (failOnErrors !== null && !(Number.isSafeInteger(failOnErrors) && Number(failOnErrors) > 0)) {
    throw badRequest(
      'invalidValue',
      `failOnErrors: expected a whole number from 1, got ${describeValue(failOnErrors)}.`,
    );
  }
  noteSchema(body, bulkRequestUrn, warnings);
  return { failOnErrors: failOnErrors === null ? undefined : Number(failOnErrors), operations };
}

const bulkPath = /^\/?(User|Group)s(?:\/([^/?#]+))?\/?$/;

/** Throws ScimError 400 invalidSyntax naming the field. */
export function parseBulkOperation(operation: unknown, warnings: Warning[] = []): BulkOperation {
  if (!isObject(operation)) throw wrong('an operation', 'an object', operation);
  const method = bulkMethods.find((known) => known === String(operation.method).toUpperCase());
  if (!method) throw wrong('method', bulkMethods.join(', '), operation.method);
  const bulkId = text(operation, 'bulkId');
  const version = text(operation, 'version');
  const path = text(operation, 'path') ?? '';
  const [, type, id] = bulkPath.exec(path) ?? [];
  if (!type || (method === 'POST') === (id !== undefined)) {
    const example = method === 'POST' ? '/Users or /Groups' : '/Users/{id} or /Groups/{id}';
    throw wrong('path', `${example} for ${method}`, path);
  }
  if (method === 'POST' && !bulkId) throw wrong('bulkId', 'an id of your own for each POST', bulkId);
  if (method !== operation.method) {
    warnings.push({ path: 'method', detail: `method ${method} was sent in another case.` });
  }
  if (!path.startsWith('/')) {
    warnings.push({ path: 'path', detail: 'A path was sent without the slash it begins with.' });
  }
  const data = operation.data ?? undefined;
  if (method !== 'DELETE' && !isObject(data)) throw wrong('data', 'an object', data);
  return {
    method,
    bulkId,
    type: type as BulkOperation['type'],
    id: id && decoded(id),
    version,
    data: isObject(data) ? data : undefined,
  };
}

function text(operation: JsonObject, name: string): string | undefined {
  const value = operation[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw wrong(name, 'text', value);
  return value || undefined;
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

const wrong = (name: string, expected: string, value: unknown) =>
  badRequest('invalidSyntax', `${name}: expected ${expected}, got ${describeValue(value)}.`);
