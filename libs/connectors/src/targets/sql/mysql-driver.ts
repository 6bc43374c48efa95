import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import mysql, {
  type Connection,
  type FieldPacket,
  createConnection,
  type QueryResult,
  type ResultSetHeader,
  type SslOptions,
} from 'mysql2';
import type { ConnectorRuntime } from '../../contract.js';
import type { Driver, Result, Row } from './connection.js';
import { OpeningFailed, reachServer, tlsOptions } from './reach-server.js';
import type { SqlCredentials, SqlSettings } from './settings.js';
import type { Statement } from './sql-fragment.js';
import type { ColumnKind } from './table.js';

// Node finds no named export of it in this CommonJS module.
const { Types } = mysql;

/** @param signal ends the opening; who has the connection ends it otherwise */
export async function openMysql(
  settings: SqlSettings,
  credentials: SqlCredentials,
  runtime: ConnectorRuntime,
  signal: AbortSignal,
): Promise<Driver> {
  const plain = await reachServer(settings, runtime, signal);
  signal.addEventListener('abort', () => plain.destroy(), { once: true });
  try {
    return await signedIn(plain, settings, credentials);
  } catch (error) {
    plain.destroy();
    throw error;
  }
}

async function signedIn(plain: Socket, settings: SqlSettings, credentials: SqlCredentials): Promise<Driver> {
  const { host, serverName = host, security, timeoutMs } = settings;
  const tls = tlsOptions(settings, credentials);
  // mysql2 hands no name over for an address, and Node would check the certificate against "localhost".
  if (isIP(serverName) !== 0) Object.assign(plain, { _host: serverName });
  const client = createConnection({
    stream: plain,
    host: serverName,
    user: credentials.user,
    password: credentials.password ?? '',
    database: settings.database,
    charset: 'UTF8MB4_UNICODE_CI',
    connectTimeout: timeoutMs,
    // LOCAL_FILES would let the server ask for files of the hub.
    flags: ['-LOCAL_FILES'],
    multipleStatements: false,
    maxPreparedStatements: 200,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    // Of its own for each connection: mysql2 keeps TLS sessions by it, and a certificate is to be looked at each time.
    ...(tls && {
      ssl: { ...tls, rejectUnauthorized: true, verifyIdentity: security === 'verify-full' } as SslOptions,
    }),
  });
  // Without a listener a lost connection would end the process; whoever waits hears of it by `ended`.
  client.on('error', () => undefined);
  try {
    await once(client, 'connect');
    await run(client, { text: session(timeoutMs), values: [] });
    for (const [name, value] of Object.entries(settings.sessionSettings)) {
      // Some variables take no text.
      const whole = /^\d{1,15}$/.test(value);
      await run(client, {
        text: `set session ${name} = ${whole ? value : '?'}`,
        values: whole ? [] : [value],
      });
    }
  } catch (error) {
    throw failed(error);
  }
  return {
    // Another one than `plain` once it is encrypted.
    socket: (client as unknown as { stream: Socket }).stream,
    run: (statement) => run(client, statement),
    quit: () => new Promise((resolve) => client.end(() => resolve())),
  };
}

/** Strict, so that nothing is cut or bent to fit. Of the time-outs each server reads its own. */
function session(timeoutMs: number): string {
  const patience = Math.max(0.1, timeoutMs * 0.0009);
  return [
    "set session time_zone = '+00:00'",
    "session sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
    `session innodb_lock_wait_timeout = ${Math.max(1, Math.floor(patience))}`,
    `session /*M! max_statement_time = ${patience.toFixed(3)} */ /*!50708 max_execution_time = ${Math.ceil(patience * 1000)} */`,
  ].join(', ');
}

/** What has values is prepared, and they travel apart; not everything else can be prepared (START TRANSACTION). */
function run(client: Connection, { text, values }: Statement): Promise<Result> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, found: QueryResult, fields: FieldPacket[] | undefined) =>
      error ? reject(error) : resolve(resultOf(found, fields ?? []));
    if (values.length === 0) client.query<QueryResult>(text, done);
    else client.execute<QueryResult>(text, values as string[], done);
  });
}

/** A procedure gives several results, of which the first with rows counts. */
function resultOf(found: QueryResult, fields: FieldPacket[]): Result {
  if (!Array.isArray(found)) return header(found);
  const [first] = found;
  if (Array.isArray(first)) return rowsOf(first as Row[], (fields as unknown as FieldPacket[][])[0] ?? []);
  if (fields.length > 0 && fields[0] !== undefined) return rowsOf(found as Row[], fields);
  return header(found.at(-1) as ResultSetHeader);
}

const rowsOf = (rows: Row[], fields: FieldPacket[]): Result => ({
  rows,
  kinds: Object.fromEntries(fields.map((field) => [field.name, kindOf(field)])),
  affected: rows.length,
});

function header({ affectedRows, insertId }: Pick<ResultSetHeader, 'affectedRows' | 'insertId'>): Result {
  return {
    rows: [],
    kinds: {},
    affected: affectedRows,
    ...(Number(insertId) !== 0 && { insertId: String(insertId) }),
  };
}

function kindOf({ columnType, columnLength }: FieldPacket): ColumnKind {
  if (columnType === Types.TINY && columnLength === 1) return 'boolean';
  return kinds.get(columnType) ?? 'text';
}

const kinds = new Map<number | undefined, ColumnKind>([
  ...[Types.TINY, Types.SHORT, Types.INT24, Types.LONG, Types.LONGLONG].map(
    (type) => [type, 'integer'] as const,
  ),
  ...[Types.DECIMAL, Types.NEWDECIMAL, Types.FLOAT, Types.DOUBLE].map((type) => [type, 'decimal'] as const),
  ...[Types.DATETIME, Types.TIMESTAMP].map((type) => [type, 'dateTime'] as const),
  [Types.JSON, 'json'],
]);

function failed(error: unknown): OpeningFailed {
  const { code, message } = error as NodeJS.ErrnoException;
  const ofTls = code === 'HANDSHAKE_SSL_ERROR' || code === 'HANDSHAKE_NO_SSL_SUPPORT';
  return ofTls
    ? new OpeningFailed('tls', `Encryption could not be agreed on: ${message}.`, error)
    : new OpeningFailed('sign-in', message, error);
}
