export { freePort } from '@rollcall/platform';
export { describeWithRedis, startRedis, type RedisServer } from './redis.js';
export { recordProcess } from './run-folder.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
export { waitFor } from './wait-for.js';
