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
import { CommandBus } from '@nestjs/cqrs';
import {
  CreateGroup,
  DeleteGroup,
  type GroupState,
  type Member,
  PatchGroup,
  ReplaceGroup,
} from '@rollcall/directory';
import { DirectorySearch, NewestDirectoryStates } from '@rollcall/read-model';
import {
  groupType,
  listResponse,
  parseFilter,
  parsePatch,
  parseResource,
  projectResource,
  resolve,
  ScimError,
  splitGroupPatch,
} from '@rollcall/scim';
import type { FastifyReply } from 'fastify';
import { validate as isUuid } from 'uuid';
import { etag, locationOf, presentGroup } from './present-resource.js';
import { ScimErrorFilter } from './scim-error.filter.js';
import { attributeSelection, excludesMembers, pageRequest, type ScimQuery } from './scim-query.js';
import {
  changeOrigin,
  ifMatchVersion,
  scimBaseUrl,
  scimMediaType,
  type ScimRequest,
} from './scim-request.js';
import { ScimGuard } from './scim.guard.js';

@Controller('scim/v2/Groups')
@UseGuards(ScimGuard)
@UseFilters(ScimErrorFilter)
export class GroupsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly search: DirectorySearch,
    private readonly states: NewestDirectoryStates,
  ) {}

  @Post()
  async create(
    @Body() body: unknown,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { attributes, memberIds } = groupOf(body);
    const { group } = await this.commands.execute(
      new CreateGroup(request.scimCaller.tenantId, changeOrigin(request), attributes, memberIds),
    );
    reply.status(201).header('location', locationOf(groupType, group.id, scimBaseUrl(request)));
    return this.answer(group, {}, request, reply);
  }

  @Get()
  async list(
    @Query() query: ScimQuery,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { tenantId } = request.scimCaller;
    const filter = query.filter ? resolve(parseFilter(query.filter), groupType) : undefined;
    const paging = pageRequest(query);
    const { total, items } = await this.search.groups(tenantId, filter, paging);
    const members = await this.membersOf(tenantId, items, query);
    const baseUrl = scimBaseUrl(request);
    const selection = attributeSelection(query);
    const resources = items.map((group) =>
      projectResource(presentGroup(group, baseUrl, members.get(group.id)), groupType, selection),
    );
    void reply.type(scimMediaType);
    return listResponse(resources, { totalResults: total, startIndex: paging.startIndex });
  }

  @Get(':id')
  async read(
    @Param('id') id: string,
    @Query() query: ScimQuery,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asked = excludesMembers(query) ? [] : 'all';
    const found = isUuid(id) ? await this.states.group(request.scimCaller.tenantId, id, asked) : undefined;
    if (!found || found.group.deleted) throw notFound(id);
    void reply.type(scimMediaType).header('etag', etag(found.group));
    const resource = presentGroup(found.group, scimBaseUrl(request), found.members.values());
    return projectResource(resource, groupType, attributeSelection(query));
  }

  @Put(':id')
  async replace(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: ScimQuery,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { attributes, memberIds } = groupOf(body);
    const { group } = await this.commands.execute(
      new ReplaceGroup(
        request.scimCaller.tenantId,
        changeOrigin(request),
        existingId(id),
        attributes,
        memberIds,
        ifMatchVersion(request),
      ),
    );
    return this.answer(group, query, request, reply);
  }

  /** 204 without a body: Entra asks that thousands of members are not sent back for each change. */
  @Patch(':id')
  @HttpCode(204)
  async patch(@Param('id') id: string, @Body() body: unknown, @Req() request: ScimRequest): Promise<void> {
    const { tenantId, client } = request.scimCaller;
    const { header, members } = splitGroupPatch(parsePatch(body), { client });
    await this.commands.execute(
      new PatchGroup(
        tenantId,
        changeOrigin(request),
        existingId(id),
        header,
        members,
        groupType,
        ifMatchVersion(request),
      ),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  async delete(@Param('id') id: string, @Req() request: ScimRequest): Promise<void> {
    await this.commands.execute(
      new DeleteGroup(
        request.scimCaller.tenantId,
        changeOrigin(request),
        existingId(id),
        ifMatchVersion(request),
      ),
    );
  }

  private async answer(group: GroupState, query: ScimQuery, request: ScimRequest, reply: FastifyReply) {
    void reply.type(scimMediaType).header('etag', etag(group));
    const { tenantId } = request.scimCaller;
    const found = excludesMembers(query) ? undefined : await this.states.group(tenantId, group.id, 'all');
    const resource = presentGroup(group, scimBaseUrl(request), found?.members.values());
    return projectResource(resource, groupType, attributeSelection(query));
  }

  private async membersOf(
    tenantId: string,
    groups: GroupState[],
    query: ScimQuery,
  ): Promise<Map<string, Iterable<Member>>> {
    const members = new Map<string, Iterable<Member>>();
    if (excludesMembers(query) || groups.length === 0) return members;
    const [only] = groups;
    if (groups.length === 1) {
      const found = await this.states.group(tenantId, only!.id, 'all');
      return found ? members.set(only!.id, found.members.values()) : members;
    }
    return this.search.membersOf(
      tenantId,
      groups.map(({ id }) => id),
    );
  }
}

function groupOf(body: unknown): { attributes: Record<string, unknown>; memberIds: string[] } {
  const { attributes, members = [] } = parseResource(body, groupType);
  return { attributes, memberIds: members.map(({ id }) => id) };
}

function existingId(id: string): string {
  if (!isUuid(id)) throw notFound(id);
  return id;
}

function notFound(id: string): ScimError {
  return new ScimError(404, `There is no group with the id ${id}.`);
}
