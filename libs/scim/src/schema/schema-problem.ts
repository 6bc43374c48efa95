import type { JsonObject } from '../json.js';

/** What is wrong with a field of a schema's definition, and what to do about it. */
export interface SchemaProblem {
  /** Such as "attributes.2.subAttributes.0.type". */
  field: string;
  message: string;
}

/** Reads fields and collects what is wrong with them. */
export class Findings {
  readonly problems: SchemaProblem[] = [];

  add(field: string, message: string): void {
    this.problems.push({ field, message });
  }

  unknownFields(object: JsonObject, known: ReadonlySet<string>, within: string): void {
    for (const key of Object.keys(object)) {
      if (!known.has(key)) {
        this.add(
          within + key,
          `is not known here: remove it, or check its spelling (${[...known].join(', ')}).`,
        );
      }
    }
  }

  text(object: JsonObject, key: string, longest: number, within = ''): string | undefined {
    const value = object[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' && value.length <= longest && !hasControls(value)) return value;
    this.add(within + key, `must be text of at most ${longest} characters without control characters.`);
    return undefined;
  }

  flag(object: JsonObject, key: string, otherwise: boolean, within = ''): boolean {
    const value = object[key];
    if (value === undefined || value === null) return otherwise;
    if (typeof value === 'boolean') return value;
    this.add(within + key, 'must be true or false, without quotes.');
    return otherwise;
  }

  oneOf<T extends string>(
    object: JsonObject,
    key: string,
    values: readonly T[],
    otherwise: T | undefined,
    within = '',
  ): T {
    const value = object[key];
    if ((value === undefined || value === null) && otherwise !== undefined) return otherwise;
    const known = values.find((candidate) => candidate === value);
    if (known !== undefined) return known;
    this.add(within + key, `must be one of ${values.join(', ')}.`);
    return otherwise ?? values[0]!;
  }
}

const hasControls = (text: string) => /[\p{Cc}\p{Cs}]/u.test(text);
