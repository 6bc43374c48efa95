import { Body, Controller, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ResourceLists } from './resource-lists.js';
import { searchRequest } from './search-request.js';
import { ScimErrorFilter } from './scim-error.filter.js';
import { scimMediaType, type ScimRequest } from './scim-request.js';
import { ScimGuard } from './scim.guard.js';

/** Users and groups in one search: RFC 7644 section 3.4.3. */
@Controller('scim/v2')
@UseGuards(ScimGuard)
@UseFilters(ScimErrorFilter)
export class SearchController {
  constructor(private readonly lists: ResourceLists) {}

  @Post('.search')
  @HttpCode(200)
  search(
    @Body() body: unknown,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    void reply.type(scimMediaType);
    return this.lists.all(request, searchRequest(body, request));
  }
}
