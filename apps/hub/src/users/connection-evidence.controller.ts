import {
  ConflictException,
  BadRequestException,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Query,
} from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { Database } from '@rollcall/platform';
import {
  type AccountsPage,
  type Cancelled,
  type Convergence,
  History,
  listRuns,
  readConvergence,
  type Run,
  RunOver,
  RunSteering,
} from '@rollcall/provisioning';
import { validate as isUuid } from 'uuid';
import { RunView } from '../connections/progress.dto.js';
import { AccountsQuery, WindowQuery } from './directory.dto.js';

const dayMs = 86_400_000;

/** What is known of a connection over time: who had an account, how fast changes arrive, runs over everybody. */
@ApiTags('connections')
@AdminAccess()
@Controller('api/v1/connections')
export class ConnectionEvidenceController {
  constructor(
    private readonly database: Database,
    private readonly history: History,
    private readonly runs: RunSteering,
  ) {}

  @Get(':id/accounts')
  @ApiOkResponse({
    description: 'Who has, or at a moment had, an account there, as far as the hub did or took it over.',
  })
  async accounts(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Query() { at = new Date(), ...query }: AccountsQuery,
  ): Promise<AccountsPage> {
    // Of a connection that was removed there still is a history.
    if (!isUuid(id)) throw noConnection(id);
    return this.history.accounts(tenantId, id, { at, ...query });
  }

  @Get(':id/convergence')
  @ApiOkResponse({
    description: 'Milliseconds from an accepted change to its confirmation there, and who waits longest.',
  })
  async convergence(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Query() { from, to = new Date() }: WindowQuery,
  ): Promise<Convergence> {
    const window = { from: from ?? new Date(to.getTime() - dayMs), to };
    if (window.from > to) {
      const message = 'must be before to';
      throw new BadRequestException({ message: `from: ${message}`, errors: [{ field: 'from', message }] });
    }
    const found = isUuid(id) ? await readConvergence(this.database, tenantId, id, window) : undefined;
    if (!found) throw noConnection(id);
    return found;
  }

  @Get(':id/runs')
  @ApiOkResponse({ type: [RunView], description: 'The last twenty looks at everybody, newest first.' })
  async list(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<{ items: Run[] }> {
    if (!isUuid(id)) throw noConnection(id);
    return { items: await listRuns(this.database, tenantId, id) };
  }

  @Post(':id/runs/:run/pause')
  @HttpCode(200)
  @ApiOkResponse({
    type: RunView,
    description: 'What is left waits. Changes that come in are pushed as always.',
  })
  pause(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Param('run') run: string,
  ): Promise<Run> {
    return found(run, isUuid(id) && isUuid(run) ? this.runs.pause(tenantId, id, run) : undefined);
  }

  @Post(':id/runs/:run/resume')
  @HttpCode(200)
  @ApiOkResponse({ type: RunView })
  resume(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Param('run') run: string,
  ): Promise<Run> {
    return found(run, isUuid(id) && isUuid(run) ? this.runs.resume(tenantId, id, run) : undefined);
  }

  @Post(':id/runs/:run/cancel')
  @HttpCode(200)
  @ApiOkResponse({
    description:
      'Whoever is left stays as they are until they change or everybody is looked at again. What takes access ' +
      'away is not cancelled: it stays due, and `kept` names it.',
  })
  cancel(
    @CurrentAdmin() { tenantId, actor }: Admin,
    @Param('id') id: string,
    @Param('run') run: string,
  ): Promise<Cancelled> {
    return found(run, isUuid(id) && isUuid(run) ? this.runs.cancel(tenantId, id, run, actor) : undefined);
  }
}

async function found<T>(run: string, work: Promise<T | undefined> | undefined): Promise<T> {
  try {
    const answer = await work;
    if (!answer) throw new NotFoundException(`The connection has no run with the id ${run}.`);
    return answer;
  } catch (error) {
    if (error instanceof RunOver) throw new ConflictException(error.message);
    throw error;
  }
}

function noConnection(id: string): NotFoundException {
  return new NotFoundException(`There is no connection with the id ${id}.`);
}
