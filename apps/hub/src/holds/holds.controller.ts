import {
  BadRequestException,
  Body,
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
  decideHold,
  type HoldDecision,
  HoldNotFound,
  listHoldItems,
  listHolds,
  NotInHold,
  readHold,
} from '@rollcall/provisioning';
import { validate as isUuid } from 'uuid';
import {
  Decided,
  HoldDecisionBody,
  HoldItemList,
  HoldItemsQuery,
  HoldList,
  HoldsQuery,
  HoldView,
} from './hold.dto.js';

/** Operations that wait for a person because there were too many of them. */
@ApiTags('holds')
@AdminAccess()
@Controller('api/v1/holds')
export class HoldsController {
  constructor(
    private readonly database: Database,
    private readonly events: EventStore,
    private readonly queues: Queues,
  ) {}

  @Get()
  @ApiOkResponse({ type: HoldList, description: 'Newest first.' })
  async list(
    @CurrentAdmin() { tenantId }: Admin,
    @Query() { connection, state, cursor, limit }: HoldsQuery,
  ): Promise<HoldList> {
    return listHolds(this.database, tenantId, { connectionId: connection, state }, { cursor, limit });
  }

  @Get(':id')
  @ApiOkResponse({ type: HoldView })
  async read(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<HoldView> {
    const hold = isUuid(id) ? await readHold(this.database, tenantId, id) : undefined;
    if (!hold) throw noHold(id);
    return hold;
  }

  @Get(':id/items')
  @ApiOkResponse({ type: HoldItemList, description: 'Who is in it, and why.' })
  async items(
    @CurrentAdmin() admin: Admin,
    @Param('id') id: string,
    @Query() query: HoldItemsQuery,
  ): Promise<HoldItemList> {
    await this.read(admin, id);
    return listHoldItems(this.database, admin.tenantId, id, query);
  }

  @Post(':id/allow')
  @HttpCode(200)
  @ApiOkResponse({ type: Decided, description: 'Planned anew, and done if still wanted.' })
  async allow(
    @CurrentAdmin() admin: Admin,
    @Param('id') id: string,
    @Body() body: HoldDecisionBody,
  ): Promise<Decided> {
    return this.decide(admin, id, 'allowed', body);
  }

  @Post(':id/deny')
  @HttpCode(200)
  @ApiOkResponse({ type: Decided, description: 'Not done until the subject changes again, or is allowed.' })
  async deny(
    @CurrentAdmin() admin: Admin,
    @Param('id') id: string,
    @Body() body: HoldDecisionBody,
  ): Promise<Decided> {
    return this.decide(admin, id, 'denied', body);
  }

  private get parts() {
    const { database, events, queues } = this;
    return { database, events, queues };
  }

  private async decide(
    admin: Admin,
    id: string,
    decision: HoldDecision['decision'],
    { subjectIds, all, note }: HoldDecisionBody,
  ): Promise<Decided> {
    if ((subjectIds === undefined) === (all !== true)) {
      throw refused('give either subjectIds, a list of ids, or all: true');
    }
    if (!isUuid(id)) throw noHold(id);
    try {
      const { tenantId, actor } = admin;
      const decided = await decideHold(this.parts, tenantId, id, { decision, subjectIds, note, actor });
      return { decided, hold: await this.read(admin, id) };
    } catch (error) {
      if (error instanceof HoldNotFound) throw noHold(id);
      if (!(error instanceof NotInHold)) throw error;
      const named = error.subjectIds.slice(0, 5).join(', ');
      const more = error.subjectIds.length > 5 ? ` and ${error.subjectIds.length - 5} more` : '';
      throw refused(
        `${named}${more}: not in this change set, or decided and done already; see GET holds/{id}/items`,
      );
    }
  }
}

function refused(message: string): BadRequestException {
  return new BadRequestException({ message, errors: [{ field: 'subjectIds', message }] });
}

function noHold(id: string): NotFoundException {
  return new NotFoundException(`There is no hold with the id ${id}; see GET /api/v1/holds.`);
}
