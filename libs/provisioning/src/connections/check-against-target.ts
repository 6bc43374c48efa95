import type {
  AttributeMapping,
  Discovery,
  MatchingRule,
  SubjectType,
  TargetAttribute,
} from '@rollcall/connectors';
import type { SourceAttribute, ValueType } from '../mapping/source-attribute.js';
import { isNear } from '../mapping/source-attribute.js';
import type { FieldError } from './connection.errors.js';

/** A line of a mapping with what it gives: a type, a value, or undefined where that cannot be told. */
export interface Given {
  field: string;
  mapping: AttributeMapping;
  value: SourceAttribute | { value: unknown } | undefined;
}

/** RFC 7643 section 3.1 has it apart from the schemas, so a target does not list it. */
const common = new Set(['externalid']);

/** What is wrong with a mapping by what the target says of its own attributes. */
export function checkAgainstTarget(
  { objectTypes }: Discovery,
  type: SubjectType,
  field: string,
  matching: MatchingRule[],
  lines: Given[],
): FieldError[] {
  const described = objectTypes.find((each) => each.type === type);
  if (!described || described.attributes.length === 0) return [];
  const schema = new TargetSchema(described.attributes, described.assumed === true);
  return [
    ...matching.flatMap(({ target }, at) => schema.unknown(`${field}.matching.${at}.target`, target)),
    ...lines.flatMap((line) => schema.errorsOf(line)),
    ...schema.missing(field, type, lines),
  ];
}

class TargetSchema {
  private readonly byName: Map<string, TargetAttribute>;
  private readonly bases: Set<string>;

  constructor(
    private readonly attributes: TargetAttribute[],
    /** The target may have more than these. */
    private readonly assumed: boolean,
  ) {
    this.byName = new Map(attributes.map((attribute) => [attribute.name.toLowerCase(), attribute]));
    this.bases = new Set(attributes.map(({ name }) => baseOf(name)));
  }

  unknown(field: string, target: string): FieldError[] {
    if (this.assumed || common.has(target.toLowerCase()) || this.bases.has(baseOf(target))) return [];
    const near = this.attributes.find(({ name }) => isNear(lastName(name), lastName(target)));
    const advice = near ? `Did you mean ${near.name}?` : 'Remove the line, or correct the name.';
    return [{ field, message: `The target has no attribute ${target}. ${advice}` }];
  }

  errorsOf({ field, mapping, value }: Given): FieldError[] {
    const unknown = this.unknown(`${field}.target`, mapping.target);
    const attribute = this.byName.get(mapping.target.toLowerCase());
    if (unknown.length > 0 || !attribute) return unknown;
    if (attribute.mutability === 'readOnly') {
      return [
        {
          field: `${field}.target`,
          message: `${attribute.name} is read-only at the target: it sets the value itself. Remove the line.`,
        },
      ];
    }
    const way =
      mapping.constant !== undefined
        ? 'constant'
        : mapping.expression !== undefined
          ? 'expression'
          : 'source';
    return [
      ...(value === undefined ? [] : mismatch(`${field}.${way}`, attribute, value)),
      ...(mapping.default === undefined
        ? []
        : mismatch(`${field}.default`, attribute, { value: mapping.default })),
    ];
  }

  /** Required attributes nothing is mapped to. */
  missing(field: string, type: SubjectType, lines: Given[]): FieldError[] {
    const mapped = new Set(lines.map(({ mapping }) => baseOf(mapping.target)));
    const bases = new Map<string, string>();
    for (const { name, required, mutability } of this.attributes) {
      const base = baseOf(name);
      if (required && mutability !== 'readOnly' && !common.has(base) && !mapped.has(base))
        bases.set(base, name);
    }
    return [...bases.values()].map((name) => ({
      field: `${field}.attributes`,
      message: `The target requires ${name} of every ${type}, and nothing is mapped to it. Add a line for it.`,
    }));
  }
}

/** Without the filter and what follows it, and without sub-attribute: what of an object it is about. */
function baseOf(path: string): string {
  const lower = path.toLowerCase();
  const colon = lower.slice(0, (lower.indexOf('[') + 1 || lower.length + 1) - 1).lastIndexOf(':');
  return lower.slice(0, colon + 1) + lower.slice(colon + 1).split(/[.[]/)[0]!;
}

const lastName = (path: string) => baseOf(path).split(':').at(-1)!;

function mismatch(
  field: string,
  attribute: TargetAttribute,
  given: SourceAttribute | { value: unknown },
): FieldError[] {
  const { name, type, multiValued, oneOrMany, canonicalValues } = attribute;
  const error = (message: string): FieldError[] => [{ field, message }];
  const many = 'many' in given ? given.many : Array.isArray(given.value);
  if ('value' in given && (given.value === undefined || given.value === null)) return [];
  const ofType = 'many' in given ? given.type : typeOf(given.value);
  if (ofType === 'any') return [];
  if (many && !multiValued) {
    return error(
      `gives a list, and ${name} takes one value. Pick one: emails[type eq "work"].value, or $Item(…, 1).`,
    );
  }
  if (!many && multiValued && !oneOrMany && ofType !== 'complex') {
    return error(`gives one value, and ${name} takes a list. Make a list of it with an expression: [ … ].`);
  }
  if (!fits(ofType, type, given)) {
    return error(
      `gives ${nameOf(ofType)}, and ${name} takes ${nameOf(type)}. ${conversion[type] ?? 'Map another attribute.'}`,
    );
  }
  const values: unknown[] = 'value' in given ? [given.value].flat() : [];
  const allowed = canonicalValues?.map((value) => value.toLowerCase());
  const odd = values.find(
    (value) => typeof value === 'string' && allowed && !allowed.includes(value.toLowerCase()),
  );
  if (odd !== undefined && !field.endsWith('.expression')) {
    return error(`is "${String(odd)}", and ${name} takes one of ${canonicalValues!.join(', ')}.`);
  }
  return [];
}

const conversion: Partial<Record<ValueType, string>> = {
  string: 'Convert it with the expression $CStr(…).',
  boolean: 'Convert it with the expression $CBool(…).',
  integer: 'Convert it with the expression $CInt(…).',
  decimal: 'Convert it with the expression $number(…).',
  dateTime: 'Convert it with the expression $FormatDateTime(…, null, null, "yyyy-MM-ddTHH:mm:ssZ").',
};

const texts = new Set<ValueType>(['string', 'dateTime', 'reference', 'binary']);

function fits(given: ValueType, wanted: ValueType, from: SourceAttribute | { value: unknown }): boolean {
  if (given === wanted || (given === 'integer' && wanted === 'decimal')) return true;
  if (wanted === 'dateTime') {
    if (given !== 'string' || 'many' in from) return false;
    return [from.value].flat().every((value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(String(value)));
  }
  return texts.has(given) && texts.has(wanted);
}

function typeOf(value: unknown): ValueType {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'string') return 'string';
  if (typeof first === 'boolean') return 'boolean';
  if (typeof first === 'number') return Number.isInteger(first) ? 'integer' : 'decimal';
  return first === undefined || first === null ? 'any' : 'complex';
}

function nameOf(type: ValueType): string {
  const names: Partial<Record<ValueType, string>> = {
    string: 'text',
    boolean: 'true or false',
    integer: 'a whole number',
    decimal: 'a number',
    dateTime: 'a date with time',
    complex: 'an object',
  };
  return names[type] ?? `a ${type}`;
}
