import type { ConnectorModule } from '@rollcall/connectors';
import type { PolicyInput } from '../plan/policy.js';

export interface ConnectionPace {
  /** Calls a second at most, of all worker processes together. Null: as many as the target takes. */
  requestsPerSecond: number | null;
  /** Who says so: the connection's own policy, what is known of the app, or nobody. */
  from: 'policy' | 'preset' | 'default';
}

/** What the policy says wins, also where it allows more than the app is known to take. */
export function paceOf(
  module: ConnectorModule | undefined,
  settings: object,
  policy: PolicyInput,
): ConnectionPace {
  const own = policy.push?.requestsPerSecond;
  if (own !== undefined) return { requestsPerSecond: own, from: 'policy' };
  const { preset } = settings as { preset?: unknown };
  const known = module?.manifest.presets.find(({ id }) => id === preset)?.requestsPerSecond;
  if (known !== undefined) return { requestsPerSecond: known, from: 'preset' };
  return { requestsPerSecond: null, from: 'default' };
}
