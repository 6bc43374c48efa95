import { ExpressionError } from './expression-error.js';

/** What functions may ask for beside their arguments. Nothing here reads a clock or the network. */
export interface FunctionFacts {
  now: Date;
  /** What $Attribute gives: the value at a SCIM path of the user or group. */
  read(path: string): unknown;
  /** Throws when the expression has used up its work. */
  work(units: number): void;
}

export interface MappingFunction {
  /** Names of the arguments, as the messages say them. With `repeats` the last ones are repeated. */
  parameters: string[];
  /** The fewest arguments. */
  least: number;
  repeats?: boolean;
  call(given: Arguments, facts: FunctionFacts): unknown;
}

/** The arguments of one call. Null stands for an argument that is left out, as does a missing attribute. */
export class Arguments {
  constructor(
    private readonly name: string,
    private readonly parameters: string[],
    readonly all: unknown[],
  ) {}

  isEmpty(at: number): boolean {
    return isEmpty(this.all[at]);
  }

  /** Numbers and booleans as people write them: "5", "True". Undefined: there is no value. */
  text(at: number): string | undefined {
    const value = this.all[at];
    const text = asText(value);
    if (text !== undefined || value === undefined || value === null) return text;
    const remedy = Array.isArray(value)
      ? 'Pick one of the values with $Item, or put them together with $Join.'
      : 'Name the part that is meant, such as name.givenName.';
    throw this.wrong(at, `needs one text, and is ${Array.isArray(value) ? 'a list' : 'an object'}`, remedy);
  }

  required(at: number): string {
    const text = this.text(at);
    if (text !== undefined) return text;
    throw this.wrong(at, 'has no value', 'Give a text, or a fallback with $Coalesce.');
  }

  number(at: number): number | undefined {
    const text = this.text(at)?.trim();
    if (text === undefined || text === '') return undefined;
    const number = Number(text);
    if (Number.isFinite(number)) return number;
    throw this.wrong(at, `needs a number, and is "${shown(text)}"`, 'Give a number such as 3.');
  }

  integer(at: number): number | undefined {
    const number = this.number(at);
    if (number === undefined || Number.isSafeInteger(number)) return number;
    throw this.wrong(at, `needs a whole number, and is ${number}`, 'Give a number such as 3.');
  }

  /** One value is a list of one; no value is an empty list. */
  list(at: number): unknown[] {
    const value = this.all[at];
    if (Array.isArray(value)) return value;
    return value === undefined || value === null ? [] : [value];
  }

  wrong(at: number, problem: string, remedy: string): ExpressionError {
    const parameter = this.parameters[Math.min(at, this.parameters.length - 1)] ?? '';
    const text = `$${this.name}: argument ${at + 1} (${parameter}) ${problem}. ${remedy}`;
    return new ExpressionError(text, { name: this.name, argument: at });
  }
}

export function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' ? String(value) : undefined;
}

export const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
