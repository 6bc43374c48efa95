import { Controller, Get, Param, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { Database } from '@rollcall/platform';
import { Connections, groupDeadLetters } from '@rollcall/provisioning';
import { connectionId, ConnectionProblems } from '../connections/connection-problems.js';
import { DeadLetterGroupList } from './dead-letter-groups.dto.js';

@ApiTags('connections')
@AdminAccess()
@UseInterceptors(ConnectionProblems)
@Controller('api/v1/connections/:id/dead-letters/groups')
export class DeadLetterGroupsController {
  constructor(
    private readonly connections: Connections,
    private readonly database: Database,
  ) {}

  @Get()
  @ApiOkResponse({ type: DeadLetterGroupList, description: 'By what they have in common, largest first.' })
  async list(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<DeadLetterGroupList> {
    await this.connections.get(tenantId, connectionId(id));
    return { items: await groupDeadLetters(this.database, tenantId, id) };
  }
}
