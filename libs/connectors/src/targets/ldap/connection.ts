import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { Client } from 'ldapts';
import type { ConnectorRuntime } from '../../contract.js';
import { AddressRefused, guardedLookup } from '../../http/agent.js';
import { askOnAfterEmptyPages } from './empty-pages.js';
import type { LdapCredentials, ServerSettings } from './settings.js';

/** Where opening a connection came to an end. */
export type OpeningStage = 'name' | 'address' | 'reach' | 'tls' | 'bind';

export class OpeningFailed extends Error {
  constructor(
    readonly stage: OpeningStage,
    message: string,
    override readonly cause: unknown,
  ) {
    super(message);
  }
}

/**
 * One socket to the server, encrypted and signed in. It is never opened again: ldapts would do so by itself,
 * without signing in.
 */
export class Connection {
  dead = false;
  tooLong = false;
  /** Fails when the socket is closed: ldapts does not notice that on every way of closing. */
  readonly ended: Promise<never>;
  private fail!: (why: Error) => void;
  private received = 0;

  private constructor(
    readonly client: Client,
    private readonly socket: Socket,
    private readonly maxAnswerBytes: number,
  ) {
    this.ended = new Promise((_, reject) => (this.fail = reject));
    this.ended.catch(() => undefined);
    socket.once('close', () => this.die());
  }

  static async open(
    settings: ServerSettings,
    credentials: LdapCredentials,
    runtime: ConnectorRuntime,
  ): Promise<Connection> {
    const socket = await reach(settings, runtime);
    try {
      return await Connection.greet(socket, settings, credentials);
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  private static async greet(
    plain: Socket,
    settings: ServerSettings,
    credentials: LdapCredentials,
  ): Promise<Connection> {
    const security = settings.url.startsWith('ldaps:') ? 'ldaps' : settings.security;
    const tls = tlsOptions(settings, credentials);
    const socket = security === 'ldaps' ? await secure(plain, tls, settings.timeoutMs) : plain;
    let handed = false;
    const hand = (): Socket => {
      if (handed) throw new Error('Connection closed');
      handed = true;
      return socket;
    };
    let upgraded: TLSSocket | undefined;
    const client = new Client({
      url: 'ldap://given',
      timeout: settings.timeoutMs,
      createConnection: hand as typeof connect,
      createSecureConnection: ((options: ConnectionOptions) =>
        (upgraded = connectSecurely(options))) as typeof connectSecurely,
    });
    askOnAfterEmptyPages(client);
    if (security === 'starttls') {
      // ldapts waits for the end of the handshake without end.
      await within(settings.timeoutMs, client.startTLS(tls)).catch((error: Error) => {
        throw new OpeningFailed('tls', `Encryption could not be agreed on: ${error.message}`, error);
      });
    }
    const connection = new Connection(client, upgraded ?? socket, settings.maxAnswerBytes);
    // ldapts listens for the end of the plain socket only.
    upgraded?.once('close', () => plain.destroy());
    (upgraded ?? socket).on('data', (data: Buffer) => connection.count(data.length));
    const cutOff = connection.ended.catch((error: unknown) => {
      throw new OpeningFailed('bind', 'The server ended the connection instead of signing in.', error);
    });
    cutOff.catch(() => undefined);
    await Promise.race([signIn(client, credentials), cutOff]);
    return connection;
  }

  begin(): void {
    this.received = 0;
  }

  end(): void {
    this.die();
    this.socket.destroy();
  }

  async close(): Promise<void> {
    if (!this.dead) await Promise.race([this.client.unbind(), this.ended]).catch(() => undefined);
    this.end();
  }

  private die(): void {
    this.dead = true;
    this.fail(new Error('Connection closed'));
  }

  private count(bytes: number): void {
    this.received += bytes;
    if (this.received <= this.maxAnswerBytes) return;
    this.tooLong = true;
    this.end();
  }
}

async function reach(
  { url, timeoutMs }: ServerSettings,
  { allowAddress }: ConnectorRuntime,
): Promise<Socket> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  // Node does not call `lookup` for a literal address.
  if (allowAddress && isIP(host) !== 0 && !allowAddress(host)) {
    const refused = new AddressRefused(host, [host]);
    throw new OpeningFailed('address', refused.message, refused);
  }
  const socket = connect({
    host,
    port: Number(port) || (protocol === 'ldaps:' ? 636 : 389),
    noDelay: true,
    keepAlive: true,
    ...(allowAddress && { lookup: guardedLookup(allowAddress) }),
  });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) });
    return socket;
  } catch (error) {
    socket.destroy();
    throw unreached(host, error);
  }
}

function unreached(host: string, error: unknown): OpeningFailed {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (code === 'ADDRESS_REFUSED') return new OpeningFailed('address', message, error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new OpeningFailed('name', `The name ${host} is not known to the DNS (${code}).`, error);
  const why = name === 'AbortError' ? 'no answer in time' : (code ?? message);
  return new OpeningFailed('reach', `${host} cannot be reached: ${why}.`, error);
}

async function secure(plain: Socket, options: ConnectionOptions, timeoutMs: number): Promise<TLSSocket> {
  const socket = connectSecurely({ ...options, socket: plain });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(timeoutMs) });
    return socket;
  } catch (error) {
    socket.destroy();
    throw new OpeningFailed('tls', `Encryption could not be agreed on: ${(error as Error).message}`, error);
  }
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tlsOptions(settings: ServerSettings, credentials: LdapCredentials): ConnectionOptions {
  const host = new URL(settings.url).hostname.replace(/^\[|\]$/g, '');
  const name = settings.serverName ?? host;
  return {
    // Server Name Indication takes no addresses (RFC 6066 section 3); the certificate is checked against `host`.
    host: name,
    ...(isIP(name) === 0 && { servername: name }),
    ...(settings.caCertificates && { ca: settings.caCertificates }),
    ...(credentials.type === 'certificate' && { cert: credentials.certificate, key: credentials.privateKey }),
    minVersion: 'TLSv1.2',
  };
}

async function signIn(client: Client, credentials: LdapCredentials): Promise<void> {
  try {
    if (credentials.type === 'certificate') await client.bindSASL('EXTERNAL');
    else await client.bind(credentials.bindDn, credentials.password);
  } catch (error) {
    throw new OpeningFailed('bind', (error as Error).message, error);
  }
}
