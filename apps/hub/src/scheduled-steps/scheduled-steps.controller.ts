import {
  BadRequestException,
  Body,
  ConflictException,
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
import { EventStore } from '@rollcall/event-store';
import { Database, Queues } from '@rollcall/platform';
import {
  cancelStep,
  listSteps,
  readStep,
  restoreStep,
  StepNotAsked,
  StepNotFound,
  UnknownStepCursor,
} from '@rollcall/provisioning';
import { validate as isUuid } from 'uuid';
import { CancelStepBody, StepList, StepsQuery, StepView } from './scheduled-step.dto.js';

interface Step {
  connectionId: string;
  userId: string;
}

/** What will be done about leavers when their grace time is over. */
@ApiTags('scheduled steps')
@AdminAccess()
@Controller('api/v1/scheduled-steps')
export class ScheduledStepsController {
  constructor(
    private readonly database: Database,
    private readonly events: EventStore,
    private readonly queues: Queues,
  ) {}

  @Get()
  @ApiOkResponse({ type: StepList, description: 'Soonest first.' })
  async list(
    @CurrentAdmin() { tenantId }: Admin,
    @Query() { connection, user, state, cursor, limit }: StepsQuery,
  ): Promise<StepList> {
    try {
      const filter = { connectionId: connection, userId: user, state };
      return await listSteps(this.database, tenantId, filter, { cursor, limit });
    } catch (error) {
      if (!(error instanceof UnknownStepCursor)) throw error;
      const message = 'must be the nextCursor of the page before';
      throw new BadRequestException({ message: `cursor ${message}`, errors: [{ field: 'cursor', message }] });
    }
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOkResponse({ type: StepView, description: 'The account stays, deactivated.' })
  async cancel(
    @CurrentAdmin() { tenantId, actor }: Admin,
    @Param('id') id: string,
    @Body() body: CancelStepBody,
  ): Promise<StepView> {
    const step = stepOf(id);
    await steering(id, () => cancelStep(this.parts, tenantId, step, { note: body?.note, actor }));
    return this.read(tenantId, id, step);
  }

  @Post(':id/restore')
  @HttpCode(200)
  @ApiOkResponse({
    type: StepView,
    description: 'As planned before; where that time has passed, the grace time begins anew.',
  })
  async restore(@CurrentAdmin() { tenantId, actor }: Admin, @Param('id') id: string): Promise<StepView> {
    const step = stepOf(id);
    await steering(id, () => restoreStep(this.parts, tenantId, step, actor));
    return this.read(tenantId, id, step);
  }

  private get parts() {
    const { database, events, queues } = this;
    return { database, events, queues };
  }

  private async read(tenantId: string, id: string, { connectionId, userId }: Step): Promise<StepView> {
    const step = await readStep(this.database, tenantId, connectionId, userId);
    if (!step) throw noStep(id);
    return step;
  }
}

async function steering(id: string, steer: () => Promise<void>): Promise<void> {
  try {
    await steer();
  } catch (error) {
    if (error instanceof StepNotFound) throw noStep(id);
    if (error instanceof StepNotAsked) throw new ConflictException(refusals[error.why]);
    throw error;
  }
}

const refusals = {
  'under-way': 'The account is being worked on at this moment: look at the step again in a few seconds.',
  cancelled: 'The step is cancelled already; POST …/restore takes that back.',
  scheduled: 'The step is not cancelled, so there is nothing to restore.',
};

function stepOf(id: string): Step {
  const [connectionId = '', userId = '', ...more] = id.split('.');
  if (!isUuid(connectionId) || !isUuid(userId) || more.length > 0) throw noStep(id);
  return { connectionId, userId };
}

function noStep(id: string): NotFoundException {
  return new NotFoundException(`Nothing is scheduled under the id ${id}; see GET /api/v1/scheduled-steps.`);
}
