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
import type { UserState } from '@rollcall/directory';
import { type GroupOfUser, GroupsOfUsers, NewestDirectoryStates } from '@rollcall/read-model';
import { isWanted, projectResource, userType } from '@rollcall/scim';
import type { FastifyReply } from 'fastify';
import { validate as isUuid } from 'uuid';
import { etag, locationOf, presentUser } from './present-resource.js';
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
import { userNotFound, UserWrites } from './user-writes.js';

@Controller('scim/v2/Users')
@UseGuards(ScimGuard)
@UseFilters(ScimErrorFilter)
export class UsersController {
  constructor(
    private readonly writes: UserWrites,
    private readonly lists: ResourceLists,
    private readonly states: NewestDirectoryStates,
    private readonly memberships: GroupsOfUsers,
  ) {}

  @Post()
  async create(
    @Body() body: unknown,
    @Query() query: ScimQuery,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const user = await this.writes.create(writerOf(request), body);
    reply.status(201).header('location', locationOf(userType, user.id, scimBaseUrl(request)));
    return answer(user, undefined, query, request, reply);
  }

  @Get()
  list(
    @Query() query: Record<string, string>,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    void reply.type(scimMediaType);
    return this.lists.users(request, readQuery(query));
  }

  @Post('.search')
  @HttpCode(200)
  search(
    @Body() body: unknown,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    void reply.type(scimMediaType);
    return this.lists.users(request, searchRequest(body, request));
  }

  @Get(':id')
  async read(
    @Param('id') id: string,
    @Query() query: ScimQuery,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { tenantId } = request.scimCaller;
    const found = isUuid(id) ? await this.states.userAndStanding(tenantId, id) : undefined;
    if (!found || found.user.deleted) throw userNotFound(id);
    traceOf(request).read('User', found.user);
    if (hasAlready(request, found.user)) return void reply.status(304).header('etag', etag(found.user));
    const groups = found.inNoGroup ? undefined : await this.groupsOf(id, query, request);
    return answer(found.user, groups, query, request, reply);
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
    const user = await this.writes.replace(writerOf(request), id, body, ifMatch);
    return answer(user, await this.groupsOf(id, query, request), query, request, reply);
  }

  @Patch(':id')
  async patch(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: ScimQuery,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const ifMatch = knownVersions(request.headers['if-match']);
    const user = await this.writes.patch(writerOf(request), id, body, ifMatch);
    return answer(user, await this.groupsOf(id, query, request), query, request, reply);
  }

  @Delete(':id')
  @HttpCode(204)
  delete(@Param('id') id: string, @Req() request: ScimRequest): Promise<void> {
    return this.writes.delete(writerOf(request), id, knownVersions(request.headers['if-match']));
  }

  private async groupsOf(id: string, query: ScimQuery, request: ScimRequest) {
    if (!isWanted('groups', request.scimTypes.User, attributeSelection(query))) return undefined;
    return (await this.memberships.of(request.scimCaller.tenantId, [id])).get(id);
  }
}

function answer(
  user: UserState,
  groups: GroupOfUser[] | undefined,
  query: ScimQuery,
  request: ScimRequest,
  reply: FastifyReply,
) {
  void reply.type(scimMediaType).header('etag', etag(user));
  const resource = presentUser(user, request.scimTypes.User, scimBaseUrl(request), groups);
  return projectResource(resource, request.scimTypes.User, attributeSelection(query));
}
