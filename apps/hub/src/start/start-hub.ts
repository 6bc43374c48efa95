import { openInstallation, Tenants } from '@rollcall/access';
import { HubConfig, HubLogger, Keyring, type Keys, loadKeys, Queues } from '@rollcall/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { banner } from './banner.js';
import { createHttp } from './create-http.js';
import { checkPortIsFree, listen } from './listen.js';
import { openDatabase } from './open-database.js';

export interface RunningHub {
  url: string;
  app: NestFastifyApplication;
  keys: Keys;
  /** For the terminal. */
  banner: string;
  /** Finishes what is under way, then lets go of everything. */
  stop(): Promise<void>;
}

/**
 * Starts all that the environment asks for.
 * @throws StartError when it cannot; then nothing is left running
 */
export async function startHub(env: NodeJS.ProcessEnv): Promise<RunningHub> {
  const config = HubConfig.load(env);
  await checkPortIsFree(config);
  const closing: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const keys = await loadKeys(config);
    const { database, url: databaseUrl, close } = await openDatabase(config);
    closing.push(close);
    const keyring = new Keyring(keys.masterKey);
    const { id } = await openInstallation(database, keyring);
    await new Tenants(database).default();
    const queues = await Queues.open({ redisUrl: config.redisUrl, databaseUrl, prefix: `rollcall-${id}` });
    closing.push(() => queues.close());
    const app = await createHttp(
      { config, database, keyring, queues, adminKey: keys.adminKey },
      HubLogger.create(),
    );
    closing.push(() => app.close());
    const url = await listen(app, config);
    return { url, app, keys, banner: banner({ url, config, keys, backend: queues.backend }), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
