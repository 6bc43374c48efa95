import {
  ConflictException,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  ParseUUIDPipe,
  Post,
} from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { EventStore, type Subscriber, Subscriptions } from '@rollcall/event-store';
import { directoryProjection } from '@rollcall/read-model';
import { alertsSubscriber, dispatch, historyProjection, operationsProjection } from '@rollcall/provisioning';

const subscribers: Subscriber[] = [
  directoryProjection,
  dispatch,
  operationsProjection,
  historyProjection,
  alertsSubscriber,
];

class ParkedStreamView {
  @ApiProperty({ format: 'uuid', description: 'The user, group or target object whose events wait.' })
  streamId!: string;
  @ApiProperty({ description: 'Position of the event that could not be handled.' })
  position!: number;
  @ApiProperty()
  error!: string;
  @ApiProperty()
  parkedAt!: Date;
}

class ProjectionView {
  @ApiProperty({ enum: subscribers.map(({ name }) => name) })
  name!: string;
  @ApiProperty({ description: 'Position of the last event it has seen.' })
  position!: number;
  @ApiProperty({ description: 'Events it has not seen yet.' })
  behind!: number;
  @ApiProperty({ type: [ParkedStreamView] })
  parked!: ParkedStreamView[];
}

class ProjectionList {
  @ApiProperty({ description: 'Position of the last event.' })
  head!: number;
  @ApiProperty({ type: [ProjectionView] })
  items!: ProjectionView[];
}

/** How far what is derived from the log has come, and which streams it had to leave aside. */
@ApiTags('projections')
@AdminAccess()
@Controller('api/v1/projections')
export class ProjectionsController {
  constructor(
    private readonly store: EventStore,
    private readonly subscriptions: Subscriptions,
  ) {}

  @Get()
  @ApiOkResponse({ type: ProjectionList })
  async list(@CurrentAdmin() { tenantId }: Admin): Promise<ProjectionList> {
    const [parked, ...positions] = await Promise.all([
      this.subscriptions.parked(tenantId),
      ...subscribers.map(({ name }) => this.subscriptions.position(tenantId, name)),
    ]);
    const head = await this.store.head(tenantId);
    const items = subscribers.map(({ name }, index) => ({
      name,
      position: positions[index]!,
      behind: Math.max(0, head - positions[index]!),
      parked: parked
        .filter(({ subscriber }) => subscriber === name)
        .map(({ streamId, position, error, parkedAt }) => ({ streamId, position, error, parkedAt })),
    }));
    return { head, items };
  }

  /** Tries the parked stream again, from the event it stopped at. */
  @Post(':name/parked/:streamId/resume')
  @HttpCode(204)
  @ApiNoContentResponse()
  async resume(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('name') name: string,
    @Param('streamId', ParseUUIDPipe) streamId: string,
  ): Promise<void> {
    const subscriber = subscribers.find((candidate) => candidate.name === name);
    const parked = subscriber && (await this.subscriptions.parked(tenantId, name));
    if (!parked?.some((stream) => stream.streamId === streamId)) {
      throw new NotFoundException(`${name} has no parked stream ${streamId}.`);
    }
    try {
      await this.subscriptions.resume(tenantId, subscriber!, streamId);
    } catch (error) {
      throw new ConflictException(`The stream stays parked: ${(error as Error).message}`);
    }
  }
}
