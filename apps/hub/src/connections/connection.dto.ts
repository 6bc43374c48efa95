import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { connectorModule, type Mappings } from '@rollcall/connectors';
import {
  type ConnectionEntity,
  type ConnectionPace,
  type ConnectionState,
  paceOf,
  type SavedConnection,
  type PolicyInput,
  type Scope,
} from '@rollcall/provisioning';
import { IsArray, IsBoolean, IsObject, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { PageSize } from '../http/query-fields.js';
import { PauseView } from './pause.dto.js';

const json = { type: 'object', additionalProperties: true } as const;
const about = {
  settings: 'As the connector’s settingsSchema says; see GET /api/v1/connectors.',
  credentials: 'As the connector’s credentialsSchema says. Kept sealed and never returned.',
  mappings: 'Which value goes where, and how accounts are recognised. Left out or null: the connector’s own.',
  scope:
    'Who is provisioned: {"rule": SCIM filter, "groups": [group id]}, groups in groups counted; or for each type {"users": {rule, groups}, "groups": {rule, groups}}. Left out: everybody.',
  policy:
    'What may be done, what happens to leavers, and which accounts are never touched (protected). Parts left out have their defaults.',
  ignoreTargetSchema:
    'true: do not hold the mappings against what the target says of its own attributes, where that is wrong.',
};

export class NewConnectionBody {
  @ApiProperty({ example: 'Exium', maxLength: 200 })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiProperty({ example: 'scim2' })
  @IsString()
  connector!: string;

  @ApiProperty({
    ...json,
    description: about.settings,
    example: { baseUrl: 'https://app.example.com/scim/v2' },
  })
  @IsObject()
  settings!: Record<string, unknown>;

  @ApiProperty({
    ...json,
    description: about.credentials,
    example: { type: 'bearer', token: 'from the app' },
  })
  @IsObject()
  credentials!: Record<string, unknown>;

  @ApiPropertyOptional({ ...json, nullable: true, description: about.mappings })
  @IsOptional()
  @IsObject()
  mappings?: Mappings | null;

  @ApiPropertyOptional({
    ...json,
    description: about.scope,
    example: { rule: 'userType eq "Employee"' },
  })
  @IsOptional()
  @IsObject()
  scope?: Scope;

  @ApiPropertyOptional({ ...json, description: about.policy })
  @IsOptional()
  @IsObject()
  policy?: PolicyInput;

  @ApiPropertyOptional({ description: about.ignoreTargetSchema })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  ignoreTargetSchema?: boolean;
}

export class ConnectionChangeBody {
  @ApiProperty({ required: false, maxLength: 200 })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  @ApiPropertyOptional({ ...json, description: about.settings })
  @IsOptional()
  @IsObject()
  settings?: Record<string, unknown>;

  @ApiPropertyOptional({ ...json, description: about.credentials })
  @IsOptional()
  @IsObject()
  credentials?: Record<string, unknown>;

  @ApiPropertyOptional({ ...json, nullable: true, description: about.mappings })
  @IsOptional()
  @IsObject()
  mappings?: Mappings | null;

  @ApiPropertyOptional({ ...json, description: about.scope })
  @IsOptional()
  @IsObject()
  scope?: Scope;

  @ApiPropertyOptional({ ...json, description: about.policy })
  @IsOptional()
  @IsObject()
  policy?: PolicyInput;

  @ApiPropertyOptional({ description: about.ignoreTargetSchema })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  ignoreTargetSchema?: boolean;
}

export class RetryBody {
  @ApiProperty({
    required: false,
    type: [String],
    format: 'uuid',
    description: 'Users and groups to try again.',
  })
  @IsOptional()
  @IsArray()
  @IsUUID('all', { each: true, message: 'each entry must be the id of a user or group' })
  subjectIds?: string[];

  @ApiPropertyOptional({ description: 'All dead letters of this cause; see GET dead-letters/groups.' })
  @IsOptional()
  @IsString()
  @Length(1, 1_000, { message: 'must be the cause of a group; see GET dead-letters/groups' })
  cause?: string;

  @ApiProperty({ required: false, description: 'true: every dead letter of the connection.' })
  @IsOptional()
  @IsBoolean()
  all?: boolean;
}

export class PageQuery {
  @ApiProperty({ required: false, description: 'From the page before.' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the nextCursor of the page before' })
  cursor?: string;

  @PageSize()
  limit?: number;
}

export class PaceView implements ConnectionPace {
  @ApiProperty({
    nullable: true,
    type: Number,
    description: 'Calls a second at most. Null: as many as the target takes.',
  })
  requestsPerSecond!: number | null;
  @ApiProperty({
    enum: ['policy', 'preset', 'default'],
    description: 'policy: policy.push.requestsPerSecond. preset: what is known of the app.',
  })
  from!: ConnectionPace['from'];
}

export class ConnectionView {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  name!: string;
  @ApiProperty()
  connector!: string;
  @ApiProperty({ enum: ['disabled', 'enabled', 'quarantined'] })
  state!: ConnectionState;
  @ApiProperty({ nullable: true, type: String, description: 'Why it does not work just now.' })
  stateReason!: string | null;
  @ApiProperty({ nullable: true, type: Date, description: 'Nothing is sent before.' })
  waitsUntil!: Date | null;
  @ApiProperty({ nullable: true, type: PauseView, description: 'By a person: nothing is sent meanwhile.' })
  paused!: PauseView | null;
  @ApiProperty(json)
  settings!: Record<string, unknown>;
  @ApiProperty({ ...json, nullable: true })
  mappings!: Mappings | null;
  @ApiProperty(json)
  scope!: Scope;
  @ApiProperty(json)
  policy!: PolicyInput;
  @ApiProperty({ type: PaceView, description: 'How fast it is called.' })
  pace!: PaceView;
  @ApiProperty()
  configVersion!: number;
  @ApiProperty()
  createdAt!: Date;
  @ApiProperty()
  updatedAt!: Date;
}

export class SavedConnectionView extends ConnectionView {
  @ApiProperty({ type: [String], description: 'What could not be checked when it was saved.' })
  warnings!: string[];
}

export class ConnectionList {
  @ApiProperty({ type: [ConnectionView] })
  items!: ConnectionView[];
}

export class Retried {
  @ApiProperty({ description: 'How many are tried again.' })
  retried!: number;
}

export function connectionView(row: ConnectionEntity): ConnectionView {
  const { id, name, connector, state, stateReason, settings, mappings, scope, policy, configVersion } = row;
  const waitsUntil = row.notBefore && row.notBefore > new Date() ? row.notBefore : null;
  return {
    id,
    name,
    connector,
    state,
    stateReason,
    waitsUntil,
    paused: pauseOf(row),
    settings,
    mappings,
    scope,
    policy,
    pace: paceOf(connectorModule(connector), settings, policy),
    configVersion,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

function pauseOf({ pausedAt, pausedUntil, pauseReason, pausedBy }: ConnectionEntity): PauseView | null {
  if (!pausedAt || (pausedUntil && pausedUntil <= new Date())) return null;
  return { since: pausedAt, until: pausedUntil, reason: pauseReason, by: pausedBy };
}

export function savedConnectionView(saved: SavedConnection): SavedConnectionView {
  return { ...connectionView(saved), warnings: saved.warnings };
}
