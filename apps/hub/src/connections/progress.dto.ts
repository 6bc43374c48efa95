import { ApiProperty } from '@nestjs/swagger';
import type { Progress, Run } from '@rollcall/provisioning';

export class RunView implements Run {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({
    enum: ['first-cycle', 'resync', 'configuration-change'],
    description: 'Why everybody was looked at.',
  })
  kind!: Run['kind'];
  @ApiProperty({ enum: ['running', 'paused', 'cancelled', 'finished'] })
  state!: Run['state'];
  @ApiProperty()
  configVersion!: number;
  @ApiProperty()
  startedAt!: Date;
  @ApiProperty({ nullable: true, type: Date })
  endedAt!: Date | null;
  @ApiProperty({ description: 'Users and groups it was to look at.' })
  total!: number;
  @ApiProperty()
  done!: number;
  @ApiProperty({ description: 'Given up as dead letters since it began.' })
  failed!: number;
  @ApiProperty({ description: 'Looked at in a second, since it began.' })
  rate!: number;
  @ApiProperty({ nullable: true, type: Number, description: 'At that rate; null when it cannot be said.' })
  secondsLeft!: number | null;
}

export class ProgressView implements Progress {
  @ApiProperty({ enum: ['disabled', 'quarantined', 'paused', 'waiting', 'pushing', 'idle'] })
  phase!: Progress['phase'];
  @ApiProperty({ nullable: true, type: String })
  reason!: string | null;
  @ApiProperty({ nullable: true, type: Date, description: 'Nothing is sent before.' })
  waitsUntil!: Date | null;
  @ApiProperty({ description: 'Users and groups that are, or were, this connection’s concern.' })
  total!: number;
  @ApiProperty()
  done!: number;
  @ApiProperty()
  due!: number;
  @ApiProperty({ description: 'Failed, and tried again later.' })
  retrying!: number;
  @ApiProperty({ description: 'Given up until something changes or somebody retries them.' })
  dead!: number;
  @ApiProperty({ description: 'Of a run that is paused.' })
  paused!: number;
  @ApiProperty({ description: 'Held by the guard, or denied by a person.' })
  held!: number;
  @ApiProperty({ description: 'Operations a second, over the last half minute.' })
  rate!: number;
  @ApiProperty({ nullable: true, type: Number, description: 'At that rate; null when it cannot be said.' })
  secondsLeft!: number | null;
  @ApiProperty({ nullable: true, type: RunView, description: 'The last look at everybody.' })
  run!: RunView | null;
}

class SubjectView {
  @ApiProperty({ enum: ['user', 'group'] })
  type!: 'user' | 'group';
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ nullable: true, type: String })
  display!: string | null;
}

class FailureView {
  @ApiProperty({ required: false })
  code?: string;
  @ApiProperty({ required: false })
  attribute?: string;
  @ApiProperty()
  message!: string;
  @ApiProperty({ required: false, description: 'What to do about it.' })
  remedy?: string;
}

export class DeadLetterView {
  @ApiProperty({ type: SubjectView })
  subject!: SubjectView;
  @ApiProperty()
  attempts!: number;
  @ApiProperty({ description: 'When it was given up.' })
  at!: Date;
  @ApiProperty({ type: FailureView })
  error!: FailureView;
}

export class DeadLetterList {
  @ApiProperty({ type: [DeadLetterView] })
  items!: DeadLetterView[];
  @ApiProperty({ required: false })
  nextCursor?: string;
}
