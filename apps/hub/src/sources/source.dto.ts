import { ApiProperty } from '@nestjs/swagger';
import { type SourceClient, sourceClients } from '@rollcall/access';
import { Transform } from 'class-transformer';
import { IsDate, IsIn, IsOptional, IsString, Length, MinDate } from 'class-validator';

const clients = sourceClients.join(', ');

export class NewSource {
  @ApiProperty({ example: 'Entra, production', maxLength: 200 })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiProperty({ enum: sourceClients, description: 'Whose dialect of SCIM the client speaks.' })
  @IsIn(sourceClients, { message: `client must be one of ${clients}` })
  client!: SourceClient;
}

export class SourceChange {
  @ApiProperty({ required: false, maxLength: 200 })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  @ApiProperty({ required: false, enum: sourceClients })
  @IsOptional()
  @IsIn(sourceClients, { message: `client must be one of ${clients}` })
  client?: SourceClient;
}

export class NewToken {
  @ApiProperty({
    required: false,
    format: 'date-time',
    description: 'When it stops working. Left out: never.',
  })
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' ? new Date(value) : value))
  @IsDate({ message: 'expiresAt must be a date and time such as 2027-01-31T00:00:00Z' })
  @MinDate(() => new Date(), { message: 'expiresAt must lie in the future' })
  expiresAt?: Date;
}

export class TokenView {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  createdAt!: Date;
  @ApiProperty({ nullable: true, type: Date })
  expiresAt!: Date | null;
  @ApiProperty({ nullable: true, type: Date, description: 'To the minute.' })
  lastUsedAt!: Date | null;
}

export class IssuedTokenView {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ description: 'Shown this once.' })
  token!: string;
  @ApiProperty()
  createdAt!: Date;
  @ApiProperty({ nullable: true, type: Date })
  expiresAt!: Date | null;
}

export class SourceView {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  name!: string;
  @ApiProperty({ enum: sourceClients })
  client!: SourceClient;
  @ApiProperty({ description: 'The SCIM base for the client: the "Tenant URL" of Entra.' })
  scimUrl!: string;
  @ApiProperty()
  createdAt!: Date;
  @ApiProperty({ type: [TokenView] })
  tokens!: TokenView[];
}

export class CreatedSourceView extends SourceView {
  @ApiProperty({ description: 'Shown this once: the "Secret Token" of Entra.' })
  token!: string;
}

export class SourceList {
  @ApiProperty({ type: [SourceView] })
  items!: SourceView[];
}
