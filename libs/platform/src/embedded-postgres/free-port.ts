import { createServer } from 'node:net';

/** A loopback port nobody listens on; the preferred one when it is free. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred && (await listenOnce(preferred))) return preferred;
  const port = await listenOnce(0);
  if (!port) throw new Error('No free loopback port');
  return port;
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === 'object' ? address.port : undefined));
    });
  });
}
