import { BlockList, isIP } from 'node:net';

/** A set of addresses and CIDR ranges, IPv4 and IPv6. */
export class Networks {
  private readonly list = new BlockList();

  /** @param entries such as 203.0.113.0/24, 192.168.7.20, 2001:db8::/32; see isNetwork */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const network = readNetwork(entry);
      if (!network) throw new RangeError(`${entry} is no network`);
      this.list.addSubnet(network.address, network.prefix, network.family);
    }
  }

  /** False for what is no address, and for the undefined one of a lost connection. An IPv4 address written as IPv4-mapped IPv6 is that IPv4 address. */
  contains(address: string | undefined): boolean {
    const plain = address === undefined ? undefined : plainAddress(address);
    return plain !== undefined && this.list.check(plain, family(plain));
  }
}

/** Whether it is an address, or an address and the length of a prefix: 203.0.113.0/24. */
export function isNetwork(text: string): boolean {
  return readNetwork(text) !== undefined;
}

/**
 * An address without zone, brackets and port, as proxies write them (RFC 7239 section 6), and IPv4 as IPv4 where
 * it came as IPv4-mapped IPv6. Undefined for what is no address.
 */
export function plainAddress(text: string): string | undefined {
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const address = bare.split('%')[0] ?? '';
  if (!isIP(address)) return undefined;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

function readNetwork(text: string) {
  const [address = '', bits, ...rest] = text.split('/');
  if (!isIP(address) || rest.length > 0) return undefined;
  const width = isIP(address) === 4 ? 32 : 128;
  const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
  return prefix <= width ? { address, prefix, family: family(address) } : undefined;
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
