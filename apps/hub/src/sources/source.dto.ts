import { ApiProperty } from '@nestjs/swagger';
import { ownRequestsPerSecond, type SourceClient, sourceClients } from '@rollcall/access';
import { Transform } from 'class-transformer';
import { IsArray, IsDate, IsIn, IsObject, IsOptional, IsString, Length, MinDate } from 'class-validator';

const clients = sourceClients.join(', ');

export class RateLimitView {
  @ApiProperty({ minimum: 1, maximum: 100_000, description: 'Of each API process of the hub.' })
  requestsPerSecond!: number;
}

export class JwkSetView {
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'Public keys: RSA of 2048 bits or more (RS256), EC P-256 (ES256), OKP Ed25519 (EdDSA).',
  })
  keys!: object[];
}

export class TrustedIssuerView {
  @ApiProperty({ example: 'https://sts.windows.net/2a1c169e-715a-412b-b526-05da3f8412fa/' })
  issuer!: string;
  @ApiProperty({ example: '8adf8e6e-67b2-4cf2-a259-e3dc5476c621' })
  audience!: string;
  @ApiProperty({
    type: JwkSetView,
    description: 'The key set of the issuer, pasted; asked for by nobody later.',
  })
  jwks!: JwkSetView;
  @ApiProperty({ required: false, description: 'If set, the "sub" the tokens must have.' })
  subject?: string;
}

/** Left out: stays as it is. */
class SourceSettingsBody {
  @ApiProperty({
    required: false,
    type: [String],
    example: ['203.0.113.0/24', '2001:db8::/32'],
    description: 'Addresses and networks its requests may come from, 500 at most. Empty: any.',
  })
  @IsOptional()
  @IsArray({ message: 'must be a list of networks such as ["203.0.113.0/24"], or [] for any' })
  @IsString({ each: true, message: 'must be a list of texts such as ["203.0.113.0/24"]' })
  allowedIps?: string[] | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: RateLimitView,
    description: `Above it requests wait up to 5 seconds, then are answered 429. Null: ${ownRequestsPerSecond} a second.`,
  })
  @IsOptional()
  @IsObject({ message: 'must be {"requestsPerSecond": a number}, or null' })
  rateLimit?: RateLimitView | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: TrustedIssuerView,
    description: 'JWTs of this issuer for this audience are let in as this source. Null: none.',
  })
  @IsOptional()
  @IsObject({ message: 'must be {"issuer", "audience", "jwks": {"keys": [...]}}, or null' })
  jwt?: TrustedIssuerView | null;
}

export class NewSource extends SourceSettingsBody {
  @ApiProperty({ example: 'Entra, production', maxLength: 200 })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiProperty({ enum: sourceClients, description: 'Whose dialect of SCIM the client speaks.' })
  @IsIn(sourceClients, { message: `client must be one of ${clients}` })
  client!: SourceClient;
}

export class SourceChange extends SourceSettingsBody {
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

const tokenStates = ['active', 'expiring', 'expired'] as const;

export class TokenView {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  createdAt!: Date;
  @ApiProperty({ nullable: true, type: Date })
  expiresAt!: Date | null;
  @ApiProperty({ enum: tokenStates, description: 'expiring: it will have expired in 14 days.' })
  state!: (typeof tokenStates)[number];
  @ApiProperty({
    nullable: true,
    type: Date,
    description: 'To the minute. Of a client secret: when an access token was fetched with it.',
  })
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

export class IssuedSecretView {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ format: 'uuid', description: 'The id of the source.' })
  clientId!: string;
  @ApiProperty({ description: 'Shown this once.' })
  clientSecret!: string;
  @ApiProperty({ description: 'Where the client fetches access tokens: the "Token Endpoint" of Entra.' })
  tokenUrl!: string;
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
  @ApiProperty({ description: 'The token endpoint for OAuth 2.0 client credentials.' })
  tokenUrl!: string;
  @ApiProperty({ type: [TokenView], description: 'Client secrets; the client id is the id of the source.' })
  secrets!: TokenView[];
  @ApiProperty({ type: [String] })
  allowedIps!: string[];
  @ApiProperty({ nullable: true, type: RateLimitView })
  rateLimit!: RateLimitView | null;
  @ApiProperty({ nullable: true, type: TrustedIssuerView })
  jwt!: TrustedIssuerView | null;
}

export class CreatedSourceView extends SourceView {
  @ApiProperty({ description: 'Shown this once: the "Secret Token" of Entra.' })
  token!: string;
}

export class SourceList {
  @ApiProperty({ type: [SourceView] })
  items!: SourceView[];
}
