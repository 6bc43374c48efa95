import type { Append } from '@rollcall/event-store';
import type { SubjectType } from '@rollcall/connectors';
import type { GuardedAction } from './guard.decide.js';

/** Stream of what became of a connection as a whole. Its id is the connection's. */
export const connectionStream = 'connection';

export type ConnectionEvent =
  /** denied: credentials refused. failing: too many operations failed by the target's own fault. */
  | { type: 'connection.quarantined'; payload: { kind: 'denied' | 'failing'; reason: string } }
  | { type: 'connection.recovered'; payload: { reason: string } }
  | { type: 'connection.paused'; payload: { until: string | null; reason: string | null } }
  | { type: 'connection.resumed'; payload: { reason: string } }
  | { type: 'hold.opened'; payload: HoldOpened }
  | { type: 'hold.decided'; payload: HoldDecided }
  | { type: 'hold.closed'; payload: { holdId: string; state: string } }
  | {
      type: 'step.cancelled';
      payload: { subjectId: string; action: 'delete'; at: string; note: string | null };
    }
  | { type: 'step.restored'; payload: { subjectId: string; action: 'delete'; at: string } };

export interface HoldOpened {
  holdId: string;
  action: GuardedAction;
  subjectType: SubjectType;
  /** Done within the window and due now, when the limit was met. */
  count: number;
  live: number;
  above: number;
  abovePercent: number;
  withinMinutes: number;
  cause: HoldCause;
}

export interface HoldDecided {
  holdId: string;
  decision: 'allowed' | 'denied';
  subjectIds: string[];
  note: string | null;
}

/** What made the operations due: a configuration, or an event of the directory. */
export type HoldCause =
  | { kind: 'configuration'; version: number }
  | { kind: 'event'; position: number; type: string | null; source: string | null; actor: string | null };

/** Holds no personal data: ids only, and what a target or an administrator said of the connection. */
export function connectionEvent(
  connectionId: string,
  event: ConnectionEvent,
  actor: string,
  causation?: number,
): Append {
  return {
    streamId: connectionId,
    streamType: connectionStream,
    expected: 'any',
    events: [{ type: event.type, payload: { ...event.payload } }],
    metadata: {
      source: actor === 'hub' ? connectionId : 'hub',
      actor,
      correlation: connectionId,
      ...(causation && { causation }),
    },
  };
}
