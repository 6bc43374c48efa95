import { type Attributes, applyDelta } from './resource-attributes.js';
import type { UserEvent } from './user.events.js';

export interface UserState {
  id: string;
  version: number;
  attributes: Attributes;
  deleted: boolean;
  createdAt: Date;
  lastModified: Date;
}

export interface Occurrence {
  streamId: string;
  version: number;
  recordedAt: Date;
}

export function evolveUser(state: UserState | undefined, event: UserEvent, at: Occurrence): UserState {
  if (event.type === 'user.created') {
    return {
      id: at.streamId,
      version: at.version,
      attributes: event.payload.attributes,
      deleted: false,
      createdAt: at.recordedAt,
      lastModified: at.recordedAt,
    };
  }
  if (!state) throw new Error(`User ${at.streamId}: ${event.type} before user.created`);
  const next = { ...state, version: at.version, lastModified: at.recordedAt };
  switch (event.type) {
    case 'user.updated':
      return { ...next, attributes: applyDelta(state.attributes, event.payload) };
    case 'user.deactivated':
      return { ...next, attributes: { ...state.attributes, active: false } };
    case 'user.reactivated':
      return { ...next, attributes: { ...state.attributes, active: true } };
    case 'user.deleted':
      return { ...next, deleted: true };
  }
}
