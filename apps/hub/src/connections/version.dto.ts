import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Mappings } from '@rollcall/connectors';
import type {
  ConnectionVersion,
  Difference,
  PolicyInput,
  Scope,
  VersionSummary,
} from '@rollcall/provisioning';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { PageSize } from '../http/query-fields.js';

const json = { type: 'object', additionalProperties: true } as const;
const version = { message: 'must be the number of a version; see GET connections/{id}/versions' };

export class VersionsQuery {
  @ApiPropertyOptional({ description: 'From the page before.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'must be the nextCursor of the page before' })
  @Min(1, { message: 'must be the nextCursor of the page before' })
  @Max(2_147_483_647, { message: 'must be the nextCursor of the page before' })
  cursor?: number;

  @PageSize()
  limit?: number;
}

export class DifferencesQuery {
  @ApiPropertyOptional({ description: 'The version to compare with. Left out: the one before.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt(version)
  @Min(1, version)
  @Max(2_147_483_647, version)
  from?: number;
}

export class VersionSummaryView implements VersionSummary {
  @ApiProperty()
  version!: number;
  @ApiProperty()
  at!: Date;
  @ApiProperty({ description: 'Who saved it: "admin:<key id>", "admin:operator" or "hub".' })
  actor!: string;
  @ApiProperty({ type: [String], description: 'Parts that differ from the version before.' })
  changed!: string[];
  @ApiProperty({ nullable: true, type: Number })
  restoredFrom!: number | null;
}

export class VersionList {
  @ApiProperty({ type: [VersionSummaryView] })
  items!: VersionSummaryView[];
  @ApiPropertyOptional()
  nextCursor?: string;
}

export class VersionView extends VersionSummaryView implements ConnectionVersion {
  @ApiProperty()
  name!: string;
  @ApiProperty()
  connector!: string;
  @ApiProperty(json)
  settings!: Record<string, unknown>;
  @ApiProperty({ ...json, nullable: true, description: 'Null: the connector’s own.' })
  mappings!: Mappings | null;
  @ApiProperty({ ...json, nullable: true, description: 'What that meant then; null where it is not known.' })
  mappingsUsed!: Mappings | null;
  @ApiProperty(json)
  scope!: Scope;
  @ApiProperty(json)
  policy!: PolicyInput;
}

class DifferenceView implements Difference {
  @ApiProperty({ example: 'mappings.users.attributes[title].source' })
  path!: string;
  @ApiPropertyOptional({ description: 'Absent: it was added.' })
  from?: unknown;
  @ApiPropertyOptional({ description: 'Absent: it was removed.' })
  to?: unknown;
}

export class DifferenceList {
  @ApiProperty()
  from!: number;
  @ApiProperty()
  to!: number;
  @ApiProperty({ type: [DifferenceView] })
  items!: DifferenceView[];
}
