import jsonata from 'jsonata';
import type { JsonValue } from '../json.js';
import { distinct } from './distinct.js';
import { Arguments, type FunctionFacts, isEmpty } from './function-arguments.js';
import { mappingFunctions, uniqueFunction } from './functions.js';
import { type Inspected, inspectExpression } from './inspect-expression.js';
import { regexEngine } from './linear-regex.js';
import { ExpressionError } from './expression-error.js';
import { toJson } from './to-json.js';

/** What one expression makes of one input. */
export type Evaluation =
  | { value: JsonValue | undefined }
  /** To be tried at the target in this order. */
  | { candidates: string[] }
  | { error: ExpressionError };

export interface CompiledExpression {
  inspected: Inspected;
  /** The same for the same arguments, always. Never rejects. */
  evaluate(input: unknown, given: Pick<FunctionFacts, 'now' | 'read'>): Promise<Evaluation>;
}

/** What one evaluation may use up. */
export interface ExpressionLimits {
  /** Steps, so that an expression never holds the process up. */
  work: number;
  /** Characters of a text that comes up. */
  text: number;
  /** Values of a list that comes up. */
  list: number;
  /** Values of the result. */
  values: number;
}

export const longestExpression = 10_000;
/** Some 50 ms at most. */
const usualLimits: ExpressionLimits = { work: 20_000, text: 5_000, list: 1_000, values: 5_000 };
const deepest = 100;
/** Values and characters that count as one step: what is done with them next takes time. */
const valuesPerUnit = 10;
const charactersPerUnit = 50;
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
export function compileExpression(text: string, limits: ExpressionLimits = usualLimits): CompiledExpression {
  if (text.length > longestExpression) {
    throw new ExpressionError(
      `An expression has at most ${longestExpression} characters, this has ${text.length}.`,
    );
  }
  const expression = parse(text, limits);
  const inspected = inspectExpression(expression.ast());
  prepare(expression, inspected, limits);
  return {
    inspected,
    evaluate: async (input, given) => {
      let left = limits.work;
      const facts: FunctionFacts = {
        ...given,
        work: (units) => {
          left -= units;
          if (left < 0) throw tooMuch();
        },
      };
      try {
        const result: unknown = await expression.evaluate(input, { [factsKey]: facts });
        if (inspected.unique) return { candidates: candidatesOf(result) };
        return { value: toJson(result, limits.values) };
      } catch (error) {
        return { error: inWords(error, limits) };
      }
    },
  };
}

function parse(text: string, limits: ExpressionLimits): jsonata.Expression {
  try {
    return jsonata(text, { stack: deepest, sequence: limits.list });
  } catch (error) {
    throw inWords(error, limits);
  }
}

function prepare(
  expression: jsonata.Expression,
  { functions, usesRegex, unique }: Inspected,
  limits: ExpressionLimits,
): void {
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
      if (result.length > limits.text) throw tooLong(limits);
      if (result.length > charactersPerUnit) factsOf(base).work(result.length / charactersPerUnit);
    } else if (Array.isArray(result)) {
      if (result.length > limits.list) throw tooMany(limits);
      if (result.length > valuesPerUnit) factsOf(base).work(result.length / valuesPerUnit);
    }
  });
}

const factsOf = (environment: jsonata.Environment): FunctionFacts =>
  environment.lookup(factsKey) as FunctionFacts;

const tooMuch = () =>
  new ExpressionError('The expression takes too long. Look for a loop in it, or make it shorter.');

const tooLong = ({ text }: ExpressionLimits) =>
  new ExpressionError(`A text of more than ${text} characters came up. Take a part of it, with $Left.`);

const tooMany = ({ list }: ExpressionLimits) =>
  new ExpressionError(
    `A list of more than ${list} values came up. Narrow it with a filter: emails[type="work"].`,
  );

function candidatesOf(result: unknown): string[] {
  const candidates = [...new Set((result as unknown[]).filter((value) => !isEmpty(value)).map(String))];
  if (candidates.length <= mostCandidates) return candidates;
  throw new ExpressionError(
    `$${uniqueFunction} has ${candidates.length} values to try. Give at most ${mostCandidates}.`,
  );
}

function inWords(error: unknown, limits: ExpressionLimits): ExpressionError {
  if (error instanceof ExpressionError) return error;
  const { code, message, position } = error as { code?: string; message?: string; position?: number };
  if (code === 'D1011' || error instanceof RangeError) {
    return new ExpressionError('The expression is nested too deeply. Make it shorter, or without recursion.');
  }
  if (code === 'D2015' || code === 'D2014') return tooMany(limits);
  const place = typeof position === 'number' ? ` (at character ${position})` : '';
  const text = (message ?? 'it cannot be evaluated').replace(/\.$/, '');
  return new ExpressionError(`${text}${place}. See docs/mapping.md for how expressions are written.`);
}
