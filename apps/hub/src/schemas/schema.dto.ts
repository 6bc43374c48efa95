import { ApiProperty, ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import type { AttributeDefinition, CustomSchema } from '@rollcall/scim';

const types = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary', 'complex'];
const urn = 'urn:ietf:params:scim:schemas:extension:Contoso:2.0:User';

export class SchemaAttribute {
  @ApiProperty({
    example: 'badgeNumber',
    description: 'Letters, digits, "-" and "_". Clients name it <id of the schema>:<name>.',
  })
  name!: string;

  @ApiPropertyOptional({ enum: types, default: 'string' })
  type?: AttributeDefinition['type'];

  @ApiPropertyOptional({ default: false })
  multiValued?: boolean;

  @ApiPropertyOptional({ maxLength: 1000 })
  description?: string;

  @ApiPropertyOptional({
    default: false,
    description:
      'Whether who has values of this schema must have one of this. Who lacks it already is left alone.',
  })
  required?: boolean;

  @ApiPropertyOptional({
    description: 'Of strings, false by default. References and binaries are always case exact.',
  })
  caseExact?: boolean;

  @ApiPropertyOptional({ enum: ['readWrite', 'immutable'], default: 'readWrite' })
  mutability?: AttributeDefinition['mutability'];

  @ApiPropertyOptional({
    enum: ['default', 'always', 'request'],
    default: 'default',
    description: 'request: only in answers to requests that ask for it by name.',
  })
  returned?: AttributeDefinition['returned'];

  @ApiPropertyOptional({ enum: ['none'], default: 'none' })
  uniqueness?: AttributeDefinition['uniqueness'];

  @ApiPropertyOptional({ type: [String], description: 'Of strings: usual values. Others are accepted too.' })
  canonicalValues?: string[];

  @ApiPropertyOptional({
    enum: ['User', 'Group', 'external', 'uri'],
    isArray: true,
    description: 'Of references, and required there: what they lead to.',
  })
  referenceTypes?: string[];

  @ApiPropertyOptional({
    type: () => [SchemaAttribute],
    description: 'Of complex attributes, and required there. None of them is complex or multi-valued.',
  })
  subAttributes?: SchemaAttribute[];
}

export class NewSchema {
  @ApiProperty({
    example: urn,
    description: 'A URN of your own, ending with a version and one name. It cannot be changed later.',
  })
  id!: string;

  @ApiPropertyOptional({ example: 'Contoso', description: 'Left out: taken from the URN.' })
  name?: string;

  @ApiPropertyOptional({ maxLength: 1000 })
  description?: string;

  @ApiPropertyOptional({
    enum: ['User', 'Group'],
    default: 'User',
    description: 'It cannot be changed later.',
  })
  resourceType?: CustomSchema['resourceType'];

  @ApiPropertyOptional({ default: false, description: 'Whether a new resource must have values of it.' })
  required?: boolean;

  @ApiProperty({ type: [SchemaAttribute], description: '1 to 100. Names count regardless of case.' })
  attributes!: SchemaAttribute[];
}

export class SchemaChange extends PartialType(OmitType(NewSchema, ['id', 'resourceType'])) {}

export class SchemaView extends NewSchema {
  @ApiProperty({ description: 'Of the standard: it cannot be changed.' })
  standard!: boolean;
}

export class SchemaList {
  @ApiProperty({ type: [SchemaView], description: 'Those of the standard first.' })
  items!: SchemaView[];
}
