import { Controller, Get, Param, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import {
  resourceTypeResource,
  resourceTypesResponse,
  schemaResource,
  schemasOf,
  schemasResponse,
  ScimError,
  serviceProviderConfig,
} from '@rollcall/scim';
import type { FastifyReply } from 'fastify';
import { bodyLimit } from '../http/body-limit.js';
import { mostBulkOperations } from './bulk.controller.js';
import { cursorLifeSeconds } from './page-cursors.js';
import { ScimErrorFilter } from './scim-error.filter.js';
import { defaultCount, mostAtOnce } from './scim-query.js';
import { scimBaseUrl, scimMediaType, type ScimRequest } from './scim-request.js';
import { ScimGuard } from './scim.guard.js';

/** What this server can do (RFC 7644 section 4). */
@Controller('scim/v2')
@UseGuards(ScimGuard)
@UseFilters(ScimErrorFilter)
export class DiscoveryController {
  @Get('ServiceProviderConfig')
  serviceProviderConfig(
    @Query('filter') filter: unknown,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    refuseFilter(filter);
    void reply.type(scimMediaType);
    return serviceProviderConfig({
      baseUrl: scimBaseUrl(request),
      patch: true,
      bulk: { maxOperations: mostBulkOperations, maxPayloadSize: bodyLimit },
      filterMaxResults: mostAtOnce,
      changePassword: false,
      sort: true,
      pagination: {
        cursor: true,
        index: true,
        defaultPaginationMethod: 'index',
        defaultPageSize: defaultCount,
        maxPageSize: mostAtOnce,
        cursorTimeout: cursorLifeSeconds,
      },
      etag: true,
      authenticationSchemes: [
        {
          type: 'oauthbearertoken',
          name: 'Bearer token',
          description: 'The token of a source, sent as Authorization: Bearer (RFC 6750).',
          primary: true,
        },
        {
          type: 'oauth2',
          name: 'OAuth 2.0 client credentials',
          description:
            'An access token fetched at /oauth2/token with the client secret of a source (RFC 6749).',
        },
      ],
    });
  }

  @Get('Schemas')
  schemas(
    @Query('filter') filter: unknown,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    refuseFilter(filter);
    void reply.type(scimMediaType);
    return schemasResponse(typesOf(request), scimBaseUrl(request));
  }

  @Get('Schemas/:id')
  schema(
    @Param('id') id: string,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    void reply.type(scimMediaType);
    const schema = schemasOf(typesOf(request)).find((known) => known.id.toLowerCase() === id.toLowerCase());
    if (!schema) throw new ScimError(404, `There is no schema ${id}. GET /Schemas lists those there are.`);
    return schemaResource(schema, scimBaseUrl(request));
  }

  @Get('ResourceTypes')
  resourceTypes(
    @Query('filter') filter: unknown,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    refuseFilter(filter);
    void reply.type(scimMediaType);
    return resourceTypesResponse(typesOf(request), scimBaseUrl(request));
  }

  @Get('ResourceTypes/:name')
  resourceType(
    @Param('name') name: string,
    @Req() request: ScimRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    void reply.type(scimMediaType);
    const type = typesOf(request).find((known) => known.name.toLowerCase() === name.toLowerCase());
    if (!type)
      throw new ScimError(
        404,
        `There is no resource type ${name}. GET /ResourceTypes lists those there are.`,
      );
    return resourceTypeResource(type, scimBaseUrl(request));
  }
}

const typesOf = ({ scimTypes: { User, Group } }: ScimRequest) => [User, Group];

/** RFC 7644 section 4: nobody shall believe that what comes was filtered. */
function refuseFilter(filter: unknown): void {
  if (filter !== undefined) {
    throw new ScimError(403, 'This endpoint cannot be filtered. Leave the filter out: the list is short.');
  }
}
