import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Entry {
  id: number;
  name: string;
  number?: string;
  note?: string;
}

/** A made-up app: GET /entries?name=, POST /entries, GET, PATCH and DELETE /entries/{id}, with a key in a header. */
export async function startPhoneBook(key: string) {
  const entries = new Map<number, Entry>();
  let last = 0;
  const server = createServer((request, response) => {
    const answer = (status: number, body?: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
    void serve(request)
      .then(([status, body]) => answer(status, body))
      .catch(() => answer(500));
  });

  async function serve(request: IncomingMessage): Promise<[number, unknown?]> {
    if (request.headers['x-key'] !== key) return [401];
    const url = new URL(request.url!, 'http://phone-book');
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = parts.length > 0 ? (JSON.parse(Buffer.concat(parts).toString()) as Partial<Entry>) : {};
    const taken = (name?: string, but?: number) =>
      [...entries.values()].some((each) => each.name === name && each.id !== but);
    const id = Number(/^\/entries\/(\d+)$/.exec(url.pathname)?.[1]);
    if (!id && request.method === 'GET') {
      const name = url.searchParams.get('name');
      const after = Number(url.searchParams.get('after') ?? 0);
      const limit = Number(url.searchParams.get('limit') ?? 100);
      const found = [...entries.values()].filter((each) => name === null || each.name === name);
      return [200, found.filter((each) => each.id > after).slice(0, limit)];
    }
    if (!id && request.method === 'POST') {
      if (taken(body.name)) return [409];
      const made = { ...body, id: ++last, name: body.name! };
      entries.set(made.id, made);
      return [201, made];
    }
    const entry = entries.get(id);
    if (!entry) return [404];
    if (request.method === 'PATCH' && taken(body.name, id)) return [409];
    if (request.method === 'PATCH')
      entries.set(id, JSON.parse(JSON.stringify({ ...entry, ...body })) as Entry);
    if (request.method === 'DELETE') entries.delete(id);
    return [200, entries.get(id)];
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
