import {
  type CompiledExpression,
  compileExpression,
  type Evaluation,
  readPath,
  type ResourceType,
} from '@rollcall/scim';

/** Results by the expression's text. */
export type Evaluated = ReadonlyMap<string, Evaluation>;

/** The expressions of a mapping, each compiled once. */
export type Expressions = ReadonlyMap<string, CompiledExpression>;

export const nothingEvaluated: Evaluated = new Map();

/** Throws ExpressionError. */
export function compileExpressions(lines: readonly { expression?: string }[]): Expressions {
  const texts = new Set(lines.flatMap(({ expression }) => (expression === undefined ? [] : [expression])));
  return new Map([...texts].map((text) => [text, compileExpression(text)]));
}

/**
 * What a mapping's expressions make of one user or group, for the plan to be made of: planning itself waits for
 * nothing. Where there are no expressions, nor does this.
 */
export function evaluateExpressions(
  expressions: Expressions,
  resource: Record<string, unknown> | undefined,
  type: ResourceType,
  now: Date,
): Evaluated | Promise<Evaluated> {
  if (expressions.size === 0 || resource === undefined) return nothingEvaluated;
  return evaluateAll(expressions, resource, type, now);
}

async function evaluateAll(
  expressions: Expressions,
  resource: Record<string, unknown>,
  type: ResourceType,
  now: Date,
): Promise<Evaluated> {
  const given = { now, read: (path: string) => readPath(resource, path, type) };
  const results = await Promise.all(
    [...expressions].map(
      async ([text, expression]) => [text, await expression.evaluate(resource, given)] as const,
    ),
  );
  return new Map(results);
}
