import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { serveApiDocs } from '../docs/open-api.js';
import { acceptJsonBodies } from '../http/accept-json-bodies.js';
import { bodyLimit } from '../http/body-limit.js';
import { sendProblem } from '../http/problem.filter.js';
import { HubModule, type HubParts } from '../hub.module.js';
import { serveTokenEndpoint } from '../oauth/serve-token-endpoint.js';
import { serveQueueDashboard } from '../queues/serve-queue-dashboard.js';
import { recordRequests } from '../request-log/record-requests.js';
import { acceptScimBodies } from '../scim/scim-body.js';
import { guardScim } from '../scim/scim-door.js';
import { version } from './version.js';

/** The hub with all its routes, not yet listening. */
export async function createHttp(parts: HubParts, logger: LoggerService): Promise<NestFastifyApplication> {
  const proxies = parts.config.trustedProxies;
  const adapter = new FastifyAdapter({
    bodyLimit,
    // In the order of time, as the request log keeps them.
    genReqId: () => uuid(),
    // Behind a proxy that ends TLS, SCIM locations must say https, and addresses be those of the clients.
    trustProxy: proxies ? (address) => proxies.contains(address) : false,
    forceCloseConnections: 'idle',
    keepAliveTimeout: 75_000,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(error, request, reply),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(HubModule.with(parts), adapter, {
    logger,
    abortOnError: false,
  });
  if (parts.config.roles.has('api')) {
    recordRequests(app);
    acceptJsonBodies(app, bodyLimit);
    acceptScimBodies(adapter.getInstance() as never);
    guardScim(app);
    await serveTokenEndpoint(app);
    serveApiDocs(app, version);
    await serveQueueDashboard(app);
  }
  await app.init();
  await adapter.getInstance().ready();
  return app;
}
