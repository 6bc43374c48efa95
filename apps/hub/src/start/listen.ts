import { once } from 'node:events';
import { createServer } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type HubConfig, StartError } from '@rollcall/platform';

/** @returns where to find the hub from this machine, such as http://127.0.0.1:3000 */
export async function listen(app: NestFastifyApplication, config: HubConfig): Promise<string> {
  // Not app.listen(): that logs a failure besides throwing it.
  const server = app.getHttpAdapter().getInstance();
  try {
    await server.listen({ port: config.port, host: config.host });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' && !config.roles.has('api')) {
      // Beside an API process on one machine: health and metrics of a worker may be anywhere.
      await server.listen({ port: 0, host: config.host });
    } else {
      throw explained(error as NodeJS.ErrnoException, config);
    }
  }
  const address = app.getHttpServer().address() as { port: number };
  return `http://${hostFromHere(config.host)}:${address.port}`;
}

/** Before anything is started: a port that is taken then costs one line and no start of a database. */
export async function checkPortIsFree(config: HubConfig): Promise<void> {
  if (!config.roles.has('api')) return;
  const probe = createServer();
  try {
    probe.listen({ port: config.port, host: config.host });
    await once(probe, 'listening');
  } catch (error) {
    throw explained(error as NodeJS.ErrnoException, config);
  } finally {
    probe.close();
  }
}

function explained(error: NodeJS.ErrnoException, { host, port }: HubConfig): Error {
  if (error.code === 'EADDRINUSE') {
    return new StartError(
      `Port ${port} on ${host} is taken by another program: stop that, or set HUB_PORT to another port`,
    );
  }
  if (error.code === 'EACCES') {
    return new StartError(`Port ${port} may not be opened by this user: set HUB_PORT to a port above 1023`);
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new StartError(
      `HUB_HOST is "${host}": set it to an address of this machine, or to 0.0.0.0 for all`,
    );
  }
  return error;
}

function hostFromHere(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
