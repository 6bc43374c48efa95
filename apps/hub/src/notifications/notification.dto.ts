import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  type AlertKind,
  alertKinds,
  type Channel,
  type ChannelType,
  type Thresholds,
} from '@rollcall/provisioning';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  Min,
} from 'class-validator';
import { PageSize, UuidCursor } from '../http/query-fields.js';

const json = { type: 'object', additionalProperties: true } as const;
const about = {
  settings:
    'smtp: {host, port, security: "tls" | "starttls" | "none", from, to: [...], username?, caCertificates?}. ' +
    'webhook: {url}.',
  secret:
    'smtp: the password. webhook: the signing secret, "whsec_" and base64; left out, one is made and shown once. ' +
    'Kept sealed and never returned.',
  events: 'What to tell of.',
};
const unknownKind = `each must be one of ${alertKinds.join(', ')}`;

export class NewChannelBody {
  @ApiProperty({ example: 'Operations', maxLength: 200 })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiProperty({ enum: ['smtp', 'webhook'] })
  @IsIn(['smtp', 'webhook'])
  type!: ChannelType;

  @ApiProperty({
    ...json,
    description: about.settings,
    example: { url: 'https://alerts.example.com/rollcall' },
  })
  @IsObject()
  settings!: Record<string, unknown>;

  @ApiProperty({ required: false, description: about.secret })
  @IsOptional()
  @IsString()
  @Length(1, 1_000)
  secret?: string;

  @ApiProperty({
    required: false,
    enum: alertKinds,
    isArray: true,
    description: `${about.events} Left out: all.`,
  })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(alertKinds, { each: true, message: unknownKind })
  events?: AlertKind[];

  @ApiProperty({ required: false, default: true })
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;
}

export class ChannelChangeBody {
  @ApiProperty({ required: false, maxLength: 200 })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  @ApiPropertyOptional({ ...json, description: about.settings })
  @IsOptional()
  @IsObject()
  settings?: Record<string, unknown>;

  @ApiProperty({ required: false, description: about.secret })
  @IsOptional()
  @IsString()
  @Length(1, 1_000)
  secret?: string;

  @ApiProperty({ required: false, enum: alertKinds, isArray: true, description: about.events })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(alertKinds, { each: true, message: unknownKind })
  events?: AlertKind[];

  @ApiProperty({ required: false })
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;
}

export class ChannelView implements Channel {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  name!: string;
  @ApiProperty({ enum: ['smtp', 'webhook'] })
  type!: ChannelType;
  @ApiProperty(json)
  settings!: Channel['settings'];
  @ApiProperty({ enum: alertKinds, isArray: true })
  events!: AlertKind[];
  @ApiProperty()
  enabled!: boolean;
  @ApiProperty({ description: 'Whether a secret is kept. It is never returned.' })
  hasSecret!: boolean;
  @ApiProperty()
  createdAt!: Date;
  @ApiProperty()
  updatedAt!: Date;
  @ApiProperty({ required: false, description: 'Of a webhook, where it was made just now: shown this once.' })
  secret?: string;
}

export class TestedView {
  @ApiProperty()
  ok!: boolean;
  @ApiProperty({ description: 'What the other side answered, or why it could not be sent.' })
  message!: string;
}

export class AlertListQuery {
  @ApiProperty({ required: false, enum: ['open', 'closed'] })
  @IsOptional()
  @IsIn(['open', 'closed'])
  state?: 'open' | 'closed';

  @ApiProperty({ required: false, enum: alertKinds })
  @IsOptional()
  @IsIn(alertKinds)
  kind?: AlertKind;

  @ApiProperty({ required: false, format: 'uuid' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the id of a connection' })
  connection?: string;

  @UuidCursor()
  cursor?: string;

  @PageSize({ most: 500, usual: 50 })
  limit?: number;
}

export class ThresholdsView implements Thresholds {
  @ApiProperty({ description: 'More dead letters than this at a connection open an alert.' })
  deadLetters!: number;
  @ApiProperty({
    description: 'Tokens and client secrets of sources are told of this many days before they end.',
  })
  secretExpiryDays!: number;
}

export class ThresholdsBody {
  @ApiProperty({ required: false, minimum: 0, maximum: 1_000_000 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  deadLetters?: number;

  @ApiProperty({ required: false, minimum: 1, maximum: 365 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(365)
  secretExpiryDays?: number;
}
