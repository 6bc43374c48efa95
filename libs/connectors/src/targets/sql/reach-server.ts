import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { ConnectorRuntime } from '../../contract.js';
import { AddressRefused, guardedLookup } from '../../http/agent.js';
import type { SqlCredentials, SqlSettings } from './settings.js';

/** Where opening a connection came to an end. */
export type OpeningStage = 'name' | 'address' | 'reach' | 'tls' | 'sign-in';

export class OpeningFailed extends Error {
  constructor(
    readonly stage: OpeningStage,
    message: string,
    override readonly cause: unknown,
  ) {
    super(message);
  }
}

/** A socket to the server, of which the address was checked after DNS. */
export async function reachServer(
  { host, port }: SqlSettings,
  { allowAddress }: ConnectorRuntime,
  signal: AbortSignal,
): Promise<Socket> {
  // Node does not call `lookup` for a literal address.
  if (allowAddress && isIP(host) !== 0 && !allowAddress(host)) {
    const refused = new AddressRefused(host, [host]);
    throw new OpeningFailed('address', refused.message, refused);
  }
  const lookup = allowAddress && { lookup: guardedLookup(allowAddress) };
  const socket = connect({ host, port, noDelay: true, keepAlive: true, ...lookup });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw unreached(`${host}:${port}`, error);
  }
}

function unreached(server: string, error: unknown): OpeningFailed {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (code === 'ADDRESS_REFUSED') return new OpeningFailed('address', message, error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new OpeningFailed('name', `The name of ${server} is not known to the DNS (${code}).`, error);
  const why = name === 'AbortError' ? 'no answer in time' : (code ?? message);
  return new OpeningFailed('reach', `${server} cannot be reached: ${why}.`, error);
}

/** What both protocols need for TLS; undefined where there is none. */
export function tlsOptions(
  { security, caCertificates }: SqlSettings,
  credentials: SqlCredentials,
): ConnectionOptions | undefined {
  if (security === 'none') return undefined;
  return {
    ...(caCertificates !== undefined && { ca: caCertificates }),
    ...(credentials.type === 'certificate' && { cert: credentials.certificate, key: credentials.privateKey }),
    minVersion: 'TLSv1.2',
  };
}
