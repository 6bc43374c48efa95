import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { EmbeddedPostgres } from '../../libs/platform/src/embedded-postgres/embedded-postgres.js';
import { buildOnce } from './build-once.js';
import { makeRunFolder, recordProcess, removeRunFolder } from './run-folder.js';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    runFolder: string;
  }
}

/** One Postgres for the whole run; each test file takes databases of its own from it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  buildOnce();
  const runFolder = await makeRunFolder();
  const postgres = await EmbeddedPostgres.start({
    folder: join(runFolder, 'database'),
    durable: false,
    detached: false,
    maxConnections: 500,
  });
  await recordProcess(runFolder, postgres.pid);
  project.provide('postgresUrl', postgres.url);
  project.provide('runFolder', runFolder);
  return async () => {
    await postgres.stop();
    await removeRunFolder(runFolder);
  };
}
