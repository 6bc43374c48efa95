import type { Faults, ScimTarget } from './scim-target.mjs';

/** As startScimTarget, in a process of its own. */
export function spawnScimTarget(options?: {
  port?: number;
  token?: string;
  faults?: Faults;
}): Promise<ScimTarget>;
