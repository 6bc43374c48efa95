import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/**
 * JSON bodies; none at all is none, although the client said one of that type would come: curl and many
 * libraries send the header with every POST.
 */
export function acceptJsonBodies(app: NestFastifyApplication, bodyLimit: number): void {
  const parse = app.getHttpAdapter().getInstance().getDefaultJsonParser('error', 'error');
  app.useBodyParser('application/json', { bodyLimit }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request as never, body.toString('utf8'), done);
  });
}
