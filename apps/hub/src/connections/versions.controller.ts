import {
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { Connections, ConnectionVersions } from '@rollcall/provisioning';
import { SavedConnectionView, savedConnectionView } from './connection.dto.js';
import { connectionId, ConnectionProblems } from './connection-problems.js';
import { DifferenceList, DifferencesQuery, VersionList, VersionsQuery, VersionView } from './version.dto.js';

/** What a connection's configuration was, and back to it. */
@ApiTags('connections')
@AdminAccess()
@UseInterceptors(ConnectionProblems)
@Controller('api/v1/connections/:id/versions')
export class VersionsController {
  constructor(
    private readonly connections: Connections,
    private readonly versions: ConnectionVersions,
  ) {}

  @Get()
  @ApiOkResponse({ type: VersionList, description: 'One for each time it was saved, newest first.' })
  async list(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Query() { cursor, limit }: VersionsQuery,
  ): Promise<VersionList> {
    return this.versions.list(tenantId, connectionId(id), { before: cursor, limit });
  }

  @Get(':version')
  @ApiOkResponse({ type: VersionView })
  async read(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Param('version') version: string,
  ): Promise<VersionView> {
    return this.versions.get(tenantId, connectionId(id), numberOf(version));
  }

  @Get(':version/differences')
  @ApiOkResponse({ type: DifferenceList })
  async differences(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Param('version') version: string,
    @Query() query: DifferencesQuery,
  ): Promise<DifferenceList> {
    const to = numberOf(version);
    const from = query.from ?? Math.max(1, to - 1);
    return { from, to, items: await this.versions.differences(tenantId, connectionId(id), from, to) };
  }

  @Post(':version/restore')
  @HttpCode(200)
  @ApiOkResponse({
    type: SavedConnectionView,
    description: 'Settings, mappings, scope and policy of that version become a new version.',
  })
  async restore(
    @CurrentAdmin() { tenantId, actor }: Admin,
    @Param('id') id: string,
    @Param('version') version: string,
  ): Promise<SavedConnectionView> {
    const found = await this.versions.get(tenantId, connectionId(id), numberOf(version));
    return savedConnectionView(await this.connections.restore(tenantId, id, found, actor));
  }
}

function numberOf(version: string): number {
  const number = Number(version);
  if (/^\d{1,9}$/.test(version)) return number;
  throw new NotFoundException(`There is no version ${version}; see GET connections/{id}/versions.`);
}
