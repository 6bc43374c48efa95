import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { connect as connectSecurely, type ConnectionOptions } from 'node:tls';
import pg from 'pg';
import type { ConnectorRuntime } from '../../contract.js';
import type { Driver, Row } from './connection.js';
import { OpeningFailed, reachServer, tlsOptions } from './reach-server.js';
import type { SqlCredentials, SqlSettings } from './settings.js';
import type { ColumnKind } from './table.js';

/** Every value is given as the text the server sends: what it means is told by its column. */
const asText = { getTypeParser: () => (text: string) => text };

/** @param signal ends the opening; who has the connection ends it otherwise */
export async function openPostgresql(
  settings: SqlSettings,
  credentials: SqlCredentials,
  runtime: ConnectorRuntime,
  signal: AbortSignal,
): Promise<Driver> {
  const plain = await reachServer(settings, runtime, signal);
  signal.addEventListener('abort', () => plain.destroy(), { once: true });
  try {
    const tls = tlsOptions(settings, credentials);
    const socket = tls ? await encrypted(plain, tls, settings, signal) : plain;
    return await signedIn(socket, settings, credentials);
  } catch (error) {
    plain.destroy();
    throw error;
  }
}

/** SSLRequest, as in "SSL Session Encryption" of the protocol's message flow; one byte is the answer. */
async function encrypted(
  plain: Socket,
  options: ConnectionOptions,
  { host, serverName = host, security }: SqlSettings,
  signal: AbortSignal,
): Promise<Socket> {
  try {
    plain.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
    const [answer] = (await once(plain, 'data', { signal })) as [Buffer];
    // More than that byte would be what somebody in between has put in, unencrypted (CVE-2021-23222).
    if (answer.toString('latin1') !== 'S') throw new Error('the server offers no encryption');
    const socket = connectSecurely({
      ...options,
      socket: plain,
      host: serverName,
      ...(isIP(serverName) === 0 && { servername: serverName }),
      ...(security === 'verify-ca' && { checkServerIdentity: () => undefined }),
    });
    await once(socket, 'secureConnect', { signal });
    return socket;
  } catch (error) {
    throw new OpeningFailed('tls', `Encryption could not be agreed on: ${(error as Error).message}.`, error);
  }
}

async function signedIn(socket: Socket, settings: SqlSettings, credentials: SqlCredentials): Promise<Driver> {
  const { database, timeoutMs, sessionSettings } = settings;
  // It is connected: pg would do that itself, without a look at the address.
  socket.connect = (): Socket => {
    process.nextTick(() => socket.emit('connect'));
    return socket;
  };
  const client = new pg.Client({
    stream: () => socket,
    ssl: false,
    user: credentials.user,
    password: () => credentials.password ?? noPassword(),
    database,
    application_name: 'rollcall',
    sslnegotiation: 'postgres',
    types: asText as pg.CustomTypesConfig,
  });
  withoutEnvironment(client);
  // Without a listener a lost connection would end the process; whoever waits hears of it by `ended`.
  client.on('error', () => undefined);
  const patience = String(Math.ceil(timeoutMs * 0.9));
  const session = {
    TimeZone: 'UTC',
    DateStyle: 'ISO, YMD',
    IntervalStyle: 'iso_8601',
    bytea_output: 'hex',
    standard_conforming_strings: 'on',
    statement_timeout: patience,
    lock_timeout: patience,
    idle_in_transaction_session_timeout: String(timeoutMs * 2),
    ...sessionSettings,
  };
  const given = Object.entries(session).flat();
  const calls = Object.keys(session).map((_, at) => `set_config($${at * 2 + 1}, $${at * 2 + 2}, false)`);
  try {
    await client.connect();
    await client.query(`select ${calls.join(', ')}`, given);
  } catch (error) {
    throw new OpeningFailed('sign-in', (error as Error).message, error);
  }
  return {
    socket,
    async run({ text, values }) {
      const { rows, rowCount, fields } = await client.query<Row>(text, values);
      const kinds = Object.fromEntries(fields.map((each) => [each.name, kindOf(each.dataTypeID)]));
      return { rows, kinds, affected: rowCount ?? 0 };
    },
    quit: () => client.end(),
  };
}

/** An empty text would not do: pg then takes PGPASSWORD, or a password of the file ~/.pgpass. */
function noPassword(): never {
  throw new Error('The server asks for a password, and the connection has none.');
}

/** What pg would take out of PGOPTIONS and PGREPLICATION of the hub. Of its configuration it takes no empty text. */
function withoutEnvironment(client: pg.Client): void {
  const { connectionParameters } = client as unknown as { connectionParameters: object };
  Object.assign(connectionParameters, { options: undefined, replication: undefined });
}

const { builtins } = pg.types;
const kinds = new Map<number, ColumnKind>([
  [builtins.BOOL, 'boolean'],
  ...[builtins.INT2, builtins.INT4, builtins.INT8].map((type) => [type, 'integer'] as const),
  ...[builtins.NUMERIC, builtins.FLOAT4, builtins.FLOAT8].map((type) => [type, 'decimal'] as const),
  ...[builtins.TIMESTAMP, builtins.TIMESTAMPTZ].map((type) => [type, 'dateTime'] as const),
  ...[builtins.JSON, builtins.JSONB].map((type) => [type, 'json'] as const),
  [builtins.BYTEA, 'binary'],
]);
const textArrays = new Set([1009, 1015]);
const kindOf = (type: number): ColumnKind => kinds.get(type) ?? (textArrays.has(type) ? 'texts' : 'text');
