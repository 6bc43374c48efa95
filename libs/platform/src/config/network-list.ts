import { isNetwork, Networks } from '../networks.js';
import { StartError } from '../start.errors.js';

/**
 * The networks in a variable, with commas between them.
 * @throws StartError naming the entry that is none
 */
export function networkList(variable: string, list: string, example: string): Networks {
  const entries = list.split(',').map((entry) => entry.trim());
  const stray = entries.find((entry) => !isNetwork(entry));
  if (stray !== undefined) {
    throw new StartError(`${variable} has "${stray}": list networks such as ${example}`);
  }
  return new Networks(entries);
}
