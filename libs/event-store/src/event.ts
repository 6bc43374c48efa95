/** Metadata of a fact: who, through what, why. Ids only, never personal data. */
export interface EventMetadata {
  /** Inbound side the change came through: a source id, a connection id, or "hub". */
  source: string;
  /** Who acted: "source:<id>", "admin:<key id>", "hub". */
  actor: string;
  /** Same for everything one request caused. */
  correlation: string;
  /** The position of the event that made this one necessary. */
  causation?: number;
  requestId?: string;
}

export type Payload = Record<string, unknown>;

export interface NewEvent {
  type: string;
  payload: Payload;
  /** Defaults to 1. */
  schemaVersion?: number;
}

export interface RecordedEvent {
  tenantId: string;
  /** Place in its tenant's order: 1, 2, 3, ... without gaps. */
  position: number;
  streamId: string;
  streamType: string;
  version: number;
  type: string;
  schemaVersion: number;
  /** Undefined once the subject's key has been destroyed, and where it was not asked for. */
  payload: Payload | undefined;
  /** Why the payload cannot be read; only where unreadable events were asked for, else reading throws it. */
  unreadable?: Error;
  metadata: EventMetadata;
  recordedAt: Date;
}

/** A unique key held by a stream, e.g. kind "userName", key "ada@example.com". */
export interface Claim {
  kind: string;
  key: string;
}

/** "none": the stream must not exist. "exists": any version above 0. A number: exactly that version. */
export type ExpectedVersion = number | 'none' | 'exists' | 'any';

export interface Append {
  streamId: string;
  streamType: string;
  /** Whose key seals the payloads. Defaults to the stream's own id. */
  subjectId?: string;
  expected: ExpectedVersion;
  events: NewEvent[];
  claims?: Claim[];
  releases?: Claim[];
  metadata: EventMetadata;
}

export interface Appended {
  streamId: string;
  firstPosition: number;
  lastPosition: number;
  version: number;
  recordedAt: Date;
}
