import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type ScheduledStep, stepStates } from '@rollcall/provisioning';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Max, MaxLength, Min } from 'class-validator';

export class StepsQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the id of a connection; see GET /api/v1/connections' })
  connection?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the id of a user' })
  user?: string;

  @ApiPropertyOptional({ enum: stepStates })
  @IsOptional()
  @IsIn(stepStates, { message: `must be one of ${stepStates.join(', ')}` })
  state?: ScheduledStep['state'];

  @ApiPropertyOptional({ description: 'From the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 1000, default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'must be a whole number from 1 to 1000' })
  @Min(1)
  @Max(1_000)
  limit?: number;
}

export class CancelStepBody {
  @ApiPropertyOptional({ maxLength: 1_000, description: 'Why; kept with the decision.' })
  @IsOptional()
  @IsString()
  @Length(1, 1_000, { message: 'must have 1 to 1000 characters' })
  note?: string;
}

class StepUser {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ nullable: true, type: String })
  display!: string | null;
}

class StepConnection {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  name!: string;
}

class CancelledView {
  @ApiProperty()
  at!: Date;
  @ApiProperty({ description: 'Who.' })
  by!: string;
  @ApiProperty({ nullable: true, type: String })
  note!: string | null;
}

export class StepView implements ScheduledStep {
  @ApiProperty({ description: 'Connection and user.' })
  id!: string;
  @ApiProperty({ type: StepUser })
  user!: StepUser;
  @ApiProperty({ type: StepConnection })
  connection!: StepConnection;
  @ApiProperty({ enum: ['delete'] })
  action!: 'delete';
  @ApiProperty({ description: 'Not before.' })
  at!: Date;
  @ApiProperty({ enum: ['deleted-at-source', 'out-of-scope'] })
  because!: ScheduledStep['because'];
  @ApiProperty({ enum: stepStates, description: 'held, denied: by the guard; see GET /api/v1/holds.' })
  state!: ScheduledStep['state'];
  @ApiProperty({ nullable: true, type: CancelledView })
  cancelled!: CancelledView | null;
}

export class StepList {
  @ApiProperty({ type: [StepView] })
  items!: StepView[];
  @ApiProperty({ nullable: true, type: String })
  nextCursor!: string | null;
}
