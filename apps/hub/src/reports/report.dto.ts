import { ApiProperty } from '@nestjs/swagger';
import { type Action, reportActions, type ReportFilter, reportStatuses } from '@rollcall/provisioning';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { OptionalMoment, PageSize } from '../http/query-fields.js';

export class ReportQuery {
  @ApiProperty({ required: false, description: 'Id or user name.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  user?: string;

  @ApiProperty({ required: false, description: 'Id or display name.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  group?: string;

  @ApiProperty({ required: false, description: 'Id or name.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  connection?: string;

  @ApiProperty({ required: false, enum: reportActions })
  @IsOptional()
  @IsIn(reportActions)
  action?: Action;

  @ApiProperty({ required: false, enum: reportStatuses })
  @IsOptional()
  @IsIn(reportStatuses)
  status?: ReportFilter['status'];

  @OptionalMoment('Ended, or last tried, from then on.')
  from?: Date;

  @OptionalMoment('Begun before then.')
  to?: Date;

  @ApiProperty({ required: false, description: 'nextCursor of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;

  @PageSize({ description: 'Of format json.' })
  limit?: number;

  @ApiProperty({
    required: false,
    enum: ['json', 'csv', 'ndjson'],
    default: 'json',
    description: 'csv, ndjson (one JSON object a line): all of it, as a stream.',
  })
  @IsOptional()
  @IsIn(['json', 'csv', 'ndjson'])
  format?: 'json' | 'csv' | 'ndjson';
}
