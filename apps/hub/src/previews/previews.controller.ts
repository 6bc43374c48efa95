import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  UseInterceptors,
} from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { EventStore } from '@rollcall/event-store';
import { Database, Queues } from '@rollcall/platform';
import {
  Connections,
  NotProvisionable,
  Previews,
  type PreviewSubject,
  provisionOnDemand,
} from '@rollcall/provisioning';
import { Freshness } from '@rollcall/read-model';
import { ScimError } from '@rollcall/scim';
import { connectionId, ConnectionProblems } from '../connections/connection-problems.js';
import { PreviewBody, PreviewView, ScopePreviewBody, ScopePreviewView, SubjectBody } from './preview.dto.js';

const waitMs = 25_000;

/** What would be done, and for one subject: do it now. */
@ApiTags('previews')
@AdminAccess()
@UseInterceptors(ConnectionProblems)
@Controller('api/v1/connections')
export class PreviewsController {
  constructor(
    private readonly connections: Connections,
    private readonly previews: Previews,
    private readonly freshness: Freshness,
    private readonly database: Database,
    private readonly events: EventStore,
    private readonly queues: Queues,
  ) {}

  @Post(':id/preview')
  @HttpCode(200)
  @ApiOkResponse({ type: PreviewView, description: 'Step by step. Nothing is changed at the target.' })
  async preview(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Body() body: PreviewBody,
  ): Promise<PreviewView> {
    const subject = subjectOf(body);
    const { configuration: draft, whatIf, look, execute } = body;
    if (execute && (draft || whatIf)) {
      const message = 'can be done with the saved configuration and the directory only: leave it out';
      throw invalid(draft ? 'configuration' : 'whatIf', message);
    }
    if (whatIf && subject.type === 'group') throw invalid('whatIf', 'is for a user: give userId');
    if (draft) await this.connections.checkDraft(tenantId, connectionId(id), draft);
    const preview = await this.show(tenantId, id, subject, { draft, whatIf, look });
    return execute ? { ...preview, outcome: await this.provision(tenantId, id, subject) } : preview;
  }

  @Post(':id/provision-on-demand')
  @HttpCode(200)
  @ApiOkResponse({ type: PreviewView, description: 'The same, and then it is done, before all that waits.' })
  async provisionNow(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Body() body: SubjectBody,
  ): Promise<PreviewView> {
    const subject = subjectOf(body);
    const preview = await this.show(tenantId, id, subject, {});
    return { ...preview, outcome: await this.provision(tenantId, id, subject) };
  }

  @Post(':id/scope/preview')
  @HttpCode(200)
  @ApiOkResponse({ type: ScopePreviewView, description: 'Who is in, would come in, would leave.' })
  async scope(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Body() { scope, type = 'user', list = 'in', cursor, limit = 100 }: ScopePreviewBody,
  ): Promise<ScopePreviewView> {
    if (scope) await this.connections.checkDraft(tenantId, connectionId(id), { scope });
    await this.connections.get(tenantId, connectionId(id));
    await this.freshness.upToDate(tenantId);
    const wanted = { type, list, limit, ...(cursor !== undefined && { cursor }) };
    return (await this.previews.scope(tenantId, id, scope, wanted))!;
  }

  private async show(
    tenantId: string,
    id: string,
    subject: PreviewSubject,
    options: Parameters<Previews['preview']>[3],
  ): Promise<PreviewView> {
    await this.connections.get(tenantId, connectionId(id));
    await this.freshness.upToDate(tenantId);
    const preview = await this.previews.preview(tenantId, id, subject, options).catch((error: unknown) => {
      if (error instanceof ScimError) throw invalid('whatIf.set', error.detail);
      throw error;
    });
    if (preview) return preview;
    throw new NotFoundException(`There is no ${subject.type} with the id ${subject.id}.`);
  }

  private async provision(tenantId: string, id: string, subject: PreviewSubject) {
    const { database, events, queues } = this;
    return provisionOnDemand({ database, events, queues }, tenantId, id, subject, waitMs).catch(
      (error: unknown) => {
        if (error instanceof NotProvisionable) throw new ConflictException(error.message);
        throw error;
      },
    );
  }
}

function subjectOf({ userId, groupId }: SubjectBody): PreviewSubject {
  if ((userId === undefined) === (groupId === undefined)) {
    throw invalid('userId', 'give either userId or groupId');
  }
  return userId !== undefined ? { type: 'user', id: userId } : { type: 'group', id: groupId! };
}

function invalid(field: string, message: string): BadRequestException {
  return new BadRequestException({ message: `${field}: ${message}`, errors: [{ field, message }] });
}
