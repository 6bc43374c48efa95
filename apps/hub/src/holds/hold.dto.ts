import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Hold, type HoldItem, holdItemStates, holdStates } from '@rollcall/provisioning';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  Min,
} from 'class-validator';

const json = { type: 'object', additionalProperties: true } as const;
const cursorMessage = 'must be the nextCursor of the page before';

class Paging {
  @ApiPropertyOptional({ description: 'From the page before.' })
  @IsOptional()
  @IsUUID('all', { message: cursorMessage })
  cursor?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 1000, default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'must be a whole number from 1 to 1000' })
  @Min(1)
  @Max(1_000)
  limit?: number;
}

export class HoldsQuery extends Paging {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the id of a connection; see GET /api/v1/connections' })
  connection?: string;

  @ApiPropertyOptional({ enum: holdStates })
  @IsOptional()
  @IsIn(holdStates, { message: `must be one of ${holdStates.join(', ')}` })
  state?: Hold['state'];
}

export class HoldItemsQuery extends Paging {
  @ApiPropertyOptional({ enum: holdItemStates })
  @IsOptional()
  @IsIn(holdItemStates, { message: `must be one of ${holdItemStates.join(', ')}` })
  state?: HoldItem['state'];
}

export class HoldDecisionBody {
  @ApiPropertyOptional({ type: [String], format: 'uuid', description: 'Users and groups of the change set.' })
  @IsOptional()
  @IsArray({ message: 'must be a list of ids of users or groups' })
  @IsUUID('all', { each: true, message: 'each entry must be the id of a user or group of the change set' })
  subjectIds?: string[];

  @ApiPropertyOptional({ description: 'true: all that nobody has decided on yet.' })
  @IsOptional()
  @IsBoolean({ message: 'must be true, or be left out' })
  all?: boolean;

  @ApiPropertyOptional({ maxLength: 1_000, description: 'Why; kept with the decision.' })
  @IsOptional()
  @IsString()
  @Length(1, 1_000, { message: 'must have 1 to 1000 characters' })
  note?: string;
}

class ConnectionName {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  name!: string;
}

class HoldSubject {
  @ApiProperty({ enum: ['user', 'group'] })
  type!: 'user' | 'group';
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ nullable: true, type: String })
  display!: string | null;
}

export class HoldView implements Hold {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ type: ConnectionName })
  connection!: ConnectionName;
  @ApiProperty({ enum: ['create', 'update', 'deactivate', 'delete'] })
  action!: Hold['action'];
  @ApiProperty({ enum: ['user', 'group'] })
  subjectType!: Hold['subjectType'];
  @ApiProperty({ enum: holdStates, description: 'open: somebody in it waits for a decision.' })
  state!: Hold['state'];
  @ApiProperty()
  openedAt!: Date;
  @ApiProperty({ nullable: true, type: Date })
  closedAt!: Date | null;
  @ApiProperty({ ...json, description: 'The configuration version, or the event, that made these due.' })
  cause!: Hold['cause'];
  @ApiProperty({
    ...json,
    description: 'What was done in the window, what was due, the live accounts then, and the limit they met.',
  })
  threshold!: Hold['threshold'];
  @ApiProperty({ ...json, description: 'How many are held, allowed, denied, withdrawn and done.' })
  counts!: Hold['counts'];
}

export class HoldList {
  @ApiProperty({ type: [HoldView] })
  items!: HoldView[];
  @ApiProperty({ nullable: true, type: String })
  nextCursor!: string | null;
}

export class HoldItemView implements HoldItem {
  @ApiProperty({ type: HoldSubject })
  subject!: HoldSubject;
  @ApiProperty({
    enum: holdItemStates,
    description: 'withdrawn: no longer wanted. done: allowed, and carried out.',
  })
  state!: HoldItem['state'];
  @ApiProperty()
  reason!: string;
  @ApiProperty({ type: [String], description: 'What would be changed; the values are in the operation.' })
  attributes!: string[];
  @ApiProperty({ format: 'uuid' })
  operationId!: string;
  @ApiProperty()
  heldAt!: Date;
  @ApiProperty({ nullable: true, type: Date })
  decidedAt!: Date | null;
  @ApiProperty({ nullable: true, type: String })
  decidedBy!: string | null;
  @ApiProperty({ nullable: true, type: String })
  note!: string | null;
}

export class HoldItemList {
  @ApiProperty({ type: [HoldItemView] })
  items!: HoldItemView[];
  @ApiProperty({ nullable: true, type: String })
  nextCursor!: string | null;
}

export class Decided {
  @ApiProperty({ description: 'For how many.' })
  decided!: number;
  @ApiProperty({ type: HoldView })
  hold!: HoldView;
}
