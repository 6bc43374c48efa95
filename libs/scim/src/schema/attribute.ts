export type AttributeType =
  'string' | 'boolean' | 'decimal' | 'integer' | 'dateTime' | 'reference' | 'binary' | 'complex';

/** One attribute and its characteristics: RFC 7643 sections 2.2 and 7. Plain data, as /Schemas shows it. */
export interface AttributeDefinition {
  name: string;
  type: AttributeType;
  multiValued: boolean;
  description: string;
  required: boolean;
  caseExact: boolean;
  mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  returned: 'always' | 'never' | 'default' | 'request';
  uniqueness: 'none' | 'server' | 'global';
  canonicalValues?: string[];
  referenceTypes?: string[];
  subAttributes?: AttributeDefinition[];
}

export interface ResourceSchema {
  /** The schema's URN. */
  id: string;
  name: string;
  description: string;
  attributes: AttributeDefinition[];
}

/** What a definition may leave out: the defaults of RFC 7643 section 2.2. */
export type AttributeSketch = Pick<AttributeDefinition, 'name' | 'description'> &
  Partial<AttributeDefinition>;

/** References and binaries are case exact (RFC 7643 sections 2.3.6 and 2.3.7), other attributes are not. */
export function attribute(sketch: AttributeSketch): AttributeDefinition {
  const type = sketch.type ?? 'string';
  return {
    type,
    multiValued: false,
    required: false,
    caseExact: type === 'reference' || type === 'binary',
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...sketch,
  };
}

/** A multi-valued attribute with the customary sub-attributes of RFC 7643 section 2.4. */
export function plural(
  name: string,
  description: string,
  value: Partial<AttributeSketch> = {},
  types: string[] = [],
): AttributeDefinition {
  return attribute({
    name,
    description,
    type: 'complex',
    multiValued: true,
    subAttributes: [
      attribute({ name: 'value', description: 'The value itself.', ...value }),
      attribute({ name: 'display', description: 'A name for people to read.' }),
      attribute({
        name: 'type',
        description: 'What the value is used for.',
        ...(types.length > 0 && { canonicalValues: types }),
      }),
      attribute({
        name: 'primary',
        type: 'boolean',
        description: 'Whether this is the preferred value. True at most once.',
      }),
    ],
  });
}
