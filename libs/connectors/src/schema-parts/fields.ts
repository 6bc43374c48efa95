/** Fields of a form, as properties of a JSON Schema. `standard` is the default. */

export const integer = (
  title: string,
  description: string,
  minimum: number,
  maximum: number,
  standard?: number,
) => ({
  title,
  description,
  type: 'integer',
  minimum,
  maximum,
  ...(standard !== undefined && { default: standard }),
});

export const flag = (title: string, description: string, standard: boolean) => ({
  title,
  description,
  type: 'boolean',
  default: standard,
});

export const choice = (title: string, description: string, values: readonly string[], standard: string) => ({
  title,
  description,
  type: 'string',
  enum: values,
  default: standard,
});

/** Never returned. */
export const secret = (title: string, description: string, maxLength: number) => ({
  title,
  description,
  type: 'string',
  minLength: 1,
  maxLength,
  writeOnly: true,
});

/** A header cannot carry control characters; a stray line end from copying is the usual cause. */
export const headerSecret = (title: string, description: string, maxLength: number) => ({
  ...secret(title, description, maxLength),
  pattern: '^[\\x21-\\x7e]+$',
});
