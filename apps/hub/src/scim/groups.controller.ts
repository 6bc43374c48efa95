import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  Res,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import type { GroupState } from '@rollcall/directory';
import { NewestDirectoryStates } from '@rollcall/read-model';
import { groupType, isWanted, projectResource } from '@rollcall/scim';
import type { FastifyReply } from 'fastify';
import { validate as isUuid } from 'uuid';
import { groupNotFound, GroupWrites } from './group-writes.js';
import { etag, locationOf, presentGroup } from './present-resource.js';
import { ResourceLists } from './resource-lists.js';
import { searchRequest } from './search-request.js';
import { ScimErrorFilter } from './scim-error.filter.js';
import { attributeSelection, readQuery, type ScimQuery } from './scim-query.js';
import {
  hasAlready,
  knownVersions,
  scimBaseUrl,
  scimMediaType,
  type ScimRequest,
  traceOf,
  writerOf,
} from './scim-request.js';
import { ScimGuard } from './scim.guard.js';

@Controller('scim/v2/Groups')
@UseGuards(ScimGuard)
@UseFilters(ScimErrorFilter)
export class GroupsController {
  constructor(
    private readonly writes: GroupWrites,
    private readonly lists: ResourceLists,
    private readonly states: NewestDirectoryStates,
  ) {}

  @Post()
  async create(
    @Body() body: unknown,
    @Query() query: ScimQuery,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const group = await this.writes.create(writerOf(request), body);
    reply.status(201).header('location', locationOf(groupType, group.id, scimBaseUrl(request)));
    return this.answer(group, query, request, reply);
  }

  @Get()
  list(
    @Query() query: Record<string, string>,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    void reply.type(scimMediaType);
    return this.lists.groups(request, readQuery(query));
  }

  @Post('.search')
  @HttpCode(200)
  search(
    @Body() body: unknown,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    void reply.type(scimMediaType);
    return this.lists.groups(request, searchRequest(body, request));
  }

  @Get(':id')
  async read(
    @Param('id') id: string,
    @Query() query: ScimQuery,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asked = wantsMembers(query, request) && !request.headers['if-none-match'] ? 'all' : [];
    const found = isUuid(id) ? await this.states.group(request.scimCaller.tenantId, id, asked) : undefined;
    if (!found || found.group.deleted) throw groupNotFound(id);
    traceOf(request).read('Group', found.group);
    if (hasAlready(request, found.group)) return void reply.status(304).header('etag', etag(found.group));
    if (asked !== 'all') return this.answer(found.group, query, request, reply);
    void reply.type(scimMediaType).header('etag', etag(found.group));
    const resource = presentGroup(
      found.group,
      request.scimTypes.Group,
      scimBaseUrl(request),
      found.members.values(),
    );
    return projectResource(resource, request.scimTypes.Group, attributeSelection(query));
  }

  @Put(':id')
  async replace(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: ScimQuery,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const ifMatch = knownVersions(request.headers['if-match']);
    const group = await this.writes.replace(writerOf(request), id, body, ifMatch);
    return this.answer(group, query, request, reply);
  }

  /** 204 without a body, unless attributes are asked for: thousands of members are not sent back for each change. */
  @Patch(':id')
  @HttpCode(204)
  async patch(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: ScimQuery,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const ifMatch = knownVersions(request.headers['if-match']);
    const group = await this.writes.patch(writerOf(request), id, body, ifMatch);
    if (!query.attributes) return void reply.header('etag', etag(group));
    void reply.status(200);
    return this.answer(group, query, request, reply);
  }

  @Delete(':id')
  @HttpCode(204)
  delete(@Param('id') id: string, @Req() request: ScimRequest): Promise<void> {
    return this.writes.delete(writerOf(request), id, knownVersions(request.headers['if-match']));
  }

  private async answer(group: GroupState, query: ScimQuery, request: ScimRequest, reply: FastifyReply) {
    const { tenantId } = request.scimCaller;
    const found = wantsMembers(query, request)
      ? await this.states.group(tenantId, group.id, 'all')
      : undefined;
    // A change that came in between shows in the members, so the version must be of the same moment.
    const shown = found?.group ?? group;
    void reply.type(scimMediaType).header('etag', etag(shown));
    const resource = presentGroup(
      shown,
      request.scimTypes.Group,
      scimBaseUrl(request),
      found?.members.values(),
    );
    return projectResource(resource, request.scimTypes.Group, attributeSelection(query));
  }
}

function wantsMembers(query: ScimQuery, { scimTypes }: ScimRequest): boolean {
  return isWanted('members', scimTypes.Group, attributeSelection(query));
}
