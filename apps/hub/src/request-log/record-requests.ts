import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SourceAuthentication, Tenants } from '@rollcall/access';
import { Metrics } from '@rollcall/platform';
import { groupType, userType } from '@rollcall/scim';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter } from 'prom-client';
import { scimPath, type ScimRequest, traceOf } from '../scim/scim-request.js';
import { type Answered, type LogSource, toLogRow, toRefusedRow } from './log-row.js';
import { type Visibility, visibilityOf } from './redact.js';
import { RequestLog } from './request-log.js';

const logger = new Logger('RequestLog');

/** Requests of nobody known that are kept, so that guessing tokens does not fill the log. */
const refusedAMinute = 60;

/** Puts every request below the SCIM base into the request log once it is answered, or cannot be, and its id into the answer. */
export function recordRequests(app: NestFastifyApplication): void {
  const log = app.get(RequestLog);
  const authentication = app.get(SourceAuthentication);
  const refused = refusals(log, app.get(Tenants), app.get(Metrics));
  const fastify = app.getHttpAdapter().getInstance();
  const record = (request: FastifyRequest, reply: FastifyReply, source: LogSource) => {
    try {
      log.add(
        toLogRow(
          answered(request, reply),
          source,
          visibilityFor((request as Partial<ScimRequest>).scimTypes),
        ),
      );
    } catch (error) {
      logger.error(`Request ${request.id} is missing in the request log: ${(error as Error).stack}`);
    }
  };
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.url.startsWith(scimPath)) void reply.header('x-request-id', request.id);
    done();
  });
  const finish = (request: FastifyRequest, reply: FastifyReply) => {
    const { scimCaller } = request as Partial<ScimRequest>;
    if (scimCaller) return record(request, reply, scimCaller);
    void whose(request, authentication).then((source) => {
      if (source === 'nobody knows') log.lose(1);
      else if (source) record(request, reply, source);
      else return refused(answered(request, reply));
    });
  };
  // Not onResponse: that is not called when the client has gone meanwhile, and then the log is wanted most.
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (request.url.startsWith(scimPath)) {
      if (reply.raw.destroyed) finish(request, reply);
      else reply.raw.once('close', () => finish(request, reply));
    }
    done(null, payload);
  });
}

type VisibleTypes = Pick<ScimRequest['scimTypes'], 'User' | 'Group'>;

const visibilities = new WeakMap<object, Visibility>();

/** Before it is known whose the request is. */
const commonTypes: VisibleTypes = { User: userType, Group: groupType };

/** Made once of each tenant's types. */
function visibilityFor(types: VisibleTypes = commonTypes): Visibility {
  let visibility = visibilities.get(types);
  if (!visibility) visibilities.set(types, (visibility = visibilityOf([types.User, types.Group])));
  return visibility;
}

function answered(request: FastifyRequest, reply: FastifyReply): Answered {
  const url = request.url.slice(scimPath.length);
  const mark = url.indexOf('?');
  return {
    id: request.id,
    method: request.method,
    path: decoded(mark === -1 ? url : url.slice(0, mark)),
    query: request.query as Record<string, unknown>,
    body: request.body,
    status: reply.statusCode,
    userAgent: request.headers['user-agent'],
    durationMs: reply.elapsedTime,
    delivered: reply.raw.writableFinished,
    trace: traceOf(request),
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Of a request that was refused before or while it was asked whose it is; undefined: it has no valid token. */
async function whose(
  { headers }: FastifyRequest,
  authentication: SourceAuthentication,
): Promise<LogSource | 'nobody knows' | undefined> {
  try {
    const answer = await authentication.authenticateSource(headers.authorization);
    return 'refused' in answer ? answer.source : answer;
  } catch {
    return 'nobody knows';
  }
}

/** Nobody knows whose they are: they go to the tenant of the hub's own administrator, a few a minute. */
function refusals(log: RequestLog, tenants: Tenants, metrics: Metrics): (request: Answered) => Promise<void> {
  const counter = new Counter({
    name: 'rollcall_scim_unauthenticated_total',
    help: 'SCIM requests without a valid token',
    registers: [metrics],
  });
  let tenantId: string | undefined;
  let minute = 0;
  let kept = 0;
  return async (request) => {
    counter.inc();
    const now = Math.floor(Date.now() / 60_000);
    if (now !== minute) [minute, kept] = [now, 0];
    if (++kept > refusedAMinute) return;
    tenantId ??= await tenants.default().then(
      ({ id }) => id,
      () => undefined,
    );
    if (tenantId) log.add(toRefusedRow(request, tenantId, visibilityFor()));
  };
}
