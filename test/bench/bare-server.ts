/**
 * What the hub is measured against: a plain Node HTTP server that does one durable statement a request and
 * answers with the body, nothing else. Started as a process of its own: DATABASE_URL, prints its port.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

interface Row {
  id: string;
  body: Record<string, unknown>;
}

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
await pool.query(`create table if not exists bare_user (id uuid primary key, user_name text not null, body jsonb not null);
  create unique index if not exists bare_user_by_name on bare_user (lower(user_name));
  create index if not exists bare_user_by_family_name on bare_user (lower(body->'name'->>'familyName'))`);

const columns = 'select id, body from bare_user';
const statements = {
  insert: 'insert into bare_user values ($1, $2, $3) returning id, body',
  change: `update bare_user set body = body || $2 where id = $1 returning id, body`,
  byId: `${columns} where id = $1`,
  userName: `${columns} where lower(user_name) = $1`,
  'name.familyName': `${columns} where lower(body->'name'->>'familyName') = $1`,
  page: `${columns} order by id limit $1 offset $2`,
};

async function run(name: keyof typeof statements, values: unknown[]) {
  const { rows } = await pool.query<Row>({ name, text: statements[name], values });
  return rows.map(({ id, body }) => ({ id, ...body }));
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
}

async function answer(request: IncomingMessage): Promise<[status: number, body: unknown]> {
  const url = new URL(request.url!, 'http://bare');
  const id = url.pathname.split('/')[2];
  if (request.method === 'POST') {
    const body = await bodyOf(request);
    return [201, (await run('insert', [randomUUID(), body.userName, JSON.stringify(body)]))[0]];
  }
  if (request.method === 'PATCH') {
    const { Operations } = (await bodyOf(request)) as { Operations: { path: string; value: unknown }[] };
    const change = Object.fromEntries(Operations.map(({ path, value }) => [path, value]));
    return [200, (await run('change', [id, JSON.stringify(change)]))[0]];
  }
  const filter = /^(userName|name\.familyName) eq "(.*)"$/.exec(url.searchParams.get('filter') ?? '');
  if (filter) {
    const name = filter[1] as 'userName' | 'name.familyName';
    return [200, { Resources: await run(name, [filter[2]!.toLowerCase()]) }];
  }
  if (id) return [200, (await run('byId', [id]))[0]];
  const from = Number(url.searchParams.get('startIndex') ?? 1) - 1;
  return [200, { Resources: await run('page', [Number(url.searchParams.get('count') ?? 100), from]) }];
}

const server = createServer((request, response) => {
  const send = ([status, body]: [number, unknown]) => {
    const text = JSON.stringify(body);
    response.writeHead(status, {
      'content-type': 'application/scim+json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  };
  answer(request).then(send, (error: Error) => send([500, { detail: error.message }]));
});
server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void pool.end();
});
