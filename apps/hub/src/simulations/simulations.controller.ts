import {
  Body,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { Connections, Simulations } from '@rollcall/provisioning';
import { validate as isUuid } from 'uuid';
import { connectionId, ConnectionProblems } from '../connections/connection-problems.js';
import { DraftBody } from '../previews/preview.dto.js';
import {
  SimulatedSubjects,
  SimulatedSubjectsQuery,
  SimulationList,
  SimulationView,
} from './simulation.dto.js';

/** What a draft configuration would do to everybody, before it is saved. */
@ApiTags('simulations')
@AdminAccess()
@UseInterceptors(ConnectionProblems)
@Controller('api/v1/connections/:id/simulations')
export class SimulationsController {
  constructor(
    private readonly connections: Connections,
    private readonly simulations: Simulations,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiAcceptedResponse({ type: SimulationView, description: 'Runs in the background. Sends nothing.' })
  async create(
    @CurrentAdmin() { tenantId, actor }: Admin,
    @Param('id') id: string,
    @Body() { mappings, scope, policy }: DraftBody,
  ): Promise<SimulationView> {
    const draft = {
      ...(mappings !== undefined && { mappings }),
      ...(scope !== undefined && { scope }),
      ...(policy !== undefined && { policy }),
    };
    await this.connections.checkDraft(tenantId, connectionId(id), draft);
    return this.simulations.create(tenantId, id, draft, actor);
  }

  @Get()
  @ApiOkResponse({ type: SimulationList, description: 'Newest first; the last twenty are kept.' })
  async list(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<SimulationList> {
    await this.connections.get(tenantId, connectionId(id));
    return { items: await this.simulations.list(tenantId, id) };
  }

  @Get(':simulation')
  @ApiOkResponse({ type: SimulationView, description: 'How far it is, and what was counted so far.' })
  async read(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Param('simulation') simulation: string,
  ): Promise<SimulationView> {
    return this.find(tenantId, id, simulation);
  }

  @Get(':simulation/subjects')
  @ApiOkResponse({ type: SimulatedSubjects, description: 'One by one, with reasons.' })
  async subjects(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Param('simulation') simulation: string,
    @Query() { limit = 100, ...query }: SimulatedSubjectsQuery,
  ): Promise<SimulatedSubjects> {
    await this.find(tenantId, id, simulation);
    return this.simulations.subjects(tenantId, simulation, { ...query, limit });
  }

  @Post(':simulation/cancel')
  @HttpCode(200)
  @ApiOkResponse({ type: SimulationView, description: 'What was counted so far stays.' })
  async cancel(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Param('simulation') simulation: string,
  ): Promise<SimulationView> {
    await this.find(tenantId, id, simulation);
    await this.simulations.cancel(tenantId, id, simulation);
    return this.find(tenantId, id, simulation);
  }

  private async find(tenantId: string, id: string, simulation: string): Promise<SimulationView> {
    const found = isUuid(simulation)
      ? await this.simulations.get(tenantId, connectionId(id), simulation)
      : undefined;
    if (found) return found;
    throw new NotFoundException(
      `There is no simulation ${simulation}; see GET connections/{id}/simulations.`,
    );
  }
}
