import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Mappings } from '@rollcall/connectors';
import {
  type PolicyInput,
  type Preview,
  type PreviewMembers,
  type PreviewPlan,
  type PreviewStep,
  type Provisioned,
  type Scope,
  type ScopeList,
  scopeLists,
} from '@rollcall/provisioning';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsUUID,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';

const json = { type: 'object', additionalProperties: true } as const;

export class DraftBody {
  @ApiPropertyOptional({ ...json, nullable: true, description: 'Null: the connector’s own.' })
  @IsOptional()
  @IsObject({ message: 'must be an object: mappings as a connection has them' })
  mappings?: Mappings | null;

  @ApiPropertyOptional({ ...json, example: { rule: 'userType eq "Employee"' } })
  @IsOptional()
  @IsObject({ message: 'must be an object: a scope as a connection has it' })
  scope?: Scope;

  @ApiPropertyOptional(json)
  @IsOptional()
  @IsObject({ message: 'must be an object: a policy as a connection has it' })
  policy?: PolicyInput;
}

export class WhatIfBody {
  @ApiPropertyOptional({ type: [String], format: 'uuid', description: 'Groups the user would come into.' })
  @IsOptional()
  @IsArray({ message: 'must be a list of group ids' })
  @IsUUID('all', { each: true, message: 'each entry must be the id of a group' })
  joinsGroups?: string[];

  @ApiPropertyOptional({ type: [String], format: 'uuid', description: 'Groups the user would go out of.' })
  @IsOptional()
  @IsArray({ message: 'must be a list of group ids' })
  @IsUUID('all', { each: true, message: 'each entry must be the id of a group' })
  leavesGroups?: string[];

  @ApiPropertyOptional({
    ...json,
    description: 'Values by SCIM path; null: none.',
    example: { title: 'Director', 'name.familyName': 'Lind' },
  })
  @IsOptional()
  @IsObject({ message: 'must be an object: SCIM path to value' })
  set?: Record<string, unknown>;

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  active?: boolean;

  @ApiPropertyOptional({ description: 'true: as if deleted at the source.' })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  deleted?: boolean;
}

export class SubjectBody {
  @ApiPropertyOptional({ format: 'uuid', description: 'Give either userId or groupId.' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the id of a user' })
  userId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the id of a group' })
  groupId?: string;
}

export class PreviewBody extends SubjectBody {
  @ApiPropertyOptional({ type: DraftBody, description: 'Parts to use in place of the saved ones.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => DraftBody)
  configuration?: DraftBody;

  @ApiPropertyOptional({ type: WhatIfBody, description: 'How the user would be otherwise.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => WhatIfBody)
  whatIf?: WhatIfBody;

  @ApiPropertyOptional({
    default: true,
    description: 'false: the target is not asked who is there, and nobody is taken to be.',
  })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  look?: boolean;

  @ApiPropertyOptional({ default: false, description: 'true: do it, too. As provision-on-demand.' })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  execute?: boolean;
}

export class ScopePreviewBody {
  @ApiPropertyOptional({ ...json, description: 'Left out: the saved one.' })
  @IsOptional()
  @IsObject({ message: 'must be an object: a scope as a connection has it' })
  scope?: Scope;

  @ApiPropertyOptional({ enum: ['user', 'group'], default: 'user' })
  @IsOptional()
  @IsIn(['user', 'group'], { message: 'must be user or group' })
  type?: 'user' | 'group';

  @ApiPropertyOptional({
    enum: scopeLists,
    default: 'in',
    description: 'Which to list: who is in, would come in, would leave, is out.',
  })
  @IsOptional()
  @IsIn(scopeLists, { message: `must be one of ${scopeLists.join(', ')}` })
  list?: ScopeList;

  @ApiPropertyOptional({ description: 'The nextCursor of the page before.' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the nextCursor of the page before' })
  cursor?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 1000, default: 100 })
  @IsOptional()
  @IsInt({ message: 'must be a whole number from 1 to 1000' })
  @Min(1, { message: 'must be a whole number from 1 to 1000' })
  @Max(1_000, { message: 'must be a whole number from 1 to 1000' })
  limit?: number;
}

export class ScopePreviewView {
  @ApiProperty({ ...json, nullable: true, example: { total: 1200, in: 800, entering: 20, leaving: 3 } })
  counts!: { total: number; in: number; entering: number; leaving: number } | null;
  @ApiProperty({ type: 'array', items: json })
  items!: { id: string; display: string; reason?: string }[];
  @ApiProperty({ nullable: true, type: String })
  nextCursor!: string | null;
}

export class PreviewView implements Preview {
  @ApiProperty(json)
  connection!: Preview['connection'];
  @ApiProperty(json)
  subject!: Preview['subject'];
  @ApiProperty({ description: 'The configuration is not the saved one.' })
  draft!: boolean;
  @ApiProperty({ description: 'The user is not as the directory has it.' })
  whatIf!: boolean;
  @ApiProperty({ type: 'array', items: json, description: 'import, scope, match, map, plan.' })
  steps!: PreviewStep[];
  @ApiProperty(json)
  plan!: PreviewPlan;
  @ApiPropertyOptional({ ...json, description: 'Of a group: how many members would be added and removed.' })
  members?: PreviewMembers;
  @ApiPropertyOptional({ type: 'array', items: json })
  memberships?: Preview['memberships'];
  @ApiProperty({ type: 'array', items: json, description: 'The calls that would be made.' })
  calls!: Preview['calls'];
  @ApiProperty({ description: 'There would be more of the kind of the last.' })
  callsLeftOut!: number;
  @ApiProperty({ type: [String], description: 'What else keeps this from being done now.' })
  notes!: string[];
  @ApiPropertyOptional({ ...json, description: 'What was done, where that was asked for.' })
  outcome?: Provisioned;
}
