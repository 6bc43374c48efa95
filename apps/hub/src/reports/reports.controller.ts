import { Readable } from 'node:stream';
import { BadRequestException, Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { Database } from '@rollcall/platform';
import {
  csvHeader,
  csvRow,
  readReport,
  type ReportFilter,
  type ReportPage,
  UnknownCursor,
  wholeReport,
} from '@rollcall/provisioning';
import { ReportQuery } from './report.dto.js';

@ApiTags('reports')
@AdminAccess()
@Controller('api/v1/reports')
export class ReportsController {
  constructor(private readonly database: Database) {}

  @Get('provisioning')
  @ApiOkResponse({ description: 'What was done, or is being tried, at the connections; newest first.' })
  async provisioning(
    @CurrentAdmin() { tenantId }: Admin,
    @Query() { cursor, limit, format, ...filter }: ReportQuery,
  ): Promise<ReportPage | StreamableFile> {
    if (format === 'csv') return this.csv(tenantId, filter);
    try {
      return await readReport(this.database, tenantId, filter, { cursor, limit });
    } catch (error) {
      if (!(error instanceof UnknownCursor)) throw error;
      const message = 'must be the nextCursor of the page before';
      throw new BadRequestException({ message: `cursor ${message}`, errors: [{ field: 'cursor', message }] });
    }
  }

  private csv(tenantId: string, filter: ReportFilter): StreamableFile {
    return new StreamableFile(Readable.from(csvLines(this.database, tenantId, filter)), {
      type: 'text/csv; charset=utf-8; header=present',
      disposition: 'attachment; filename="provisioning.csv"',
    });
  }
}

async function* csvLines(database: Database, tenantId: string, filter: ReportFilter): AsyncGenerator<string> {
  yield csvHeader;
  for await (const items of wholeReport(database, tenantId, filter)) yield items.map(csvRow).join('');
}
