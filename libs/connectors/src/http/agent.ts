import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';

export interface AgentOptions {
  /** Unset: any address. */
  allowAddress?: (address: string) => boolean;
  /** Sockets kept to one target at most. */
  connections: number;
  connectTimeoutMs: number;
  /** PEM certificates trusted in place of the system's. */
  caCertificates?: string;
  /** PEM certificate and key the hub shows to the target (mutual TLS). */
  clientCertificate?: string;
  clientKey?: string;
}

export class AddressRefused extends Error {
  readonly code = 'ADDRESS_REFUSED';
  constructor(host: string, addresses: string[]) {
    const which =
      addresses.length === 1 && addresses[0] === host ? host : `${host} (${addresses.join(', ')})`;
    super(`The address of ${which} is outside the networks this hub may call.`);
  }
}

/**
 * One pool of connections to one target. The address is checked where the socket is opened, so a name that
 * resolves to something else a moment later, or a literal address, does not get past it.
 */
export function openAgent(options: AgentOptions): Agent {
  const { allowAddress } = options;
  const connect = buildConnector({
    timeout: options.connectTimeoutMs,
    ...(options.caCertificates && { ca: options.caCertificates }),
    ...(options.clientCertificate && { cert: options.clientCertificate, key: options.clientKey }),
    ...(allowAddress && { lookup: guardedLookup(allowAddress) }),
  } as buildConnector.BuildOptions);
  return new Agent({
    connections: options.connections,
    pipelining: 1,
    connect: (target: buildConnector.Options, callback: buildConnector.Callback) => {
      const host = target.hostname.replace(/^\[|\]$/g, '');
      // Node does not call `lookup` for a literal address.
      if (allowAddress && isIP(host) !== 0 && !allowAddress(host)) {
        callback(new AddressRefused(host, [host]), null);
      } else {
        connect(target, callback);
      }
    },
  });
}

/** A look-up that knows no address but the allowed ones. */
export function guardedLookup(allowAddress: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const allowed = found.filter(({ address }) => allowAddress(address));
      const first = allowed[0];
      if (!first) {
        const addresses = found.map(({ address }) => address);
        return callback(new AddressRefused(hostname, addresses), '', 0);
      }
      if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
