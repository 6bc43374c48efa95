import { Module } from '@nestjs/common';
import { PruneWorker } from './prune-worker.js';
import { RequestLogController } from './request-log.controller.js';
import { RequestLog } from './request-log.js';

/** Needs Database and Metrics from the modules around it. */
@Module({
  controllers: [RequestLogController],
  providers: [RequestLog, PruneWorker],
})
export class RequestLogModule {}
