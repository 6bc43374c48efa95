export { freePort } from '@rollcall/platform';
export { describeOnBothQueues, type QueueServer } from './both-queues.js';
export { describeWithRedis, startRedis, type RedisServer } from './redis.js';
export { recordProcess } from './run-folder.js';
export { type HubKeys, newHubKeys, startHub, type HubOptions, type StartedHub } from './start-hub.js';
export { startHubHere } from './start-hub-here.js';
export { startHubInVain } from './start-hub-in-vain.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
export { waitFor } from './wait-for.js';
