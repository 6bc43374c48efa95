import { isObject, type JsonObject } from '../json.js';
import { parsePath, type Path } from '../path/parse-path.js';
import { ScimError, badRequest, describeValue } from '../scim-error.js';
import { patchOpUrn } from '../messages/urns.js';
import { noteSchema, type Warning } from '../resource/warning.js';
import type { PatchOp } from './change.js';

export interface PatchOperation {
  op: PatchOp;
  /** Absent: `value` is an object of attributes. */
  path?: Path;
  value?: unknown;
}

const maxOperations = 10_000;

/**
 * Reads a PatchOp message (RFC 7644 section 3.5.2). Keys and `op` in any case; an empty path counts as none.
 * What is not quite right is added to `warnings`.
 * Throws ScimError 400 naming the operation by its place in the message.
 */
export function parsePatch(body: unknown, warnings: Warning[] = []): PatchOperation[] {
  if (!isObject(body))
    throw badRequest('invalidSyntax', `Expected a PatchOp message, got ${describeValue(body)}.`);
  const operations = field(body, 'Operations');
  if (!Array.isArray(operations)) {
    throw badRequest('invalidSyntax', `Operations: expected an array, got ${describeValue(operations)}.`);
  }
  if (operations.length > maxOperations) {
    throw badRequest('invalidSyntax', `Operations: at most ${maxOperations} can be sent at once.`);
  }
  const parsed = operations.map((operation, at) => parseOperation(operation, `Operations[${at}]`, warnings));
  noteDialect(body, operations as JsonObject[], warnings);
  return parsed;
}

/** One warning for each peculiarity of the message, however many operations share it. */
function noteDialect(body: JsonObject, operations: JsonObject[], warnings: Warning[]): void {
  noteSchema(body, patchOpUrn, warnings);
  if (!Object.hasOwn(body, 'Operations')) {
    warnings.push({ path: 'Operations', detail: 'Operations is spelled in another case.' });
  }
  const odd = operations.find((operation) => operation['op'] !== String(operation['op']).toLowerCase());
  if (odd) {
    const op = String(field(odd, 'op'));
    const detail = Object.hasOwn(odd, 'op')
      ? `op "${op}" was read as "${op.toLowerCase()}".`
      : 'op is spelled in another case.';
    warnings.push({ path: 'Operations.op', detail });
  }
  for (const name of ['path', 'value']) {
    if (operations.some((operation) => !Object.hasOwn(operation, name) && field(operation, name) != null)) {
      warnings.push({ path: `Operations.${name}`, detail: `${name} is spelled in another case.` });
    }
  }
  if (operations.some((operation) => field(operation, 'path') === '')) {
    warnings.push({ path: 'Operations.path', detail: 'An empty path was read as none.' });
  }
}

function field(object: JsonObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const lower = name.toLowerCase();
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === lower);
  return key === undefined ? undefined : object[key];
}

function parseOperation(operation: unknown, where: string, warnings: Warning[]): PatchOperation {
  if (!isObject(operation)) {
    throw badRequest('invalidSyntax', `${where}: expected an object, got ${describeValue(operation)}.`);
  }
  const op = parseOp(field(operation, 'op'), where);
  const path = parseOperationPath(field(operation, 'path'), where, warnings);
  const value = field(operation, 'value');
  if (op === 'remove') {
    if (!path) throw badRequest('noTarget', `${where}: remove needs a path that names what to remove.`);
  } else if (value === undefined) {
    throw badRequest('invalidValue', `${where}: ${op} needs a value.`);
  } else if (!path && !isObject(value)) {
    throw badRequest(
      'invalidValue',
      `${where}: without a path the value must be an object of attributes, got ${describeValue(value)}.`,
    );
  }
  return { op, ...(path && { path }), ...(value !== undefined && { value }) };
}

function parseOp(op: unknown, where: string): PatchOp {
  const lower = typeof op === 'string' ? op.toLowerCase() : undefined;
  if (lower === 'add' || lower === 'replace' || lower === 'remove') return lower;
  throw badRequest(
    'invalidSyntax',
    `${where}.op: expected add, replace or remove, got ${describeValue(op)}.`,
  );
}

function parseOperationPath(path: unknown, where: string, warnings: Warning[]): Path | undefined {
  if (path === undefined || path === null || path === '') return undefined;
  if (typeof path !== 'string') {
    throw badRequest('invalidPath', `${where}.path: expected a string, got ${describeValue(path)}.`);
  }
  try {
    return parsePath(path, warnings);
  } catch (error) {
    if (error instanceof ScimError)
      throw badRequest('invalidPath', `${where}.path "${path.slice(0, 100)}": ${error.detail}`);
    throw error;
  }
}
