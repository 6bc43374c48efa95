import { isDeepStrictEqual } from 'node:util';
import type { ClaimConflict, EventStore } from '@rollcall/event-store';
import { ScimError } from '@rollcall/scim';
import type { Change } from './change.js';
import type { Decision } from './decision.js';
import type { GroupEvent } from './group.events.js';

import type { UserEvent } from './user.events.js';

/** How long after a create its repetition is taken for a retry. */
const retriedWithinMs = 10 * 60 * 1000;

/**
 * The 409 for a unique name that another resource has. Where that resource is what this very create would have
 * made, the client most likely has lost the first answer, and is told so.
 */
export async function nameTaken(
  store: EventStore,
  change: Change,
  decision: Decision<UserEvent> | Decision<GroupEvent>,
  { claim, holder }: ClaimConflict,
): Promise<ScimError> {
  const [attribute, kind, path] =
    claim.kind === 'userName'
      ? ['userName', 'user', `/Users/${holder}`]
      : ['displayName', 'group', `/Groups/${holder}`];
  const madeAt = change.version === 0 ? await madeByTheSame(store, change, decision, holder) : undefined;
  return new ScimError(
    409,
    madeAt
      ? `A ${kind} with this ${attribute} was created by this source at ${madeAt.toISOString()} (id ${holder}), ` +
          `most likely by this very request, whose answer was lost. Read it with GET ${path} and go on.`
      : `${attribute} is already used by ${kind} ${holder} (compared without regard to case). ` +
          `Match that ${kind} by ${attribute} and change it with PATCH ${path}, ` +
          `or give one of the two another ${attribute}.`,
    'uniqueness',
  );
}

async function madeByTheSame(
  store: EventStore,
  { tenantId, origin }: Change,
  { events }: Decision<UserEvent> | Decision<GroupEvent>,
  holder: string,
): Promise<Date | undefined> {
  const began = await store.readStream(tenantId, holder, 0, events.length);
  const [first] = began;
  if (!first || first.metadata.source !== origin.source) return undefined;
  if (Date.now() - first.recordedAt.getTime() > retriedWithinMs) return undefined;
  const same = isDeepStrictEqual(
    began.map(({ type, payload }) => ({ type, payload })),
    events,
  );
  return same ? first.recordedAt : undefined;
}
