import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import ssh2, {
  type AuthMethod,
  type Client,
  type ConnectConfig,
  type KeyboardInteractiveAuthMethod,
  type ParsedKey,
  type PasswordAuthMethod,
  type PublicKeyAuthMethod,
  type ServerHostKeyAlgorithm,
  type SFTPWrapper,
} from 'ssh2';
import type { ConnectorRuntime } from '../../contract.js';
import { AddressRefused, guardedLookup } from '../../http/agent.js';
import { fingerprintOfKey, readPinnedKeys, typeOfKey } from './host-key.js';
import { denied, later, type Refused } from './refusals.js';
import type { CsvCredentials, CsvSettings } from './settings.js';

const mostGreetings = 10;

/** Where opening a connection came to an end. */
export type OpeningStage = 'reach' | 'host-key' | 'sign-in' | 'sftp';

export class OpeningFailed extends Error {
  constructor(
    readonly stage: OpeningStage,
    readonly refused: Refused,
  ) {
    super(refused.message);
  }
}

/** An answer of the server to a request (SFTP version 3 draft, section 7). */
export class StatusError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** No answer came, or the connection ended before it. */
export class ConnectionLost extends Error {}

/** One signed-in connection. It is never opened again. */
export class SftpConnection {
  dead = false;
  private waitingFor = 0;
  private timer: NodeJS.Timeout | undefined;
  private fail!: (why: Error) => void;
  private readonly ended: Promise<never>;

  private constructor(
    private readonly client: Client,
    private readonly sftp: SFTPWrapper,
    private readonly timeoutMs: number,
  ) {
    this.ended = new Promise((_, reject) => (this.fail = reject));
    this.ended.catch(() => undefined);
    client.on('error', () => this.end('The connection failed.'));
    client.once('close', () => this.end('The connection ended before the server answered.'));
    sftp.once('close', () => this.end('The server ended the file transfer.'));
  }

  /** @throws OpeningFailed */
  static async open(
    settings: CsvSettings,
    credentials: CsvCredentials,
    runtime: ConnectorRuntime,
  ): Promise<SftpConnection> {
    const socket = await reach(settings, runtime);
    const client = new ssh2.Client();
    // Errors of a connection that is given up have nobody else to go to.
    client.on('error', () => undefined);
    // A greeting is long: it is silence that is not waited for.
    socket.setTimeout(settings.timeoutMs, () => socket.destroy(new Error('no answer in time')));
    try {
      await signIn(client, socket, settings, credentials);
      const sftp = await openSftp(client);
      socket.setTimeout(0);
      return new SftpConnection(client, sftp, settings.timeoutMs);
    } catch (error) {
      client.destroy();
      socket.destroy();
      throw error;
    }
  }

  /** @throws StatusError | ConnectionLost. The time is up when nothing was answered for so long. */
  async ask<T>(send: (sftp: SFTPWrapper, done: (error: unknown, value?: T) => void) => void): Promise<T> {
    if (this.dead) throw new ConnectionLost('The connection has ended.');
    this.waitingFor += 1;
    if (this.waitingFor === 1) this.wind();
    const answer = new Promise<T>((resolve, reject) => {
      send(this.sftp, (error, value) => {
        if (error) reject(asError(error));
        else resolve(value as T);
      });
    });
    try {
      return await Promise.race([answer, this.ended]);
    } finally {
      answer.catch(() => undefined);
      this.waitingFor -= 1;
      this.wind();
    }
  }

  end(why = 'The connection was closed.'): void {
    if (this.dead) return;
    this.dead = true;
    clearTimeout(this.timer);
    this.fail(new ConnectionLost(why));
    this.client.destroy();
  }

  private wind(): void {
    clearTimeout(this.timer);
    if (this.waitingFor > 0 && !this.dead)
      this.timer = setTimeout(() => this.end('The server did not answer in time.'), this.timeoutMs);
  }
}

function asError(error: unknown): Error {
  const { code, message } = error as { code?: unknown; message: string };
  return typeof code === 'number' ? new StatusError(code, message) : new ConnectionLost(message);
}

export const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');

async function reach({ url, timeoutMs }: CsvSettings, { allowAddress }: ConnectorRuntime): Promise<Socket> {
  const host = hostOf(url);
  // Node does not call `lookup` for a literal address.
  if (allowAddress && isIP(host) !== 0 && !allowAddress(host))
    throw unreached(host, new AddressRefused(host, [host]));
  const socket = connect({
    host,
    port: Number(new URL(url).port) || 22,
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
  if (code === 'ADDRESS_REFUSED')
    return new OpeningFailed(
      'reach',
      denied(message, 'Allow the network in HUB_TARGET_NETWORKS, or correct the server.'),
    );
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new OpeningFailed('reach', later(`The name ${host} is not known to the DNS (${code}).`));
  const why = name === 'AbortError' ? 'no answer in time' : (code ?? message);
  return new OpeningFailed('reach', later(`${host} cannot be reached: ${why}.`));
}

async function signIn(
  client: Client,
  sock: Socket,
  settings: CsvSettings,
  credentials: CsvCredentials,
): Promise<void> {
  if (credentials.type === 'none')
    throw new OpeningFailed(
      'sign-in',
      denied('There is nothing to sign in with.', 'Give a private key or a password.'),
    );
  const pinned = readPinnedKeys(settings.hostKey ?? '') ?? [];
  const types = pinned.map(({ type }) => type);
  let refused: OpeningFailed | undefined;
  const config: ConnectConfig = {
    sock,
    username: credentials.username,
    readyTimeout: mostGreetings * settings.timeoutMs,
    keepaliveInterval: 0,
    ...(types.length > 0 &&
      !types.includes(undefined) && { algorithms: { serverHostKey: algorithms(types) } }),
    hostVerifier: (key: Buffer) => {
      const fingerprint = fingerprintOfKey(key);
      if (pinned.some((each) => each.fingerprint === fingerprint)) return true;
      refused = new OpeningFailed('host-key', strangeKey(settings, key));
      return false;
    },
    authHandler: waysIn(credentials),
  };
  try {
    const ready = once(client, 'ready');
    const closed = once(client, 'close').then(() => {
      throw new Error('the server ended the connection');
    });
    closed.catch(() => undefined);
    ready.catch(() => undefined);
    client.connect(config);
    await Promise.race([ready, closed]);
  } catch (error) {
    throw refused ?? unsigned(error, credentials);
  }
}

function waysIn(credentials: Exclude<CsvCredentials, { type: 'none' }>): AuthMethod[] {
  const { username } = credentials;
  if (credentials.type === 'key') {
    const byKey: PublicKeyAuthMethod = { type: 'publickey', username, key: readKey(credentials) };
    return [byKey];
  }
  const { password } = credentials;
  const byPassword: PasswordAuthMethod = { type: 'password', username, password };
  const byPrompt: KeyboardInteractiveAuthMethod = {
    type: 'keyboard-interactive',
    username,
    // Prompts that are shown as they are answered do not ask for a password.
    prompt: (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.map(({ echo }) => (echo ? '' : password))),
  };
  return [byPassword, byPrompt];
}

type KeyCredentials = Extract<CsvCredentials, { type: 'key' }>;

const readKeys = new WeakMap<KeyCredentials, ParsedKey>();

/** Once: a passphrase is turned into a key by half a second of work, in which nothing else runs. */
function readKey(credentials: KeyCredentials): ParsedKey {
  const known = readKeys.get(credentials);
  if (known) return known;
  const key = ssh2.utils.parseKey(credentials.privateKey, credentials.passphrase);
  if (key instanceof Error)
    throw new OpeningFailed(
      'sign-in',
      denied('The private key cannot be read.', 'Give it in OpenSSH or PEM form, with its passphrase.'),
    );
  readKeys.set(credentials, key);
  return key;
}

const algorithms = (types: (string | undefined)[]): ServerHostKeyAlgorithm[] =>
  types.flatMap((type) =>
    type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type!],
  ) as ServerHostKeyAlgorithm[];

function strangeKey({ hostKey }: CsvSettings, key: Buffer): Refused {
  const shown = `${fingerprintOfKey(key)} (${typeOfKey(key)})`;
  return hostKey === undefined
    ? denied(
        `The key of the server is not known yet: ${shown}.`,
        `Ask whoever runs the server whether that is its key, and enter ${fingerprintOfKey(key)} as host key.`,
      )
    : denied(
        `The server has another key than the connection knows: ${shown}. Nothing was sent to it.`,
        'Ask whoever runs the server whether its key was changed. If so, enter the new one as host key; if not, somebody is in between.',
      );
}

function unsigned(error: unknown, credentials: CsvCredentials): OpeningFailed {
  const { level, message } = error as Error & { level?: string };
  if (level === 'client-authentication')
    return new OpeningFailed(
      'sign-in',
      denied(
        `The server does not let "${credentials.type === 'none' ? '' : credentials.username}" in.`,
        credentials.type === 'key'
          ? 'Check the user name, and that the public key is in its authorized_keys at the server.'
          : 'Check user name and password, and that the server takes passwords.',
      ),
    );
  if (/no matching/i.test(message))
    return new OpeningFailed(
      'host-key',
      denied(
        `The server and the hub have no way of encryption in common: ${message}.`,
        'Bring the server up to date, or enter its key of another type as host key.',
      ),
    );
  return new OpeningFailed('reach', later(`The server ended the greeting: ${message}.`));
}

async function openSftp(client: Client): Promise<SFTPWrapper> {
  try {
    return await new Promise<SFTPWrapper>((resolve, reject) => {
      client.once('close', () => reject(new Error('the server ended the connection')));
      client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp)));
    });
  } catch (error) {
    const { message } = error as Error;
    const passing = /ended the connection|No response/i.test(message);
    throw new OpeningFailed(
      'sftp',
      passing
        ? later(`The server did not begin the file transfer: ${message}.`)
        : denied(
            `The server does not offer SFTP to this user: ${message}.`,
            'Let the server offer the subsystem sftp.',
          ),
    );
  }
}
