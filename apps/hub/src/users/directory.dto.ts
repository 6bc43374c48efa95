import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { OptionalMoment, PageSize, UuidCursor } from '../http/query-fields.js';

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

  @PageSize()
  limit?: number;
}

export class HistoryQuery {
  @OptionalMoment('The state then, instead of a timeline.')
  at?: Date;

  @OptionalMoment('With `to`: what became different between.')
  from?: Date;

  @OptionalMoment()
  to?: Date;

  @ApiProperty({ required: false, description: 'Of a timeline: nextCursor of the page before.' })
  @IsOptional()
  @Matches(/^\d{1,15}$/, { message: 'must be the nextCursor of the page before' })
  cursor?: string;

  @PageSize({ most: 500, usual: 50 })
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
  @OptionalMoment('Left out: now.')
  at?: Date;

  @UuidCursor()
  cursor?: string;

  @PageSize()
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
  @OptionalMoment('Left out: a day before `to`.')
  from?: Date;

  @OptionalMoment('Left out: now.')
  to?: Date;
}
