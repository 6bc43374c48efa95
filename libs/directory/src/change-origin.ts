import type { EventMetadata } from '@rollcall/event-store';

/** Who asks for a change and through which source: becomes the metadata of the events. */
export type ChangeOrigin = Pick<EventMetadata, 'source' | 'actor' | 'correlation' | 'requestId'>;
