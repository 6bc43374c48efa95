import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Patch,
  Post,
  Req,
  UseInterceptors,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin, Sources, SourceSecrets } from '@rollcall/access';
import type { FastifyRequest } from 'fastify';
import { validate as isUuid } from 'uuid';
import { SourceProblems } from './source-problems.js';
import { tokenUrl, viewSource } from './source-view.js';
import {
  CreatedSourceView,
  IssuedSecretView,
  IssuedTokenView,
  NewSource,
  NewToken,
  SourceChange,
  SourceList,
  SourceView,
} from './source.dto.js';

@ApiTags('sources')
@AdminAccess()
@UseInterceptors(SourceProblems)
@Controller('api/v1/sources')
export class SourcesController {
  constructor(
    private readonly sources: Sources,
    private readonly secrets: SourceSecrets,
  ) {}

  @Post()
  @ApiCreatedResponse({ type: CreatedSourceView })
  async create(
    @CurrentAdmin() { tenantId }: Admin,
    @Body() { name, client, ...settings }: NewSource,
    @Req() request: FastifyRequest,
  ): Promise<CreatedSourceView> {
    const { token, ...source } = await this.sources.create(tenantId, name, client, settings);
    return { ...viewSource(source, request), token };
  }

  @Get()
  @ApiOkResponse({ type: SourceList })
  async list(@CurrentAdmin() { tenantId }: Admin, @Req() request: FastifyRequest): Promise<SourceList> {
    const sources = await this.sources.list(tenantId);
    return { items: sources.map((source) => viewSource(source, request)) };
  }

  @Get(':id')
  @ApiOkResponse({ type: SourceView })
  async read(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<SourceView> {
    return viewSource(found(await this.sources.find(tenantId, uuidOf(id)), id), request);
  }

  @Patch(':id')
  @ApiOkResponse({ type: SourceView })
  async change(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Body() change: SourceChange,
    @Req() request: FastifyRequest,
  ): Promise<SourceView> {
    return viewSource(found(await this.sources.change(tenantId, uuidOf(id), change), id), request);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({
    description: 'Its tokens and client secrets have stopped working. What it brought in stays.',
  })
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
    return found(await this.sources.issueToken(tenantId, uuidOf(id), expiresAt ?? null), id);
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

  @Post(':id/secrets')
  @ApiCreatedResponse({
    type: IssuedSecretView,
    description: 'For OAuth 2.0 client credentials; five may be valid at a time.',
  })
  async issueSecret(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Body() { expiresAt }: NewToken,
    @Req() request: FastifyRequest,
  ): Promise<IssuedSecretView> {
    const issued = found(await this.secrets.issue(tenantId, uuidOf(id), expiresAt ?? null), id);
    return { ...issued, tokenUrl: tokenUrl(request) };
  }

  @Delete(':id/secrets/:secretId')
  @HttpCode(204)
  @ApiNoContentResponse({
    description: 'The secret, and the access tokens issued for it, have stopped working.',
  })
  async revokeSecret(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Param('secretId') secretId: string,
  ): Promise<void> {
    const revoked = isUuid(secretId) && (await this.secrets.revoke(tenantId, uuidOf(id), secretId));
    if (!revoked) throw new NotFoundException(`This source has no client secret with the id ${secretId}.`);
  }
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
