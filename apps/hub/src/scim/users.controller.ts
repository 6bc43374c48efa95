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
import { CreateUser, DeleteUser, PatchUser, ReplaceUser, type UserState } from '@rollcall/directory';
import { DirectorySearch, NewestDirectoryStates } from '@rollcall/read-model';
import {
  listResponse,
  parseFilter,
  parsePatch,
  parseResource,
  projectResource,
  resolve,
  ScimError,
  userType,
} from '@rollcall/scim';
import type { FastifyReply } from 'fastify';
import { validate as isUuid } from 'uuid';
import { etag, locationOf, presentUser } from './present-resource.js';
import { ScimErrorFilter } from './scim-error.filter.js';
import { attributeSelection, pageRequest, type ScimQuery } from './scim-query.js';
import {
  changeOrigin,
  ifMatchVersion,
  scimBaseUrl,
  scimMediaType,
  type ScimRequest,
} from './scim-request.js';
import { ScimGuard } from './scim.guard.js';

@Controller('scim/v2/Users')
@UseGuards(ScimGuard)
@UseFilters(ScimErrorFilter)
export class UsersController {
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
    const { attributes } = parseResource(body, userType);
    const { user } = await this.commands.execute(
      new CreateUser(request.scimCaller.tenantId, changeOrigin(request), attributes),
    );
    reply.status(201).header('location', locationOf(userType, user.id, scimBaseUrl(request)));
    return answer(user, {}, request, reply);
  }

  @Get()
  async list(
    @Query() query: ScimQuery,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const filter = query.filter ? resolve(parseFilter(query.filter), userType) : undefined;
    const paging = pageRequest(query);
    const { total, items } = await this.search.users(request.scimCaller.tenantId, filter, paging);
    const baseUrl = scimBaseUrl(request);
    const selection = attributeSelection(query);
    const resources = items.map((user) => projectResource(presentUser(user, baseUrl), userType, selection));
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
    const user = isUuid(id) ? await this.states.user(request.scimCaller.tenantId, id) : undefined;
    if (!user || user.deleted) throw new ScimError(404, `There is no user with the id ${id}.`);
    return answer(user, query, request, reply);
  }

  @Put(':id')
  async replace(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: ScimQuery,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { attributes } = parseResource(body, userType);
    const { user } = await this.commands.execute(
      new ReplaceUser(
        request.scimCaller.tenantId,
        changeOrigin(request),
        existingId(id),
        attributes,
        ifMatchVersion(request),
      ),
    );
    return answer(user, query, request, reply);
  }

  @Patch(':id')
  async patch(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: ScimQuery,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const operations = parsePatch(body);
    const { user } = await this.commands.execute(
      new PatchUser(
        request.scimCaller.tenantId,
        changeOrigin(request),
        existingId(id),
        operations,
        userType,
        ifMatchVersion(request),
      ),
    );
    return answer(user, query, request, reply);
  }

  @Delete(':id')
  @HttpCode(204)
  async delete(@Param('id') id: string, @Req() request: ScimRequest): Promise<void> {
    await this.commands.execute(
      new DeleteUser(
        request.scimCaller.tenantId,
        changeOrigin(request),
        existingId(id),
        ifMatchVersion(request),
      ),
    );
  }
}

function existingId(id: string): string {
  if (!isUuid(id)) throw new ScimError(404, `There is no user with the id ${id}.`);
  return id;
}

function answer(user: UserState, query: ScimQuery, request: ScimRequest, reply: FastifyReply) {
  void reply.type(scimMediaType).header('etag', etag(user));
  return projectResource(presentUser(user, scimBaseUrl(request)), userType, attributeSelection(query));
}
