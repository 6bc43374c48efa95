import { Controller, Get, NotFoundException, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { History, type KnownSubject, type MemberThen } from '@rollcall/provisioning';
import { NewestDirectoryStates, TypesOfTenants } from '@rollcall/read-model';
import { validate as isUuid } from 'uuid';
import { presentGroup } from '../scim/present-resource.js';
import { DirectoryLists, type ResourcePage } from './directory-lists.js';
import { DirectoryQuery, HistoryQuery, MomentQuery } from './directory.dto.js';
import { readHistory, type SubjectHistory } from './read-history.js';

@ApiTags('groups')
@AdminAccess()
@Controller('api/v1/groups')
export class DirectoryGroupsController {
  constructor(
    private readonly lists: DirectoryLists,
    private readonly states: NewestDirectoryStates,
    private readonly types: TypesOfTenants,
    private readonly history: History,
  ) {}

  @Get()
  @ApiOkResponse({ description: 'Groups as SCIM shows them, without their members.' })
  list(@CurrentAdmin() { tenantId }: Admin, @Query() query: DirectoryQuery): Promise<ResourcePage> {
    return this.lists.groups(tenantId, query);
  }

  @Get(':id')
  @ApiOkResponse({ description: 'Without its members: see members.' })
  async read(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<Record<string, unknown>> {
    const found = isUuid(id) ? await this.states.group(tenantId, id, []) : undefined;
    if (!found || found.group.deleted) throw noGroup(id);
    return presentGroup(found.group, (await this.types.of(tenantId)).Group, '/scim/v2');
  }

  @Get(':id/history')
  @ApiOkResponse({ description: 'As of users; a state says how many members there were.' })
  async past(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Query() query: HistoryQuery,
  ): Promise<SubjectHistory> {
    return readHistory(this.history, tenantId, await this.known(tenantId, id), query);
  }

  @Get(':id/members')
  @ApiOkResponse({ description: 'Who is, or at a moment was, in the group, since when and until when.' })
  async members(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Query() { at = new Date(), cursor, limit }: MomentQuery,
  ): Promise<{ at: Date; items: MemberThen[]; nextCursor: string | null }> {
    await this.known(tenantId, id);
    return this.history.members(tenantId, id, { at, cursor, limit });
  }

  private async known(tenantId: string, id: string): Promise<KnownSubject> {
    const subject = isUuid(id) ? await this.history.find(tenantId, 'group', id) : undefined;
    if (!subject) throw noGroup(id);
    return subject;
  }
}

function noGroup(id: string): NotFoundException {
  return new NotFoundException(`There is no group with the id ${id}.`);
}
