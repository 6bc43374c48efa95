import { setTimeout as pause } from 'node:timers/promises';
import {
  type Appended,
  ClaimConflict,
  type EventStore,
  type NewEvent,
  VersionConflict,
} from '@rollcall/event-store';
import { ScimError } from '@rollcall/scim';
import type { Change } from './change.js';
import type { Decision } from './decision.js';
import type { GroupEvent } from './group.events.js';
import { nameTaken } from './name-taken.js';
import type { UserEvent } from './user.events.js';

/** A fact that was recorded, with its place in the tenant's order. */
export type Recorded<Event> = Event & { position: number };

export function atTheirPositions<Event extends UserEvent | GroupEvent>(
  events: Event[],
  { firstPosition }: Appended,
): Recorded<Event>[] {
  return events.map((event, at) => ({ ...event, position: firstPosition + at }));
}

/** Appends what was decided. A taken unique key becomes SCIM's 409 uniqueness (RFC 7644 section 3.12). */
export async function record(
  store: EventStore,
  change: Change,
  decision: Decision<UserEvent> | Decision<GroupEvent>,
): Promise<Appended> {
  try {
    return await store.append(change.tenantId, {
      streamId: change.streamId,
      streamType: change.streamType,
      expected: change.version === 0 ? 'none' : change.version,
      events: decision.events as NewEvent[],
      claims: decision.claims,
      releases: decision.releases,
      metadata: change.origin,
    });
  } catch (error) {
    if (!(error instanceof ClaimConflict)) throw error;
    throw await nameTaken(store, change, decision, error);
  }
}

const tries = 8;

/**
 * Loads, decides and appends again when another process was faster. Where the client named the versions it
 * knows (If-Match), any other is its answer: 412.
 */
export async function againOnConflict<T>(
  ifMatch: readonly number[] | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let turn = 1; ; turn++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
      if (ifMatch) throw preconditionFailed();
      if (turn === tries) {
        throw new ScimError(503, 'This resource is being changed by many requests at once. Try again.');
      }
      await pause(Math.random() * 10 * turn);
    }
  }
}

export function preconditionFailed(): ScimError {
  return new ScimError(
    412,
    'The resource has changed since the version named in If-Match. Read it again and repeat the change on what it is now.',
  );
}
