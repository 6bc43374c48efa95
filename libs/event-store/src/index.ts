import { CreateEventStore1790000000200 } from './create-event-store.migration.js';

export const eventStoreMigrations = [CreateEventStore1790000000200];
export * from './event.js';
export * from './event-store.errors.js';
export { EventStore } from './event-store.js';
export { type EventRow, eventColumns } from './recorded-event-row.js';
export { type ParkedStream, type Subscriber, Subscriptions } from './subscriptions.js';
export type { Upcaster } from './upcast.js';
