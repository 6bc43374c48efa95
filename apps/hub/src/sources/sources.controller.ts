import {
  Body,
  ConflictException,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Patch,
  Post,
  Req,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin, type Source, Sources, TooManyTokens } from '@rollcall/access';
import type { FastifyRequest } from 'fastify';
import { validate as isUuid } from 'uuid';
import { scimBaseUrl } from '../scim/scim-request.js';
import {
  CreatedSourceView,
  IssuedTokenView,
  NewSource,
  NewToken,
  SourceChange,
  SourceList,
  SourceView,
} from './source.dto.js';

@ApiTags('sources')
@AdminAccess()
@Controller('api/v1/sources')
export class SourcesController {
  constructor(private readonly sources: Sources) {}

  @Post()
  @ApiCreatedResponse({ type: CreatedSourceView })
  async create(
    @CurrentAdmin() { tenantId }: Admin,
    @Body() { name, client }: NewSource,
    @Req() request: FastifyRequest,
  ): Promise<CreatedSourceView> {
    const { token, ...source } = await this.sources.create(tenantId, name, client);
    return { ...view(source, request), token };
  }

  @Get()
  @ApiOkResponse({ type: SourceList })
  async list(@CurrentAdmin() { tenantId }: Admin, @Req() request: FastifyRequest): Promise<SourceList> {
    const sources = await this.sources.list(tenantId);
    return { items: sources.map((source) => view(source, request)) };
  }

  @Get(':id')
  @ApiOkResponse({ type: SourceView })
  async read(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<SourceView> {
    return view(found(await this.sources.find(tenantId, uuidOf(id)), id), request);
  }

  @Patch(':id')
  @ApiOkResponse({ type: SourceView })
  async change(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Body() change: SourceChange,
    @Req() request: FastifyRequest,
  ): Promise<SourceView> {
    return view(found(await this.sources.change(tenantId, uuidOf(id), change), id), request);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Its tokens have stopped working. What it brought in stays.' })
  async delete(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<void> {
    if (!(await this.sources.delete(tenantId, uuidOf(id)))) throw noSource(id);
  }

  @Post(':id/tokens')
  @ApiCreatedResponse({ type: IssuedTokenView, description: 'Valid beside the one in use.' })
  async issueToken(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Body() { expiresAt }: NewToken,
  ): Promise<IssuedTokenView> {
    try {
      return found(await this.sources.issueToken(tenantId, uuidOf(id), expiresAt ?? null), id);
    } catch (error) {
      if (error instanceof TooManyTokens) throw new ConflictException(`${error.message}.`);
      throw error;
    }
  }

  @Delete(':id/tokens/:tokenId')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'The token has stopped working.' })
  async revokeToken(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Param('tokenId') tokenId: string,
  ): Promise<void> {
    const revoked = isUuid(tokenId) && (await this.sources.revokeToken(tenantId, uuidOf(id), tokenId));
    if (!revoked) throw new NotFoundException(`This source has no token with the id ${tokenId}.`);
  }
}

function view(source: Source, request: FastifyRequest): SourceView {
  return { ...source, scimUrl: scimBaseUrl(request) };
}

function uuidOf(id: string): string {
  if (!isUuid(id)) throw noSource(id);
  return id;
}

function found<T>(value: T | undefined, id: string): T {
  if (value === undefined) throw noSource(id);
  return value;
}

function noSource(id: string): NotFoundException {
  return new NotFoundException(`There is no source with the id ${id}.`);
}
