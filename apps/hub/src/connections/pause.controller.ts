import { Body, Controller, HttpCode, Param, Post, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { EventStore } from '@rollcall/event-store';
import { Database, Queues } from '@rollcall/platform';
import { Connections, pauseConnection, resumeConnection } from '@rollcall/provisioning';
import { ConnectionView, connectionView } from './connection.dto.js';
import { connectionId, ConnectionProblems } from './connection-problems.js';
import { PauseBody } from './pause.dto.js';

/** Maintenance: nothing is sent for a while, and nothing is lost. */
@ApiTags('connections')
@AdminAccess()
@UseInterceptors(ConnectionProblems)
@Controller('api/v1/connections/:id')
export class PauseController {
  constructor(
    private readonly connections: Connections,
    private readonly database: Database,
    private readonly events: EventStore,
    private readonly queues: Queues,
  ) {}

  @Post('pause')
  @HttpCode(200)
  @ApiOkResponse({ type: ConnectionView, description: 'What is under way ends; changes wait.' })
  async pause(
    @CurrentAdmin() { tenantId, actor }: Admin,
    @Param('id') given: string,
    @Body() body: PauseBody,
  ): Promise<ConnectionView> {
    const id = connectionId(given);
    await pauseConnection(this.parts, tenantId, id, { until: body?.until, reason: body?.reason, actor });
    return connectionView(await this.connections.get(tenantId, id));
  }

  @Post('resume')
  @HttpCode(200)
  @ApiOkResponse({ type: ConnectionView })
  async resume(
    @CurrentAdmin() { tenantId, actor }: Admin,
    @Param('id') given: string,
  ): Promise<ConnectionView> {
    const id = connectionId(given);
    await resumeConnection(this.parts, tenantId, id, actor);
    return connectionView(await this.connections.get(tenantId, id));
  }

  private get parts() {
    const { database, events, queues } = this;
    return { database, events, queues };
  }
}
