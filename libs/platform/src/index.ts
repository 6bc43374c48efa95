export { Database, type DatabaseOptions, type Statement } from './database.js';
export { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres/embedded-postgres.js';
export { freePort } from './embedded-postgres/free-port.js';
export { Keyring, sealWith, unsealWith } from './keyring.js';
export { StartError } from './start.errors.js';
