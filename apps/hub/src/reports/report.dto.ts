import { ApiProperty } from '@nestjs/swagger';
import { type Action, reportActions, type ReportFilter, reportStatuses } from '@rollcall/provisioning';
import { Transform, Type } from 'class-transformer';
import { IsDate, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

const dateMessage = 'must be a date and time such as 2026-03-01T09:30:00Z';
const asDate = Transform(({ value }) => (typeof value === 'string' ? new Date(value) : value));

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

  @ApiProperty({ required: false, format: 'date-time', description: 'Ended, or last tried, from then on.' })
  @IsOptional()
  @asDate
  @IsDate({ message: dateMessage })
  from?: Date;

  @ApiProperty({ required: false, format: 'date-time', description: 'Begun before then.' })
  @IsOptional()
  @asDate
  @IsDate({ message: dateMessage })
  to?: Date;

  @ApiProperty({ required: false, description: 'nextCursor of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;

  @ApiProperty({ required: false, minimum: 1, maximum: 1000, default: 100, description: 'Of format json.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
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
