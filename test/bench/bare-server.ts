/**
 * What the hub is measured against: a plain Node HTTP server that does one durable statement a request and
 * answers with the body, nothing else. Started as a process of its own: DATABASE_URL, prints its port.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
await pool.query(`create table if not exists bare_user (id uuid primary key, user_name text not null, body jsonb not null);
  create unique index if not exists bare_user_by_name on bare_user (lower(user_name))`);

const insert = 'insert into bare_user values ($1, $2, $3)';
const byId = 'select body from bare_user where id = $1';
const byName = 'select id, body from bare_user where lower(user_name) = $1';

const server = createServer((request, response) => {
  const url = new URL(request.url!, 'http://bare');
  const send = (status: number, body: unknown) => {
    const text = JSON.stringify(body);
    response.writeHead(status, {
      'content-type': 'application/scim+json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  };
  const fail = (error: Error) => send(500, { detail: error.message });
  if (request.method === 'GET') {
    const filter = url.searchParams.get('filter');
    if (filter) {
      const name = /"(.*)"/.exec(filter)![1]!.toLowerCase();
      pool
        .query({ name: 'by-name', text: byName, values: [name] })
        .then(({ rows }) => send(200, { Resources: rows.map(({ id, body }) => ({ id, ...body })) }), fail);
      return;
    }
    const id = url.pathname.split('/').at(-1);
    pool
      .query({ name: 'by-id', text: byId, values: [id] })
      .then(({ rows }) => (rows[0] ? send(200, { id, ...rows[0].body }) : send(404, {})), fail);
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    const id = randomUUID();
    pool
      .query({ name: 'insert', text: insert, values: [id, body.userName, JSON.stringify(body)] })
      .then(() => send(201, { id, ...body }), fail);
  });
});
server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void pool.end();
});
