import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Address } from '@rollcall/connectors';

/** Stands before a web server and does what that cannot be made to do. */
export interface RestInterposer {
  address: Address;
  /** Answered instead of the server, as gateways do. */
  refuse?: { status: number; headers: Record<string, string>; body: string };
  /** Every page is the first. */
  loopPages: boolean;
  requests: { method: string; path: string; status: number }[];
  close(): Promise<void>;
}

export async function startRestInterposer(upstream: Address): Promise<RestInterposer> {
  const server = createServer((request, response) => forward(request, response));
  const interposer: RestInterposer = {
    address: upstream,
    loopPages: false,
    requests: [],
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  function forward(request: IncomingMessage, response: ServerResponse): void {
    const { refuse } = interposer;
    const method = request.method!;
    if (refuse) {
      interposer.requests.push({ method, path: request.url!, status: refuse.status });
      request.resume();
      response
        .writeHead(refuse.status, { 'content-type': 'application/json', ...refuse.headers })
        .end(refuse.body);
      return;
    }
    const path = interposer.loopPages ? request.url!.replace(/offset=\d+/, 'offset=0') : request.url!;
    const onward = send({ ...upstream, method, path, headers: request.headers }, (answer) => {
      interposer.requests.push({ method, path: request.url!, status: answer.statusCode! });
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  interposer.address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  return interposer;
}
