import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import type { TestReport } from '@rollcall/connectors';
import { Database, Queues } from '@rollcall/platform';
import { Connections, listDeadLetters, readProgress, retry } from '@rollcall/provisioning';
import {
  ConnectionChangeBody,
  ConnectionList,
  ConnectionView,
  connectionView,
  NewConnectionBody,
  PageQuery,
  Retried,
  RetryBody,
  SavedConnectionView,
  savedConnectionView,
} from './connection.dto.js';
import { connectionId, ConnectionProblems, noConnection } from './connection-problems.js';
import { DeadLetterList, ProgressView } from './progress.dto.js';

@ApiTags('connections')
@AdminAccess()
@UseInterceptors(ConnectionProblems)
@Controller('api/v1/connections')
export class ConnectionsController {
  constructor(
    private readonly connections: Connections,
    private readonly database: Database,
    private readonly queues: Queues,
  ) {}

  @Post()
  @ApiCreatedResponse({ type: SavedConnectionView, description: 'Disabled until it is enabled.' })
  async create(
    @CurrentAdmin() { tenantId, actor }: Admin,
    @Body() body: NewConnectionBody,
  ): Promise<SavedConnectionView> {
    return savedConnectionView(await this.connections.create(tenantId, body, actor));
  }

  @Get()
  @ApiOkResponse({ type: ConnectionList })
  async list(@CurrentAdmin() { tenantId }: Admin): Promise<ConnectionList> {
    return { items: (await this.connections.list(tenantId)).map(connectionView) };
  }

  @Get(':id')
  @ApiOkResponse({ type: ConnectionView })
  async read(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<ConnectionView> {
    return connectionView(await this.connections.get(tenantId, connectionId(id)));
  }

  @Patch(':id')
  @ApiOkResponse({
    type: SavedConnectionView,
    description: 'Each part that is given replaces the old one whole. Makes a new version.',
  })
  async change(
    @CurrentAdmin() { tenantId, actor }: Admin,
    @Param('id') id: string,
    @Body() body: ConnectionChangeBody,
  ): Promise<SavedConnectionView> {
    return savedConnectionView(await this.connections.change(tenantId, connectionId(id), body, actor));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Accounts at the target stay as they are.' })
  async remove(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<void> {
    await this.connections.remove(tenantId, connectionId(id));
  }

  @Post(':id/enable')
  @HttpCode(200)
  @ApiOkResponse({ type: ConnectionView, description: 'Everybody is looked at.' })
  async enable(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<ConnectionView> {
    return connectionView(await this.connections.enable(tenantId, connectionId(id)));
  }

  @Post(':id/disable')
  @HttpCode(200)
  @ApiOkResponse({ type: ConnectionView, description: 'Nothing more is sent.' })
  async disable(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<ConnectionView> {
    return connectionView(await this.connections.disable(tenantId, connectionId(id)));
  }

  @Post(':id/test')
  @HttpCode(200)
  @ApiOkResponse({
    description: 'Step by step what works, and what to do about what does not. Writes nothing.',
  })
  async test(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<TestReport> {
    return this.connections.test(tenantId, connectionId(id));
  }

  @Get(':id/progress')
  @ApiOkResponse({ type: ProgressView })
  async progress(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<ProgressView> {
    const progress = await readProgress(this.database, tenantId, connectionId(id));
    if (!progress) throw noConnection(id);
    return progress;
  }

  @Get(':id/dead-letters')
  @ApiOkResponse({ type: DeadLetterList })
  async deadLetters(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Query() page: PageQuery,
  ): Promise<DeadLetterList> {
    await this.connections.get(tenantId, connectionId(id));
    return listDeadLetters(this.database, tenantId, id, page);
  }

  @Post(':id/retries')
  @HttpCode(200)
  @ApiOkResponse({ type: Retried })
  async retry(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Body() { subjectIds, cause, all }: RetryBody,
  ): Promise<Retried> {
    await this.connections.get(tenantId, connectionId(id));
    const given = [subjectIds !== undefined, cause !== undefined, all === true].filter(Boolean);
    if (given.length !== 1) {
      const message =
        'give one of subjectIds, a list of ids; cause, of a group of dead letters; or all: true';
      throw new BadRequestException({ message, errors: [{ field: 'subjectIds', message }] });
    }
    return { retried: await retry(this.database, this.queues, tenantId, id, subjectIds, cause) };
  }
}
