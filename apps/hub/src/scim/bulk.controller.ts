import { Body, Controller, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { bulkResponseUrn, parseBulk } from '@rollcall/scim';
import type { FastifyReply } from 'fastify';
import { BulkRun } from './bulk-run.js';
import { GroupWrites } from './group-writes.js';
import { scimBaseUrl, scimMediaType, type ScimRequest, traceOf, writerOf } from './scim-request.js';
import { ScimErrorFilter, toScimError } from './scim-error.filter.js';
import { ScimGuard } from './scim.guard.js';
import { UserWrites } from './user-writes.js';

export const mostBulkOperations = 1000;

@Controller('scim/v2/Bulk')
@UseGuards(ScimGuard)
@UseFilters(ScimErrorFilter)
export class BulkController {
  constructor(
    private readonly users: UserWrites,
    private readonly groups: GroupWrites,
  ) {}

  @Post()
  @HttpCode(200)
  async carryOut(
    @Body() body: unknown,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const bulk = traceOf(request).noting((warnings) =>
      parseBulk(body, { maxOperations: mostBulkOperations }, warnings),
    );
    const run = new BulkRun(bulk, {
      writes: { User: this.users, Group: this.groups },
      writer: writerOf(request),
      baseUrl: scimBaseUrl(request),
      toError: (thrown) => toScimError(thrown, request),
    });
    void reply.type(scimMediaType);
    return { schemas: [bulkResponseUrn], Operations: await run.toItsEnd() };
  }
}
