import { readPath, type ResourceType } from '@rollcall/scim';
import jsonata from 'jsonata';
import type { AttributeValue } from '@rollcall/connectors';
import { Arguments, type FunctionFacts, isEmpty } from './function-arguments.js';
import { mappingFunctions, uniqueFunction } from './functions.js';
import { type Inspected, inspectExpression } from './inspect-expression.js';
import { regexEngine } from './linear-regex.js';
import { ExpressionError } from './mapping.errors.js';
import { distinct } from './same-value.js';
import { toJson } from './to-json.js';

/** What one expression makes of one user or group. */
export type Evaluation =
  | { value: AttributeValue | undefined }
  /** To be tried at the target in this order. */
  | { candidates: string[] }
  | { error: ExpressionError };

export interface CompiledExpression {
  inspected: Inspected;
  /** The same for the same arguments, always. Never rejects. */
  evaluate(resource: Record<string, unknown>, type: ResourceType, now: Date): Promise<Evaluation>;
}

export const longestExpression = 10_000;
/** Steps of evaluation, so that an expression never holds the process up: some 50 ms at most. */
const mostWork = 20_000;
const deepest = 100;
/** Values and characters that count as one step: what is done with them next takes time. */
const valuesPerUnit = 10;
const charactersPerUnit = 50;
const longestText = 5_000;
const longestList = 1_000;
const mostCandidates = 50;

/** Not a name an expression can write. */
const factsKey = ' facts';
const onEntry = Symbol.for('jsonata.__evaluate_entry') as unknown as string;
const onExit = Symbol.for('jsonata.__evaluate_exit') as unknown as string;

interface Base extends jsonata.Environment {
  RegexEngine: RegExpConstructor;
  timestamp: Date;
}

type InBase = jsonata.Environment & { base: Base };

/** Throws ExpressionError for an expression that cannot be read, or uses what is not offered. */
export function compileExpression(text: string): CompiledExpression {
  if (text.length > longestExpression) {
    throw new ExpressionError(
      `An expression has at most ${longestExpression} characters, this has ${text.length}.`,
    );
  }
  const expression = parse(text);
  const inspected = inspectExpression(expression.ast());
  prepare(expression, inspected);
  return {
    inspected,
    evaluate: async (resource, type, now) => {
      let left = mostWork;
      const facts: FunctionFacts = {
        now,
        read: (path) => readPath(resource, path, type),
        work: (units) => {
          left -= units;
          if (left < 0) throw tooMuch();
        },
      };
      try {
        const result: unknown = await expression.evaluate(resource, { [factsKey]: facts });
        if (inspected.unique) return { candidates: candidatesOf(result) };
        return { value: toJson(result) };
      } catch (error) {
        return { error: inWords(error) };
      }
    },
  };
}

function parse(text: string): jsonata.Expression {
  try {
    return jsonata(text, { stack: deepest, sequence: longestList });
  } catch (error) {
    throw inWords(error);
  }
}

function prepare(expression: jsonata.Expression, { functions, usesRegex, unique }: Inspected): void {
  for (const name of functions) {
    const { call, parameters } = mappingFunctions.get(name)!;
    expression.registerFunction(name, function (...values: unknown[]) {
      return call(new Arguments(name, parameters, values), factsOf(this.environment));
    });
  }
  if (unique) expression.registerFunction(uniqueFunction, (...values: unknown[]) => values.flat());
  expression.registerFunction(
    'now',
    function () {
      return factsOf(this.environment).now.toISOString();
    },
    '<:s>',
  );
  expression.registerFunction(
    'millis',
    function () {
      return factsOf(this.environment).now.getTime();
    },
    '<:n>',
  );
  // JSONata's own compares each value with each.
  expression.registerFunction(
    'distinct',
    (values: unknown) => {
      if (!Array.isArray(values)) return values;
      const { sequence } = values as unknown[] & { sequence?: boolean };
      return Object.assign(distinct(values), sequence && { sequence });
    },
    '<x:x>',
  );
  expression.assign(onEntry, (_: unknown, _input: unknown, { base }: InBase) => {
    const facts = factsOf(base);
    facts.work(1);
    if (base.timestamp === facts.now) return;
    base.timestamp = facts.now;
    if (usesRegex) base.RegexEngine = regexEngine((units) => facts.work(units));
  });
  expression.assign(onExit, (_: unknown, _input: unknown, { base }: InBase, result: unknown) => {
    if (typeof result === 'string') {
      if (result.length > longestText) throw tooLong();
      if (result.length > charactersPerUnit) factsOf(base).work(result.length / charactersPerUnit);
    } else if (Array.isArray(result)) {
      if (result.length > longestList) throw tooMany();
      if (result.length > valuesPerUnit) factsOf(base).work(result.length / valuesPerUnit);
    }
  });
}

const factsOf = (environment: jsonata.Environment): FunctionFacts =>
  environment.lookup(factsKey) as FunctionFacts;

const tooMuch = () =>
  new ExpressionError('The expression takes too long. Look for a loop in it, or make it shorter.');

const tooLong = () =>
  new ExpressionError(
    `A text of more than ${longestText} characters came up. Take a part of it, with $Left.`,
  );

const tooMany = () =>
  new ExpressionError(
    `A list of more than ${longestList} values came up. Narrow it with a filter: emails[type="work"].`,
  );

function candidatesOf(result: unknown): string[] {
  const candidates = [...new Set((result as unknown[]).filter((value) => !isEmpty(value)).map(String))];
  if (candidates.length <= mostCandidates) return candidates;
  throw new ExpressionError(
    `$${uniqueFunction} has ${candidates.length} values to try. Give at most ${mostCandidates}.`,
  );
}

function inWords(error: unknown): ExpressionError {
  if (error instanceof ExpressionError) return error;
  const { code, message, position } = error as { code?: string; message?: string; position?: number };
  if (code === 'D1011' || error instanceof RangeError) {
    return new ExpressionError('The expression is nested too deeply. Make it shorter, or without recursion.');
  }
  if (code === 'D2015' || code === 'D2014') return tooMany();
  const place = typeof position === 'number' ? ` (at character ${position})` : '';
  const text = (message ?? 'it cannot be evaluated').replace(/\.$/, '');
  return new ExpressionError(`${text}${place}. See docs/mapping.md for how expressions are written.`);
}
