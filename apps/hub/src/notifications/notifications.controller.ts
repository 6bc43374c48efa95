import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Patch,
  Post,
  Query,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { Database } from '@rollcall/platform';
import {
  alertKinds,
  type AlertView,
  Channels,
  changeThresholds,
  InvalidChannel,
  listAlerts,
  Notifier,
  readThresholds,
} from '@rollcall/provisioning';
import { validate as isUuid } from 'uuid';
import {
  AlertListQuery,
  ChannelChangeBody,
  ChannelView,
  NewChannelBody,
  TestedView,
  ThresholdsBody,
  ThresholdsView,
} from './notification.dto.js';

/** Who is told when something needs a person, and of what they were told. */
@ApiTags('notifications')
@AdminAccess()
@Controller('api/v1')
export class NotificationsController {
  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly notifier: Notifier,
  ) {}

  @Get('notification-channels')
  @ApiOkResponse({ type: [ChannelView] })
  async list(@CurrentAdmin() { tenantId }: Admin): Promise<{ items: ChannelView[] }> {
    return { items: await this.channels.list(tenantId) };
  }

  @Post('notification-channels')
  @ApiCreatedResponse({ type: ChannelView })
  async create(@CurrentAdmin() { tenantId }: Admin, @Body() body: NewChannelBody): Promise<ChannelView> {
    return refusing(() =>
      this.channels.create(tenantId, { ...body, events: body.events ?? [...alertKinds] }),
    );
  }

  @Get('notification-channels/:id')
  @ApiOkResponse({ type: ChannelView })
  async read(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<ChannelView> {
    const channel = isUuid(id) ? await this.channels.find(tenantId, id) : undefined;
    if (!channel) throw noChannel(id);
    return channel;
  }

  @Patch('notification-channels/:id')
  @ApiOkResponse({ type: ChannelView, description: 'Each part that is given replaces the old one whole.' })
  async change(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Body() body: ChannelChangeBody,
  ): Promise<ChannelView> {
    const channel = isUuid(id) ? await refusing(() => this.channels.change(tenantId, id, body)) : undefined;
    if (!channel) throw noChannel(id);
    return channel;
  }

  @Delete('notification-channels/:id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<void> {
    if (!isUuid(id) || !(await this.channels.remove(tenantId, id))) throw noChannel(id);
  }

  @Post('notification-channels/:id/test')
  @HttpCode(200)
  @ApiOkResponse({ type: TestedView, description: 'Sends a test message now and says what came of it.' })
  async test(@CurrentAdmin() admin: Admin, @Param('id') id: string): Promise<TestedView> {
    const channel = await this.channels.find(admin.tenantId, (await this.read(admin, id)).id);
    if (!channel) throw noChannel(id);
    const sent = await this.notifier.test(admin.tenantId, channel);
    return { ok: sent.ok, message: sent.ok ? sent.answer : sent.message };
  }

  @Get('alerts')
  @ApiOkResponse({ description: 'Newest first: what needs, or needed, a person, and who was told of it.' })
  alerts(
    @CurrentAdmin() { tenantId }: Admin,
    @Query() query: AlertListQuery,
  ): Promise<{ items: AlertView[]; nextCursor: string | null }> {
    return listAlerts(this.database, tenantId, query);
  }

  @Get('notification-settings')
  @ApiOkResponse({ type: ThresholdsView })
  thresholds(@CurrentAdmin() { tenantId }: Admin): Promise<ThresholdsView> {
    return readThresholds(this.database, tenantId);
  }

  @Patch('notification-settings')
  @ApiOkResponse({ type: ThresholdsView })
  changeThresholds(
    @CurrentAdmin() { tenantId }: Admin,
    @Body() body: ThresholdsBody,
  ): Promise<ThresholdsView> {
    return changeThresholds(this.database, tenantId, body);
  }
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InvalidChannel)) throw error;
    throw new BadRequestException({ message: error.message, errors: error.errors });
  }
}

function noChannel(id: string): NotFoundException {
  return new NotFoundException(`There is no notification channel with the id ${id}.`);
}
