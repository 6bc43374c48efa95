import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsDate, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';

/** A query's date and time, as a Date; may be left out. */
export function OptionalMoment(description?: string): PropertyDecorator {
  return applyDecorators(
    IsDate({ message: 'must be a date and time such as 2026-03-01T09:30:00Z' }),
    Transform(({ value }) => (typeof value === 'string' ? new Date(value) : value)),
    IsOptional(),
    ApiProperty({ required: false, format: 'date-time', ...(description && { description }) }),
  );
}

/** How many a page of a list holds; may be left out. */
export function PageSize({ most = 1_000, usual = 100, description = '' } = {}): PropertyDecorator {
  return applyDecorators(
    Max(most),
    Min(1),
    IsInt(),
    Type(() => Number),
    IsOptional(),
    ApiProperty({
      required: false,
      minimum: 1,
      maximum: most,
      default: usual,
      ...(description && { description }),
    }),
  );
}

/** Where a page of a list begins that goes by ids; may be left out. */
export function UuidCursor(): PropertyDecorator {
  return applyDecorators(
    IsUUID('all', { message: 'must be the nextCursor of the page before' }),
    IsOptional(),
    ApiProperty({ required: false, description: 'nextCursor of the page before.' }),
  );
}
