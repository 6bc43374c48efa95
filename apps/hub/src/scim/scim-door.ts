import type { Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type AuthenticatedSource,
  inFlightAtMost,
  ownRequestsPerSecond,
  Pacing,
  SourceAuthentication,
  type TooMany,
  type Turn,
  waitAtMostMs,
} from '@rollcall/access';
import { plainAddress } from '@rollcall/platform';
import { ScimError } from '@rollcall/scim';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendScimError } from './scim-error.filter.js';
import { scimPath, type ScimRequest } from './scim-request.js';

/**
 * Before each SCIM route, and before its body is read, so that no stranger's body takes memory: who calls, whether
 * from an address of theirs, and whether it is their turn.
 */
export function guardScim(app: NestFastifyApplication): void {
  const authentication = app.get(SourceAuthentication);
  const pacing = app.get(Pacing);
  const leaving = new LeaveWithConnection();

  const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const source = await authentication.authenticateSource(request.headers.authorization);
    if ('refused' in source) throw unauthorized(source.refused, request, reply);
    const { tenantId, sourceId, client } = source;
    (request as ScimRequest).scimCaller = { tenantId, sourceId, client };
    if (source.networks && !source.networks.contains(request.ip)) {
      throw new ScimError(403, addressRefused(request, sourceId));
    }
    const turn = pacing.enter(source);
    leaving.watch(turn, request, reply);
    const entered = turn.entered === 'in' ? 'in' : await turn.entered;
    // Nobody reads the answer to one that is gone; this ends its way through the hub.
    if (entered === 'gone') throw new ScimError(499, 'The client has closed the connection.');
    if (entered !== 'in') {
      void reply.header('retry-after', entered.retryAfterSeconds);
      throw new ScimError(429, tooMany(entered, source));
    }
  };

  const answerAtDoor = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | void> => {
    try {
      await admit(request, reply);
    } catch (error) {
      // Here and not in the filter, which knows SCIM by the address as it is usually spelled.
      sendScimError(error, request, reply);
      return reply;
    }
  };

  const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  server.addHook('onRoute', (route) => {
    if (!route.url.startsWith(scimPath)) return;
    route.onRequest = [...[route.onRequest ?? []].flat(), answerAtDoor];
  });
}

/** Where an address is not on the list of the source; also for the token endpoint. */
export function addressRefused(request: FastifyRequest, sourceId: string): string {
  // Fastify has none for a connection that is lost already, whatever its type says.
  const address = request.ip as string | undefined;
  const seen = plainAddress(address ?? '') ?? address ?? 'an unknown address';
  const behindProxy =
    request.headers['x-forwarded-for'] !== undefined && request.ip === request.socket.remoteAddress;
  const remedy = behindProxy
    ? 'If that is your proxy, name its network in HUB_TRUSTED_PROXIES, so that the client’s own address is seen.'
    : `Add the address to allowedIps of the source (PATCH /api/v1/sources/${sourceId}), or send from one that is listed.`;
  return `This source may not be used from ${seen}. ${remedy}`;
}

/** RFC 6750 section 3: a request without a token is told no error. */
function unauthorized(detail: string, request: FastifyRequest, reply: FastifyReply): ScimError {
  const error = request.headers.authorization === undefined ? '' : ', error="invalid_token"';
  void reply.header('www-authenticate', `Bearer realm="scim"${error}`);
  return new ScimError(401, detail);
}

function tooMany(
  { reason, retryAfterSeconds }: TooMany,
  { sourceId, requestsPerSecond }: AuthenticatedSource,
): string {
  const why =
    reason === 'rate'
      ? `more than ${requestsPerSecond ?? ownRequestsPerSecond} requests a second`
      : `more than ${inFlightAtMost} requests at a time`;
  const remedy =
    reason === 'rate'
      ? `raise rateLimit.requestsPerSecond of the source (PATCH /api/v1/sources/${sourceId})`
      : 'let the client send fewer at once';
  return `This source sends ${why}, and those above it have waited ${waitAtMostMs / 1000} seconds or would have to. Send again after ${retryAfterSeconds} seconds, or ${remedy}.`;
}

/**
 * Gives a turn back when its answer is sent or its connection lost. The response alone does not tell: of requests
 * sent one behind the other on a connection, the later ones hear nothing of its end.
 */
class LeaveWithConnection {
  private readonly turns = new WeakMap<Socket, Set<Turn>>();

  watch(turn: Turn, { raw: { socket } }: FastifyRequest, { raw: response }: FastifyReply): void {
    if (socket.destroyed) return turn.leave();
    const open = this.turnsOf(socket);
    open.add(turn);
    response.once('close', () => {
      open.delete(turn);
      turn.leave();
    });
  }

  private turnsOf(socket: Socket): Set<Turn> {
    const known = this.turns.get(socket);
    if (known) return known;
    const turns = new Set<Turn>();
    this.turns.set(socket, turns);
    socket.once('close', () => {
      for (const turn of turns) turn.leave();
    });
    return turns;
  }
}
