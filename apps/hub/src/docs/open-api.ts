import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** The admin REST API as OpenAPI at /api/openapi.json, and a page to read and try it at /api/docs. */
export function serveApiDocs(app: NestFastifyApplication, version: string): void {
  const description = new DocumentBuilder()
    .setTitle('Rollcall admin API')
    .setDescription(
      'Errors are problem+json (RFC 9457); faults in the input are listed in `errors` by field.',
    )
    .setVersion(version)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'The admin key.' }, 'admin-key')
    .build();
  const document = SwaggerModule.createDocument(app, description);
  // SCIM describes itself, at /scim/v2/Schemas.
  document.paths = Object.fromEntries(
    Object.entries(document.paths).filter(([path]) => path.startsWith('/api/')),
  );
  SwaggerModule.setup('api/docs', app, document, {
    jsonDocumentUrl: 'api/openapi.json',
    yamlDocumentUrl: 'api/openapi.yaml',
    customSiteTitle: 'Rollcall admin API',
    swaggerOptions: { persistAuthorization: true },
  });
}
