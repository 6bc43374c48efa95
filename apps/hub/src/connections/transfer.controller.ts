import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Put,
  UseInterceptors,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { Connections, ConnectionTransfer, type TrySubject } from '@rollcall/provisioning';
import { Freshness } from '@rollcall/read-model';
import { SavedConnectionView, savedConnectionView } from './connection.dto.js';
import { connectionId, ConnectionProblems } from './connection-problems.js';
import { DocumentBody, DocumentView, ImportBody, TriedView, TryBody } from './transfer.dto.js';

/** Connections as files, and mappings tried out before they are used. */
@ApiTags('connections')
@AdminAccess()
@UseInterceptors(ConnectionProblems)
@Controller('api/v1/connections')
export class TransferController {
  constructor(
    private readonly connections: Connections,
    private readonly transfer: ConnectionTransfer,
    private readonly freshness: Freshness,
  ) {}

  @Post('import')
  @ApiCreatedResponse({
    type: SavedConnectionView,
    description: 'A new connection, disabled until it is enabled.',
  })
  async import(
    @CurrentAdmin() { tenantId, actor }: Admin,
    @Body() { credentials, ignoreTargetSchema, ...document }: ImportBody,
  ): Promise<SavedConnectionView> {
    const options = { ignoreTargetSchema };
    await this.freshness.upToDate(tenantId);
    return savedConnectionView(await this.transfer.create(tenantId, document, credentials, options, actor));
  }

  @Get(':id/export')
  @ApiOkResponse({
    type: DocumentView,
    description: 'Everything but the credentials, to import here or elsewhere.',
  })
  async export(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<DocumentView> {
    return this.transfer.export(tenantId, connectionId(id));
  }

  @Put(':id/import')
  @ApiOkResponse({ type: SavedConnectionView, description: 'Replaces settings, mappings, scope and policy.' })
  async importInto(
    @CurrentAdmin() { tenantId, actor }: Admin,
    @Param('id') id: string,
    @Body() { ignoreTargetSchema, ...document }: DocumentBody,
  ): Promise<SavedConnectionView> {
    const options = { ignoreTargetSchema };
    await this.freshness.upToDate(tenantId);
    return savedConnectionView(
      await this.transfer.replace(tenantId, connectionId(id), document, options, actor),
    );
  }

  @Post(':id/mappings/restore-defaults')
  @HttpCode(200)
  @ApiOkResponse({ type: SavedConnectionView, description: 'The connector’s own mappings are used again.' })
  async restoreDefaults(
    @CurrentAdmin() { tenantId, actor }: Admin,
    @Param('id') id: string,
  ): Promise<SavedConnectionView> {
    return savedConnectionView(
      await this.connections.change(tenantId, connectionId(id), { mappings: null }, actor),
    );
  }

  @Post(':id/mappings/try')
  @HttpCode(200)
  @ApiOkResponse({
    type: TriedView,
    description: 'What the mappings make of somebody. Nothing is sent or saved.',
  })
  async try(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Body() body: TryBody,
  ): Promise<TriedView> {
    const subject = subjectOf(body);
    await this.freshness.upToDate(tenantId);
    const tried = await this.connections.try(tenantId, connectionId(id), subject, body.mappings);
    if (tried) return tried;
    throw new NotFoundException(`There is no ${subject.type} with the id ${subject.id}.`);
  }
}

function subjectOf({ userId, groupId, sample, type }: TryBody): TrySubject {
  if ([userId, groupId, sample].filter((each) => each !== undefined).length > 1) {
    const message = 'give one of userId, groupId and sample, or none of them for a made-up user';
    throw new BadRequestException({ message, errors: [{ field: 'userId', message }] });
  }
  if (userId !== undefined) return { type: 'user', id: userId };
  if (groupId !== undefined) return { type: 'group', id: groupId };
  return { type: type ?? 'user', ...(sample && { sample }) };
}
