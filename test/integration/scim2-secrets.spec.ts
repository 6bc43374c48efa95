import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestDatabase, startHub, waitFor } from '../harness/index.js';
import { hasOpenssl, selfSigned } from './tls-files.js';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});

/** Refuses everything and says back all that it was sent, in every place an answer has. */
async function startEcho(): Promise<string> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const heard = JSON.stringify({ ...request.headers, body });
      const redirect = request.url?.startsWith('/redirect');
      response.writeHead(redirect ? 302 : request.url?.startsWith('/token') ? 400 : 422, {
        'content-type': 'application/json',
        'x-heard': encodeURIComponent(heard),
        ...(redirect && {
          location: `https://login.example.com/?heard=${request.headers.authorization?.slice(7)}`,
        }),
      });
      const error = new URLSearchParams(body).get('client_secret') ?? heard;
      response.end(
        JSON.stringify({ detail: heard, error, error_description: heard, scimType: 'invalidValue' }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.skipIf(!hasOpenssl && process.env.CI !== 'true')('secrets (needs the openssl program)', () => {
  it('are in no row, log line or answer, also when the app says them back', async () => {
    const echo = await startEcho();
    const database = await createTestDatabase();
    cleanUp.push(() => database.drop());
    const hub = await startHub({ databaseUrl: database.url });
    cleanUp.push(() => hub.stop());
    const pair = selfSigned('DNS:hub.example.com');
    const keyText = pair.key.split('\n')[1]!;
    const secrets = [
      'bearer-s3cret-4711',
      'redirect-s3cret-4711',
      'basic-s3cret-4711',
      Buffer.from('hub:basic-s3cret-4711').toString('base64'),
      'client-s3cret-4711',
      'header-s3cret-4711',
      keyText,
    ];
    const oauth = { type: 'oauth2-client-credentials', clientId: 'hub', clientSecret: 'client-s3cret-4711' };
    const connections = [
      ['/scim', { type: 'bearer', token: 'bearer-s3cret-4711' }],
      ['/redirect', { type: 'bearer', token: 'redirect-s3cret-4711' }],
      ['/scim', { type: 'basic', username: 'hub', password: 'basic-s3cret-4711' }],
      ['/scim', { ...oauth, tokenUrl: `${echo}/token`, clientAuthentication: 'body' }],
      ['/scim', { type: 'header', name: 'X-Api-Key', value: 'header-s3cret-4711' }],
      ['/scim', { type: 'certificate', clientCertificate: pair.cert, clientKey: pair.key }],
    ] as const;
    const answers: unknown[] = [];
    const ids: string[] = [];
    for (const [at, [path, credentials]] of connections.entries()) {
      const settings = { baseUrl: echo + path };
      const body = { name: `Echo ${at}`, connector: 'scim2', settings, credentials };
      const made = await hub.admin<{ id: string }>('POST', 'connections', body);
      ids.push(made.id);
      answers.push(made, await hub.admin('POST', `connections/${made.id}/test`));
      await hub.admin('POST', `connections/${made.id}/enable`);
    }
    const bad = { type: 'certificate', clientCertificate: pair.cert, clientKey: `${keyText} is no key` };
    await hub
      .admin('PATCH', `connections/${ids[5]}`, { credentials: bad })
      .catch((error: Error) => answers.push(error.message));
    expect(String(answers.at(-1))).toContain('credentials.clientKey');

    const source = await hub.admin<{ scimUrl: string; token: string }>('POST', 'sources', {
      name: 'Entra',
      client: 'entra',
    });
    const made = await fetch(`${source.scimUrl}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${source.token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada' }),
    });
    const { id } = (await made.json()) as { id: string };
    const rows = () =>
      database.database.query<{ connection_id: string }>(
        'select connection_id from hub.work_item where attempts > 0 or last_error is not null',
      );
    const stopped = () =>
      database.database.query<{ id: string }>(
        `select id from hub.connection where state = 'quarantined' or not_before is not null`,
      );
    await waitFor(
      async () => {
        const tried = [
          ...(await rows()).map((row) => row.connection_id),
          ...(await stopped()).map((row) => row.id),
        ];
        return ids.every((each) => tried.includes(each));
      },
      { what: 'every connection to have failed', timeoutMs: 30_000 },
    );
    answers.push(await hub.admin('GET', 'reports/provisioning'), await hub.admin('GET', 'connections'));
    answers.push(
      await hub.admin('GET', `users/${id}/history`),
      await hub.admin('GET', `users/${id}/targets`),
    );

    const tables = await database.database.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    );
    let stored = '';
    for (const { name } of tables) {
      const found = await database.database.query<{ row: string }>(`select t::text as row from ${name} t`);
      stored += `${found.map(({ row }) => row).join('\n')}\n`;
    }
    await hub.stop();
    cleanUp.pop();
    expect(stored).toContain('Echo 0');
    expect(JSON.stringify(answers)).toContain('***');
    for (const secret of secrets) {
      expect(stored.includes(secret), `a row has ${secret}`).toBe(false);
      expect(hub.output().includes(secret), `the log has ${secret}`).toBe(false);
      expect(JSON.stringify(answers).includes(secret), `an answer has ${secret}`).toBe(false);
    }
  });
});
