export { Database, type DatabaseOptions, type Statement } from './database.js';
export { Keyring, sealWith, unsealWith } from './keyring.js';
