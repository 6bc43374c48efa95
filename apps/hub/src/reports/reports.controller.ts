import { Readable } from 'node:stream';
import {
  BadRequestException,
  Controller,
  Get,
  NotFoundException,
  Param,
  Query,
  StreamableFile,
} from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { EventStore } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import {
  csvHeader,
  csvRow,
  type OperationDetail,
  readOperation,
  readReport,
  type ReportFilter,
  type ReportPage,
  UnknownCursor,
  wholeReport,
} from '@rollcall/provisioning';
import { validate as isUuid } from 'uuid';
import { ReportQuery } from './report.dto.js';

@ApiTags('reports')
@AdminAccess()
@Controller('api/v1/reports')
export class ReportsController {
  constructor(
    private readonly database: Database,
    private readonly events: EventStore,
  ) {}

  @Get('provisioning')
  @ApiOkResponse({
    description:
      'What was done, or is being tried, at the connections; newest first by when it began. ' +
      'csv and ndjson are streams of all of it.',
  })
  async provisioning(
    @CurrentAdmin() { tenantId }: Admin,
    @Query() { cursor, limit, format, ...filter }: ReportQuery,
  ): Promise<ReportPage | StreamableFile> {
    if (format === 'csv' || format === 'ndjson') return this.whole(tenantId, filter, format);
    try {
      return await readReport(this.database, tenantId, filter, { cursor, limit });
    } catch (error) {
      if (!(error instanceof UnknownCursor)) throw error;
      const message = 'must be the nextCursor of the page before';
      throw new BadRequestException({ message: `cursor ${message}`, errors: [{ field: 'cursor', message }] });
    }
  }

  @Get('provisioning/:operationId')
  @ApiOkResponse({
    description:
      'Everything recorded about one operation: its cause, each attempt with its calls, what changed from what to what.',
  })
  async operation(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('operationId') id: string,
  ): Promise<OperationDetail> {
    const found = isUuid(id) ? await readOperation(this.database, this.events, tenantId, id) : undefined;
    if (!found) throw new NotFoundException(`There is no operation with the id ${id}.`);
    return found;
  }

  private whole(tenantId: string, filter: ReportFilter, format: 'csv' | 'ndjson'): StreamableFile {
    const csv = format === 'csv';
    const lines = csv ? csvLines : jsonLines;
    return new StreamableFile(Readable.from(lines(this.database, tenantId, filter), { highWaterMark: 2 }), {
      type: csv ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson; charset=utf-8',
      disposition: `attachment; filename="provisioning.${format}"`,
    });
  }
}

async function* csvLines(database: Database, tenantId: string, filter: ReportFilter): AsyncGenerator<string> {
  yield csvHeader;
  for await (const items of wholeReport(database, tenantId, filter)) yield items.map(csvRow).join('');
}

async function* jsonLines(
  database: Database,
  tenantId: string,
  filter: ReportFilter,
): AsyncGenerator<string> {
  for await (const items of wholeReport(database, tenantId, filter)) {
    yield items.map((item) => `${JSON.stringify(item)}\n`).join('');
  }
}
