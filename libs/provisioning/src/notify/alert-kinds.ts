/** What admins can be told of. */
export const alertKinds = ['quarantine', 'hold', 'dead-letters', 'secret-expiring', 'parked-stream'] as const;
export type AlertKind = (typeof alertKinds)[number];

/** Something that needs a person. At most one is open for a cause. Never says anything about a user. */
export interface AlertCause {
  kind: AlertKind;
  /** Such as "quarantine:<connection id>". */
  cause: string;
  connectionId: string | null;
  /** What has happened, in a sentence. */
  summary: string;
  /** What to do about it. */
  remedy: string;
  details: Record<string, unknown>;
}

export interface Alert extends AlertCause {
  id: string;
  openedAt: Date;
  /** When it was over; null: it is not. */
  closedAt: Date | null;
}
