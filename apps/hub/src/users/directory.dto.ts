import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  IsDate,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

const dateMessage = 'must be a date and time such as 2026-03-01T09:30:00Z';
const asDate = Transform(({ value }) => (typeof value === 'string' ? new Date(value) : value));

export class DirectoryQuery {
  @ApiProperty({ required: false, description: 'SCIM filter (RFC 7644 section 3.4.2.2).' })
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  filter?: string;

  @ApiProperty({ required: false, description: 'Attribute to sort by.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  sortBy?: string;

  @ApiProperty({ required: false, enum: ['ascending', 'descending'] })
  @IsOptional()
  @IsIn(['ascending', 'descending'])
  sortOrder?: 'ascending' | 'descending';

  @ApiProperty({ required: false, description: 'nextCursor of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(4_000)
  cursor?: string;

  @ApiProperty({ required: false, minimum: 1, maximum: 1000, default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit?: number;
}

export class HistoryQuery {
  @ApiProperty({
    required: false,
    format: 'date-time',
    description: 'The state then, instead of a timeline.',
  })
  @IsOptional()
  @asDate
  @IsDate({ message: dateMessage })
  at?: Date;

  @ApiProperty({
    required: false,
    format: 'date-time',
    description: 'With `to`: what became different between.',
  })
  @IsOptional()
  @asDate
  @IsDate({ message: dateMessage })
  from?: Date;

  @ApiProperty({ required: false, format: 'date-time' })
  @IsOptional()
  @asDate
  @IsDate({ message: dateMessage })
  to?: Date;

  @ApiProperty({ required: false, description: 'Of a timeline: nextCursor of the page before.' })
  @IsOptional()
  @Matches(/^\d{1,15}$/, { message: 'must be the nextCursor of the page before' })
  cursor?: string;

  @ApiProperty({ required: false, minimum: 1, maximum: 500, default: 50 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;
}

export class ExplainQuery {
  @ApiProperty({ required: false, format: 'uuid', description: 'Left out: every connection.' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the id of a connection' })
  connection?: string;

  @ApiProperty({
    required: false,
    description: 'Of the target, or a source path. Left out: every attribute.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  attribute?: string;
}

export class MomentQuery {
  @ApiProperty({ required: false, format: 'date-time', description: 'Left out: now.' })
  @IsOptional()
  @asDate
  @IsDate({ message: dateMessage })
  at?: Date;

  @ApiProperty({ required: false, description: 'nextCursor of the page before.' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the nextCursor of the page before' })
  cursor?: string;

  @ApiProperty({ required: false, minimum: 1, maximum: 1000, default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit?: number;
}

export class AccountsQuery extends MomentQuery {
  @ApiProperty({ required: false, enum: ['user', 'group'], default: 'user' })
  @IsOptional()
  @IsIn(['user', 'group'])
  type?: 'user' | 'group';

  @ApiProperty({
    required: false,
    enum: ['active', 'inactive', 'any'],
    default: 'active',
    description: 'active: who could use the app.',
  })
  @IsOptional()
  @IsIn(['active', 'inactive', 'any'])
  state?: 'active' | 'inactive' | 'any';
}

export class WindowQuery {
  @ApiProperty({ required: false, format: 'date-time', description: 'Left out: a day before `to`.' })
  @IsOptional()
  @asDate
  @IsDate({ message: dateMessage })
  from?: Date;

  @ApiProperty({ required: false, format: 'date-time', description: 'Left out: now.' })
  @IsOptional()
  @asDate
  @IsDate({ message: dateMessage })
  to?: Date;
}
