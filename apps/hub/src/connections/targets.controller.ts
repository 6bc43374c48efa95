import { Controller, Get, NotFoundException, Param } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { Database } from '@rollcall/platform';
import { type SubjectAtTarget, subjectAtTargets } from '@rollcall/provisioning';
import { validate as isUuid } from 'uuid';

/** Where a user or group stands at each connection. */
@ApiTags('targets')
@AdminAccess()
@Controller('api/v1')
export class TargetsController {
  constructor(private readonly database: Database) {}

  @Get('users/:id/targets')
  @ApiOkResponse({
    description: 'One entry a connection: the account there, what was last written, what is due.',
  })
  async user(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
  ): Promise<{ items: SubjectAtTarget[] }> {
    return this.at(tenantId, 'user', id);
  }

  @Get('groups/:id/targets')
  @ApiOkResponse({
    description: 'One entry a connection: the group there, what was last written, what is due.',
  })
  async group(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
  ): Promise<{ items: SubjectAtTarget[] }> {
    return this.at(tenantId, 'group', id);
  }

  private async at(
    tenantId: string,
    type: 'user' | 'group',
    id: string,
  ): Promise<{ items: SubjectAtTarget[] }> {
    const items = isUuid(id) ? await subjectAtTargets(this.database, tenantId, type, id) : undefined;
    if (!items) throw new NotFoundException(`There is no ${type} with the id ${id}.`);
    return { items };
  }
}
