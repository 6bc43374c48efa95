import { BlockList, isIP } from 'node:net';
import { StartError } from '../start.errors.js';

const closedInProduction = ['127.0.0.0/8', '0.0.0.0/8', '169.254.0.0/16', '::1', '::', 'fe80::/10'];

/**
 * Which addresses targets may have. A list of addresses and CIDR ranges, or "any". Unset: any, but in
 * production neither loopback nor link-local, where metadata services live.
 */
export function targetNetworks(
  list: string | undefined,
  production: boolean,
): ((address: string) => boolean) | undefined {
  if (list === 'any' || (list === undefined && !production)) return undefined;
  if (list === undefined) {
    const closed = networks(closedInProduction);
    return (address) => isIP(withoutZone(address)) !== 0 && !contains(closed, address);
  }
  const open = networks(list.split(',').map((entry) => entry.trim()));
  return (address) => contains(open, address);
}

function networks(entries: string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits, ...rest] = entry.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    const width = family === 'ipv4' ? 32 : 128;
    const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
    if (!isIP(address) || rest.length > 0 || !(prefix <= width)) {
      throw new StartError(
        `HUB_TARGET_NETWORKS has "${entry}": list networks such as 10.0.0.0/8,192.168.7.20,fd00::/8, or "any"`,
      );
    }
    list.addSubnet(address, prefix, family);
  }
  return list;
}

/** An IPv4 address written as IPv4-mapped IPv6 is matched against the IPv4 networks too. */
function contains(list: BlockList, address: string): boolean {
  const plain = withoutZone(address);
  const family = isIP(plain);
  return family !== 0 && list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

function withoutZone(address: string): string {
  return address.split('%')[0] ?? '';
}
