import { type CompiledExpression, compileExpression, isObject, type JsonValue } from '@rollcall/scim';

/** Some 50 ms of work, as in mappings; answers are longer than people's attributes. */
const limits = { work: 20_000, text: 200_000, list: 10_000, values: 200_000 };

/** @throws ExpressionError for what cannot be read, or uses what is not offered */
export const compile = (text: string): CompiledExpression => compileExpression(text, limits);

export type Evaluated = { value: JsonValue | undefined } | { error: string };

/** The expressions of one connection, each compiled once. */
export class Expressions {
  private readonly compiled = new Map<string, CompiledExpression>();

  async evaluate(text: string, input: unknown): Promise<Evaluated> {
    const expression = this.compiled.get(text) ?? compile(text);
    this.compiled.set(text, expression);
    const attributes = isObject(input) && isObject(input.attributes) ? input.attributes : {};
    const result = await expression.evaluate(input, { now: new Date(), read: (name) => attributes[name] });
    if ('error' in result) return { error: result.error.message };
    return { value: 'value' in result ? result.value : result.candidates };
  }

  /** Whether it is true. What cannot be worked out is not: what a refusal means is then read from its status. */
  async holds(text: string | undefined, input: unknown): Promise<boolean> {
    if (text === undefined) return false;
    const result = await this.evaluate(text, input);
    return 'value' in result && result.value === true;
  }
}
