import { setTimeout as wait } from 'node:timers/promises';
import type { OperatorKey } from '@rollcall/access';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sessionLife, Sessions } from './session.js';
import { signInPage } from './sign-in-page.js';

const cookieName = 'rollcall-queues';
const wrongKeyDelayMs = 500;

/** Lets browsers in by a session cookie and scripts by the bearer key; others are shown where to sign in. */
export function guardDashboard(dashboard: FastifyInstance, path: string, key: OperatorKey): void {
  const sessions = new Sessions(key.derive('queue-dashboard'));
  const open = new Set([`${path}/sign-in`, `${path}/sign-out`]);

  dashboard.addHook('onRequest', async (request, reply) => {
    void reply.headers({ 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
    if (open.has(request.url.split('?')[0] ?? '')) return;
    if (isSignedIn(request, sessions, key)) return;
    if (request.method === 'GET' && request.headers.accept?.includes('text/html')) {
      return reply.redirect(`${path}/sign-in`);
    }
    const detail = `Sign in at ${path}/sign-in, or send "Authorization: Bearer <admin key>".`;
    return reply
      .status(401)
      .header('www-authenticate', 'Bearer realm="queues"')
      .type('application/problem+json')
      .send({ type: 'about:blank', title: 'Unauthorized', status: 401, detail });
  });

  dashboard.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 4_096 },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body as string))),
  );
  dashboard.get('/sign-in', async (_request, reply) => showPage(reply, 200));
  dashboard.post('/sign-in', async (request, reply) => {
    const given = (request.body as { key?: unknown } | undefined)?.key;
    if (typeof given !== 'string' || !key.matches(given.trim())) {
      await wait(wrongKeyDelayMs);
      return showPage(reply, 401, 'This is not the admin key of this hub.');
    }
    return reply
      .setCookie(cookieName, sessions.open(Date.now()), {
        path,
        httpOnly: true,
        sameSite: 'strict',
        secure: request.protocol === 'https',
        maxAge: sessionLife / 1_000,
      })
      .redirect(path, 303);
  });
  dashboard.get('/sign-out', async (_request, reply) =>
    reply.clearCookie(cookieName, { path }).redirect(`${path}/sign-in`, 303),
  );
}

function isSignedIn(request: FastifyRequest, sessions: Sessions, key: OperatorKey): boolean {
  const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return key.matches(bearer);
  return sessions.isOpen(request.cookies[cookieName], Date.now());
}

function showPage(reply: FastifyReply, status: number, fault?: string) {
  return reply
    .status(status)
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
    .type('text/html; charset=utf-8')
    .send(signInPage(fault));
}
