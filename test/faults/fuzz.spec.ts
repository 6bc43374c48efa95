import { expect, it } from 'vitest';
import { type Json, ScimClient } from '../conversations/scim-client.js';
import { createTestDatabase, startHub } from '../harness/index.js';
import { Draw } from './fuzz/draw.js';
import { comparable, Lane } from './fuzz/lane.js';
import { seed } from './sizes.js';

/** FUZZ_REQUESTS=100000 for the long form. */
const requests = Number(process.env.FUZZ_REQUESTS ?? 4_000);
const lanes = 8;

it(
  `${requests} random requests, valid, nearly valid and hostile: none fails the server, nothing is stale or lost, memory is flat`,
  { timeout: 60_000 + requests * 20 },
  async () => {
    const test = await createTestDatabase();
    const hub = await startHub({ databaseUrl: test.url });
    const clients: ScimClient[] = [];
    try {
      const { token } = await hub.admin<{ token: string }>('POST', 'sources', {
        name: 'Fuzz',
        client: 'generic',
      });
      const all = Array.from({ length: lanes }, (_, at) => {
        clients.push(new ScimClient(hub.url, token));
        return new Lane(`lane${at}`, clients[at]!, new Draw(seed * 1000 + at));
      });
      const sent = () => all.reduce((sum, lane) => sum + lane.requests, 0);
      const memory: number[] = [];
      await Promise.all(
        all.map(async (lane, at) => {
          for (let steps = 0; sent() < requests; steps++) {
            await lane.step();
            if (at === 0 && steps % Math.ceil(requests / 2_000) === 0) memory.push(await heapOf(hub.url));
          }
        }),
      );
      await Promise.all(all.map((lane) => lane.readAll()));
      for (const kind of ['Users', 'Groups'] as const) {
        const listed = await listAll(clients[0]!, kind);
        const known = all.flatMap((lane) => [...lane.known.values()].filter((each) => each.kind === kind));
        expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(known.map(({ body }) => body.id)));
        const byId = new Map(known.map(({ body }) => [body.id, body]));
        for (const resource of listed) expect(comparable(kind, resource)).toEqual(byId.get(resource.id));
      }
      const statuses = new Map<number, number>();
      for (const lane of all)
        for (const [status, n] of lane.statuses) statuses.set(status, (statuses.get(status) ?? 0) + n);
      for (const status of [200, 201, 204, 400, 401, 404, 409, 412, 415])
        expect(statuses.has(status), `${status}`).toBe(true);
      const third = Math.floor(memory.length / 3);
      const low = (from: number, to: number) => Math.min(...memory.slice(from, to));
      expect(low(2 * third, memory.length) - low(third, 2 * third)).toBeLessThan(40);
    } finally {
      for (const client of clients) client.close();
      await hub.stop();
      await test.drop();
    }
  },
);

/** In MB. */
async function heapOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(text)![1]) / 1e6;
}

async function listAll(client: ScimClient, kind: 'Users' | 'Groups'): Promise<Json[]> {
  const found: Json[] = [];
  for (let cursor: unknown = ''; cursor !== undefined;) {
    const { body } = await client.get(`/${kind}?count=200&cursor=${encodeURIComponent(cursor as string)}`);
    found.push(...(body.Resources as Json[]));
    cursor = body.nextCursor;
  }
  return found;
}
