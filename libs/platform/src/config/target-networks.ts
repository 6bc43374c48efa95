import { Networks, plainAddress } from '../networks.js';
import { networkList } from './network-list.js';

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
    const closed = new Networks(closedInProduction);
    return (address) => plainAddress(address) !== undefined && !closed.contains(address);
  }
  const open = networkList('HUB_TARGET_NETWORKS', list, '10.0.0.0/8,192.168.7.20,fd00::/8, or "any"');
  return (address) => open.contains(address);
}
