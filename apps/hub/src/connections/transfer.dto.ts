import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Mappings } from '@rollcall/connectors';
import type { ConnectionDocument, PolicyInput } from '@rollcall/provisioning';
import { Allow, IsBoolean, IsIn, IsObject, IsOptional, IsString, IsUUID } from 'class-validator';

const json = { type: 'object', additionalProperties: true } as const;

/** A connection as a file. It never holds credentials. */
export class DocumentBody {
  @ApiProperty({ example: 'rollcall/connection' })
  @Allow()
  format!: unknown;
  @ApiProperty({ example: 1 })
  @Allow()
  formatVersion!: unknown;
  @ApiProperty({ example: 'Exium' })
  @Allow()
  name!: unknown;
  @ApiProperty({ example: 'scim2' })
  @Allow()
  connector!: unknown;
  @ApiProperty(json)
  @Allow()
  settings!: unknown;
  @ApiProperty(json)
  @Allow()
  mappings!: unknown;
  @ApiProperty({ ...json, description: 'Groups have id and displayName: here they are found by either.' })
  @Allow()
  scope!: unknown;
  @ApiProperty(json)
  @Allow()
  policy!: unknown;

  @ApiPropertyOptional({
    description: 'true: do not hold the mappings against what the target says of itself.',
  })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  ignoreTargetSchema?: boolean;
}

export class ImportBody extends DocumentBody {
  @ApiProperty({
    ...json,
    description: 'As the connector’s credentialsSchema says. Kept sealed and never returned.',
  })
  @IsObject({ message: 'must be an object: the credentials of the new connection' })
  credentials!: Record<string, unknown>;
}

export class DocumentView {
  @ApiProperty()
  format!: string;
  @ApiProperty()
  formatVersion!: number;
  @ApiProperty()
  name!: string;
  @ApiProperty()
  connector!: string;
  @ApiProperty(json)
  settings!: Record<string, unknown>;
  @ApiProperty(json)
  mappings!: Mappings;
  @ApiProperty(json)
  scope!: ConnectionDocument['scope'];
  @ApiProperty(json)
  policy!: PolicyInput;
}

export class TryBody {
  @ApiPropertyOptional({ format: 'uuid', description: 'A user of the directory.' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the id of a user' })
  userId?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'A group of the directory.' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the id of a group' })
  groupId?: string;

  @ApiPropertyOptional({ ...json, description: 'A user or group as SCIM has it.' })
  @IsOptional()
  @IsObject({ message: 'must be an object: a user or group as SCIM has it' })
  sample?: Record<string, unknown>;

  @ApiPropertyOptional({ enum: ['user', 'group'], default: 'user', description: 'What the sample is.' })
  @IsOptional()
  @IsString()
  @IsIn(['user', 'group'], { message: 'must be user or group' })
  type?: 'user' | 'group';

  @ApiPropertyOptional({ ...json, description: 'A draft. Left out: the connection’s mappings.' })
  @IsOptional()
  @IsObject({ message: 'must be an object with users, and perhaps groups' })
  mappings?: Mappings;
}

class TriedMatch {
  @ApiProperty()
  target!: string;
  @ApiPropertyOptional()
  value?: string;
  @ApiPropertyOptional()
  error?: string;
}

class TriedAttributeView {
  @ApiProperty()
  target!: string;
  @ApiProperty({ enum: ['always', 'create'] })
  apply!: 'always' | 'create';
  @ApiPropertyOptional({ description: 'Absent: there is no value.' })
  value?: unknown;
  @ApiPropertyOptional({ type: [String], description: 'Tried at the target in this order at creation.' })
  candidates?: string[];
  @ApiPropertyOptional({ type: [String], description: 'Users or groups that are not at the target yet.' })
  waitsFor?: string[];
  @ApiPropertyOptional({ description: 'true: what the target has is left as it is.' })
  left?: boolean;
  @ApiPropertyOptional({ description: 'What is wrong, and what to do.' })
  error?: string;
}

export class TriedView {
  @ApiProperty({ description: 'No mapping failed.' })
  ok!: boolean;
  @ApiProperty({ type: [TriedMatch] })
  matching!: TriedMatch[];
  @ApiProperty({ type: [TriedAttributeView] })
  attributes!: TriedAttributeView[];
}
