import {
  BadRequestException,
  Body,
  Controller,
  Get,
  NotFoundException,
  Param,
  Patch,
  Query,
} from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { Database } from '@rollcall/platform';
import { validate as isUuid } from 'uuid';
import { PruneWorker } from './prune-worker.js';
import {
  LoggedRequestDetail,
  RequestLogPageView,
  RequestLogQuery,
  RequestLogSettingsChange,
  RequestLogSettingsView,
} from './request-log.dto.js';
import { RequestLog } from './request-log.js';
import { changeRequestLogSettings, requestLogSettings } from './retention.js';
import { readRequest, searchRequestLog } from './search-request-log.js';

/** Every SCIM request, what it meant and what came of it: what to open when a client says "failed". */
@ApiTags('request-log')
@AdminAccess()
@Controller('api/v1/request-log')
export class RequestLogController {
  constructor(
    private readonly database: Database,
    private readonly log: RequestLog,
    private readonly pruning: PruneWorker,
  ) {}

  @Get()
  @ApiOkResponse({ type: RequestLogPageView, description: 'Newest first.' })
  async search(
    @CurrentAdmin() { tenantId }: Admin,
    @Query() { cursor, limit, ...filter }: RequestLogQuery,
  ): Promise<RequestLogPageView> {
    const { user, group, subject } = filter;
    if ([user, group, subject].filter((one) => one !== undefined).length > 1) {
      const message = 'cannot be combined: give one of user, group and subject';
      throw new BadRequestException({
        message: `subject ${message}`,
        errors: [{ field: 'subject', message }],
      });
    }
    await this.writeOut();
    return searchRequestLog(this.database, tenantId, filter, { cursor, limit });
  }

  @Get('settings')
  @ApiOkResponse({ type: RequestLogSettingsView })
  settings(@CurrentAdmin() { tenantId }: Admin): Promise<RequestLogSettingsView> {
    return requestLogSettings(this.database, tenantId);
  }

  @Patch('settings')
  @ApiOkResponse({
    type: RequestLogSettingsView,
    description: 'What is no longer to be kept is removed soon.',
  })
  async changeSettings(
    @CurrentAdmin() { tenantId }: Admin,
    @Body() change: RequestLogSettingsChange,
  ): Promise<RequestLogSettingsView> {
    const settings = await changeRequestLogSettings(this.database, tenantId, change);
    this.pruning.poke();
    return settings;
  }

  @Get(':id')
  @ApiOkResponse({ type: LoggedRequestDetail })
  async read(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<LoggedRequestDetail> {
    await this.writeOut();
    const found = isUuid(id) ? await readRequest(this.database, tenantId, id) : undefined;
    if (!found) {
      throw new NotFoundException(
        `There is no request with the id ${id} in the log: it may be older than what is kept (request-log/settings).`,
      );
    }
    return found;
  }

  /** So that what this process has just answered is found. */
  private async writeOut(): Promise<void> {
    await this.log.flush().catch(() => undefined);
  }
}
