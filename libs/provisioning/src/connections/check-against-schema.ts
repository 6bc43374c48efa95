import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FieldError } from './connection.errors.js';

const ajv = new Ajv({ allErrors: true, discriminator: true, strict: false, allowUnionTypes: true });
addFormats.default(ajv);
const compiled = new WeakMap<object, ValidateFunction>();

/**
 * What is wrong with a value, each with the field it is about and in words that say what to do. Values are never
 * repeated, since they may be secrets.
 * @param name what the value is called in the request, e.g. "settings"
 */
export function checkAgainstSchema(name: string, schema: object, value: unknown): FieldError[] {
  let validate = compiled.get(schema);
  if (!validate) compiled.set(schema, (validate = ajv.compile(schema)));
  if (validate(value)) return [];
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
  return errors.map((error) => ({ field: fieldOf(name, error), message: inWords(error) }));
}

function fieldOf(name: string, { instancePath, params }: ErrorObject): string {
  const { missingProperty, additionalProperty, tag } = params as Record<string, string | undefined>;
  const steps = instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return [name, ...steps, missingProperty ?? additionalProperty ?? tag]
    .filter((step) => step !== undefined)
    .join('.');
}

function inWords({ keyword, params, message, parentSchema }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return 'is missing: give it a value.';
    case 'additionalProperties':
      return 'is not known here: remove it, or check its spelling.';
    case 'enum':
      return `must be one of ${(params as { allowedValues: unknown[] }).allowedValues.join(', ')}.`;
    case 'discriminator':
      return 'must be one of the kinds the connector offers; see GET /api/v1/connectors.';
    case 'pattern': {
      const { description } = (parentSchema ?? {}) as { description?: string };
      return `does not have the expected form.${description ? ` ${description}` : ''}`;
    }
    default:
      return `${message ?? 'is not valid'}.`;
  }
}
