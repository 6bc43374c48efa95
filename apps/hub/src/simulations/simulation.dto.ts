import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  type SimulatedSubject,
  type Simulation,
  type SimulationResult,
  type SimulationState,
  simulationStates,
} from '@rollcall/provisioning';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';

const json = { type: 'object', additionalProperties: true } as const;
const outcomes = [
  'create',
  'update',
  'deactivate',
  'reactivate',
  'delete',
  'adopt',
  'none',
  'refuse',
] as const;

export class SimulationView implements Simulation {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ format: 'uuid' })
  connectionId!: string;
  @ApiProperty({ enum: simulationStates })
  state!: SimulationState;
  @ApiProperty({ ...json, description: 'The parts that were given; what was left out is as saved.' })
  draft!: Simulation['draft'];
  @ApiProperty({ description: 'Version of the saved configuration it is compared with.' })
  baseVersion!: number;
  @ApiProperty()
  actor!: string;
  @ApiProperty({ type: Number, nullable: true, description: 'Users and groups to look at.' })
  total!: number | null;
  @ApiProperty({ description: 'Looked at so far.' })
  done!: number;
  @ApiProperty({ type: String, nullable: true })
  error!: string | null;
  @ApiProperty()
  createdAt!: Date;
  @ApiProperty({ type: Date, nullable: true })
  startedAt!: Date | null;
  @ApiProperty({ type: Date, nullable: true })
  finishedAt!: Date | null;
  @ApiProperty({
    ...json,
    description:
      'Counts by type and outcome, of the draft and of the saved configuration; by reason and attribute; what the guard would hold. The target was not asked: somebody it has already, unknown to the hub, counts as create.',
  })
  result!: SimulationResult;
}

export class SimulationList {
  @ApiProperty({ type: [SimulationView] })
  items!: SimulationView[];
}

export class SimulatedSubjectsQuery {
  @ApiPropertyOptional({ enum: ['user', 'group'] })
  @IsOptional()
  @IsIn(['user', 'group'], { message: 'must be user or group' })
  type?: 'user' | 'group';

  @ApiPropertyOptional({ enum: outcomes, description: 'What it comes to by the draft.' })
  @IsOptional()
  @IsIn(outcomes, { message: `must be one of ${outcomes.join(', ')}` })
  draft?: string;

  @ApiPropertyOptional({ enum: outcomes, description: 'What it comes to by the saved configuration.' })
  @IsOptional()
  @IsIn(outcomes, { message: `must be one of ${outcomes.join(', ')}` })
  live?: string;

  @ApiPropertyOptional({ description: 'true: only those for whom it is another, or with other values.' })
  @IsOptional()
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean({ message: 'must be true or false' })
  differs?: boolean;

  @ApiPropertyOptional({ description: 'The nextCursor of the page before.' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the nextCursor of the page before' })
  cursor?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 1000, default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'must be a whole number from 1 to 1000' })
  @Min(1, { message: 'must be a whole number from 1 to 1000' })
  @Max(1_000, { message: 'must be a whole number from 1 to 1000' })
  limit?: number;
}

export class SimulatedSubjects {
  @ApiProperty({ type: 'array', items: json })
  items!: SimulatedSubject[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}
