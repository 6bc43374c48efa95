import { type RunningHub, startHub } from '../../apps/hub/src/start/start-hub.js';
import { newHubKeys } from './start-hub.js';

/** The hub within the test's own process: quick to start, and its parts are at hand by `app.get(...)`. */
export function startHubHere(
  environment: { DATABASE_URL: string } & Record<string, string>,
): Promise<RunningHub> {
  const { adminKey, masterKey } = newHubKeys();
  return startHub({ HUB_PORT: '0', HUB_ADMIN_KEY: adminKey, HUB_MASTER_KEY: masterKey, ...environment });
}
