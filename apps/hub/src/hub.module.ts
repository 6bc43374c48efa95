import { type DynamicModule, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { AccessModule } from '@rollcall/access';
import { DirectoryModule } from '@rollcall/directory';
import { PlatformModule, type PlatformParts } from '@rollcall/platform';
import {
  EvidenceModule,
  EvidenceWorker,
  ProvisioningModule,
  ProvisioningWorker,
  SimulationWorker,
} from '@rollcall/provisioning';
import { ProjectWorker, ReadModelModule } from '@rollcall/read-model';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { ConnectionsController } from './connections/connections.controller.js';
import { PauseController } from './connections/pause.controller.js';
import { ConnectorsController } from './connections/connectors.controller.js';
import { TargetsController } from './connections/targets.controller.js';
import { TransferController } from './connections/transfer.controller.js';
import { VersionsController } from './connections/versions.controller.js';
import { DeadLetterGroupsController } from './dead-letters/dead-letter-groups.controller.js';
import { HealthController } from './health/health.controller.js';
import { HubMetrics } from './health/hub-metrics.js';
import { HoldsController } from './holds/holds.controller.js';
import { HomeController } from './home/home.controller.js';
import { checkInput } from './http/check-input.js';
import { ProblemFilter } from './http/problem.filter.js';
import { NotificationsController } from './notifications/notifications.controller.js';
import { PreviewsController } from './previews/previews.controller.js';
import { ProjectionsController } from './projections/projections.controller.js';
import { RequestLogModule } from './request-log/request-log.module.js';
import { ReportsController } from './reports/reports.controller.js';
import { ScheduledStepsController } from './scheduled-steps/scheduled-steps.controller.js';
import { SchemasController } from './schemas/schemas.controller.js';
import { ScimModule } from './scim/scim.module.js';
import { SimulationsController } from './simulations/simulations.controller.js';
import { SourcesController } from './sources/sources.controller.js';
import { TenantsController } from './tenants/tenants.controller.js';
import { UsersModule } from './users/users.module.js';

@Module({
  controllers: [
    ApiKeysController,
    ConnectionsController,
    ConnectorsController,
    DeadLetterGroupsController,
    HoldsController,
    HomeController,
    NotificationsController,
    PreviewsController,
    ProjectionsController,
    PauseController,
    ReportsController,
    ScheduledStepsController,
    SchemasController,
    SimulationsController,
    SourcesController,
    TargetsController,
    TenantsController,
    TransferController,
    VersionsController,
  ],
  imports: [ScimModule, RequestLogModule, UsersModule],
})
class ApiRole {}

@Module({})
class WorkerRole implements OnApplicationBootstrap {
  constructor(
    private readonly projecting: ProjectWorker,
    private readonly provisioning: ProvisioningWorker,
    private readonly evidence: EvidenceWorker,
    private readonly simulations: SimulationWorker,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.projecting.start();
    await this.provisioning.start();
    this.evidence.start();
    this.simulations.start();
  }
}

export interface HubParts extends PlatformParts {
  adminKey: string;
}

@Module({})
export class HubModule {
  static with(parts: HubParts): DynamicModule {
    const { roles } = parts.config;
    return {
      module: HubModule,
      imports: [
        PlatformModule.with(parts),
        AccessModule.with(parts),
        CqrsModule.forRoot(),
        ReadModelModule.create(),
        DirectoryModule,
        ProvisioningModule.create(),
        EvidenceModule.create(),
        ...(roles.has('api') ? [ApiRole] : []),
        ...(roles.has('worker') ? [WorkerRole] : []),
      ],
      controllers: [HealthController],
      providers: [
        HubMetrics,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useFactory: checkInput },
      ],
    };
  }
}
