import type { JsonValue } from '../json.js';
import { ExpressionError } from './expression-error.js';

/** A result as plain JSON of its own. Throws ExpressionError for what is none, or is too big. */
export function toJson(result: unknown, mostValues: number): JsonValue | undefined {
  let left = mostValues;
  const copy = (value: unknown): JsonValue => {
    left -= 1;
    if (left < 0)
      throw new ExpressionError(`The result has more than ${mostValues} values. Narrow it with a filter.`);
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        if (Number.isFinite(value)) return value;
        throw new ExpressionError(
          'The result is a number that cannot be written. Look for a division by zero.',
        );
      case 'object':
        if (value === null) return null;
        if (Array.isArray(value)) return Array.from(value, copy);
        if (Object.hasOwn(value, '_jsonata_function') || Object.hasOwn(value, '_jsonata_lambda')) break;
        return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copy(each)]));
      case 'undefined':
        return null;
      default:
    }
    throw new ExpressionError('The result is a function. Call it with its arguments in parentheses.');
  };
  return result === undefined ? undefined : copy(result);
}
