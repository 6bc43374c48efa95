import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsDate, IsOptional, IsString, Length, MinDate } from 'class-validator';

export class PauseBody {
  @ApiPropertyOptional({ format: 'date-time', description: 'Ends by itself then. Left out: until resumed.' })
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' ? new Date(value) : value))
  @IsDate({ message: 'must be a date and time such as 2026-03-01T09:30:00Z' })
  @MinDate(() => new Date(), { message: 'must be in the future' })
  until?: Date;

  @ApiPropertyOptional({ maxLength: 1_000 })
  @IsOptional()
  @IsString()
  @Length(1, 1_000, { message: 'must have 1 to 1000 characters' })
  reason?: string;
}

export class PauseView {
  @ApiProperty()
  since!: Date;
  @ApiProperty({ nullable: true, type: Date, description: 'null: until it is resumed.' })
  until!: Date | null;
  @ApiProperty({ nullable: true, type: String })
  reason!: string | null;
  @ApiProperty({ nullable: true, type: String, description: 'Who paused it.' })
  by!: string | null;
}
