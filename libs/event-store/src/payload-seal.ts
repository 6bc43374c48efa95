import { sealWith, unsealWith } from '@rollcall/platform';
import type { Payload } from './event.js';

/**
 * A payload at rest: its JSON, sealed with the subject's key and tied to tenant, stream, type and schema
 * version, so that it cannot be read in another event's place.
 */
export function sealPayload(key: Buffer, payload: Payload, place: EventPlace): Buffer {
  return sealWith(key, Buffer.from(JSON.stringify(payload), 'utf8'), aad(place));
}

export function unsealPayload(key: Buffer, sealed: Buffer, place: EventPlace): Payload {
  return JSON.parse(unsealWith(key, sealed, aad(place)).toString('utf8')) as Payload;
}

export interface EventPlace {
  tenantId: string;
  streamId: string;
  type: string;
  schemaVersion: number;
}

function aad({ tenantId, streamId, type, schemaVersion }: EventPlace): string {
  return `${tenantId}/${streamId}/${type}/${schemaVersion}`;
}
