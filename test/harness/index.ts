export { freePort } from '@rollcall/platform';
export { describeOnBothQueues, type QueueServer } from './both-queues.js';
export { describeWithRedis, startRedis, type RedisServer } from './redis.js';
export { recordProcess } from './run-folder.js';
export { type HubKeys, newHubKeys, startHub, type HubOptions, type StartedHub } from './start-hub.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
export { waitFor } from './wait-for.js';
