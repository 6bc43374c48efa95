import { applyDelta } from '@rollcall/directory';
import type { RecordedEvent } from '@rollcall/event-store';
import { Secrets } from '../report/redact-operation.js';
import { type Changed, changedValues } from './state-differences.js';

type Values = Record<string, unknown>;

const secrets = new Secrets();

/**
 * Old and new values of what each event changed. Takes whole streams, each in order; erased events change nothing
 * that could be told.
 */
export function changesByPosition(events: RecordedEvent[]): Map<number, Changed[]> {
  const changes = new Map<number, Changed[]>();
  const states = new Map<string, Values>();
  for (const event of events) {
    const before = states.get(event.streamId) ?? {};
    const after = afterwards(before, event);
    if (!after) continue;
    states.set(event.streamId, after);
    changes.set(
      event.position,
      changedValues(before, after).filter(({ attribute }) => !secrets.has(attribute)),
    );
  }
  return changes;
}

function afterwards(before: Values, { type, payload }: RecordedEvent): Values | undefined {
  if (!payload) return undefined;
  switch (type) {
    case 'user.created':
    case 'group.created':
      return payload.attributes as Values;
    case 'user.updated':
    case 'group.updated':
      return applyDelta(before, payload as { set: Values; removed: string[] });
    case 'user.deactivated':
      return { ...before, active: false };
    case 'user.reactivated':
      return { ...before, active: true };
    default:
      return undefined;
  }
}
