import type { GroupEvent } from './group.events.js';
import { type Attributes, applyDelta } from './resource-attributes.js';
import type { Occurrence } from './user.evolve.js';

/** A group without its members: those are rows of their own, so that a large group costs no more than a small one. */
export interface GroupState {
  id: string;
  version: number;
  attributes: Attributes;
  deleted: boolean;
  createdAt: Date;
  lastModified: Date;
}

export function evolveGroup(state: GroupState | undefined, event: GroupEvent, at: Occurrence): GroupState {
  if (event.type === 'group.created') {
    return {
      id: at.streamId,
      version: at.version,
      attributes: event.payload.attributes,
      deleted: false,
      createdAt: at.recordedAt,
      lastModified: at.recordedAt,
    };
  }
  if (!state) throw new Error(`Group ${at.streamId}: ${event.type} before group.created`);
  const next = { ...state, version: at.version, lastModified: at.recordedAt };
  switch (event.type) {
    case 'group.updated':
      return { ...next, attributes: applyDelta(state.attributes, event.payload) };
    case 'group.deleted':
      return { ...next, deleted: true };
    case 'group.members-added':
    case 'group.members-removed':
      return next;
  }
}
