import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUUID, Matches, Max, MaxLength, Min } from 'class-validator';
import { OptionalMoment, PageSize, UuidCursor } from '../http/query-fields.js';
import { longestDays, mostEntriesKept } from './retention.js';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

export class RequestLogQuery {
  @ApiProperty({ required: false, description: 'Id or name of the source.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  source?: string;

  @ApiProperty({
    required: false,
    example: 'failed',
    description: 'failed (see that field), succeeded, or a status such as 409.',
  })
  @IsOptional()
  @Matches(/^(?:failed|succeeded|[1-5]\d\d)$/, {
    message: 'status must be failed, succeeded or a status such as 409',
  })
  status?: string;

  @ApiProperty({ required: false, enum: methods })
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' ? value.toUpperCase() : value))
  @IsIn(methods)
  method?: string;

  @ApiProperty({ required: false, description: 'Id or userName, also of a user that could not be created.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  user?: string;

  @ApiProperty({ required: false, description: 'Id or displayName.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  group?: string;

  @ApiProperty({ required: false, format: 'uuid', description: 'Id of a user or group.' })
  @IsOptional()
  @IsUUID('all', { message: 'subject must be the id of a user or group; give a name as user or group' })
  subject?: string;

  @ApiProperty({
    required: false,
    description: 'Text in what the request meant, its address or the detail of its answer; or its id.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  q?: string;

  @OptionalMoment('From then on.')
  from?: Date;

  @OptionalMoment('Before then.')
  to?: Date;

  @UuidCursor()
  cursor?: string;

  @PageSize()
  limit?: number;
}

class LoggedSource {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ nullable: true, type: String, description: 'As it was called then.' })
  name!: string | null;
}

class LoggedSubject {
  @ApiProperty({ enum: ['user', 'group'] })
  type!: 'user' | 'group';
  @ApiProperty({ nullable: true, type: String, description: 'Null where none came about.' })
  id!: string | null;
  @ApiProperty({ nullable: true, type: String, description: 'userName or displayName.' })
  display!: string | null;
}

export class LoggedRequestView {
  @ApiProperty({ format: 'uuid', description: 'The x-request-id of the answer.' })
  id!: string;
  @ApiProperty()
  at!: Date;
  @ApiProperty({ nullable: true, type: LoggedSource, description: 'Null for one without a valid token.' })
  source!: LoggedSource | null;
  @ApiProperty({
    nullable: true,
    type: String,
    description: 'The client the source was made for: entra, okta, ...',
  })
  client!: string | null;
  @ApiProperty({ nullable: true, type: String, description: 'What the client says it is.' })
  userAgent!: string | null;
  @ApiProperty()
  method!: string;
  @ApiProperty({ description: 'Below the SCIM base, decoded.' })
  path!: string;
  @ApiProperty({ example: 'deactivate user "b.simon@contoso.com"' })
  meaning!: string;
  @ApiProperty({ nullable: true, type: LoggedSubject })
  subject!: LoggedSubject | null;
  @ApiProperty({ example: 409 })
  status!: number;
  @ApiProperty({
    description:
      'Status 400 or above, a bulk of which an operation failed, or a client that was gone before the answer.',
  })
  failed!: boolean;
  @ApiProperty({ nullable: true, type: String })
  scimType!: string | null;
  @ApiProperty({ nullable: true, type: String, description: 'The very detail that was answered.' })
  detail!: string | null;
  @ApiProperty()
  durationMs!: number;
  @ApiProperty({ description: 'Events it caused.' })
  eventCount!: number;
  @ApiProperty({ description: 'Deviations from SCIM that were tolerated.' })
  deviationCount!: number;
}

class LoggedEvent {
  @ApiProperty({ example: 'user.deactivated' })
  type!: string;
  @ApiProperty({ description: "Its place in the tenant's log." })
  position!: number;
  @ApiProperty({ format: 'uuid', description: 'The user or group it is about.' })
  subjectId!: string;
}

class Deviation {
  @ApiProperty({ example: 'active' })
  path!: string;
  @ApiProperty({ example: 'active was sent as the string "False" and read as false.' })
  detail!: string;
}

export class LoggedRequestDetail extends LoggedRequestView {
  @ApiProperty({
    nullable: true,
    type: Object,
    description:
      'What was sent, without secrets and without values of attributes in no schema; long ones shortened.',
  })
  body!: unknown;
  @ApiProperty({ type: [LoggedEvent] })
  events!: LoggedEvent[];
  @ApiProperty({ type: [Deviation] })
  deviations!: Deviation[];
}

export class RequestLogPageView {
  @ApiProperty({ type: [LoggedRequestView] })
  items!: LoggedRequestView[];
  @ApiProperty({ nullable: true, type: String })
  nextCursor!: string | null;
}

const daysMessage = `keepDays must be a whole number of days from 1 to ${longestDays}`;
const entriesMessage = `keepEntries must be a whole number from 1000 to ${mostEntriesKept}`;

export class RequestLogSettingsChange {
  @ApiProperty({ required: false, minimum: 1, maximum: longestDays })
  @IsOptional()
  @IsInt({ message: daysMessage })
  @Min(1, { message: daysMessage })
  @Max(longestDays, { message: daysMessage })
  keepDays?: number;

  @ApiProperty({ required: false, minimum: 1000, maximum: mostEntriesKept })
  @IsOptional()
  @IsInt({ message: entriesMessage })
  @Min(1_000, { message: entriesMessage })
  @Max(mostEntriesKept, { message: entriesMessage })
  keepEntries?: number;
}

export class RequestLogSettingsView {
  @ApiProperty({ default: 30, description: 'Older requests are removed.' })
  keepDays!: number;
  @ApiProperty({ default: 1_000_000, description: 'Of more requests than these the oldest are removed.' })
  keepEntries!: number;
}
