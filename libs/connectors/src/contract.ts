/**
 * What a connector is: code that speaks one kind of target. It makes one attempt per call and answers with
 * a value; retries, order, pacing and matching belong to the engine.
 */

export type SubjectType = 'user' | 'group';

/**
 * An account or group in the terms of the target's own attribute names. For SCIM targets these are paths
 * ("name.givenName", `emails[type eq "work"].value`, "urn:...:User:department"), so that a delta can name
 * exactly what changes. Values are JSON.
 */
export type Attributes = Record<string, AttributeValue>;
export type AttributeValue =
  string | number | boolean | null | AttributeValue[] | { [key: string]: AttributeValue };

/** One changed attribute. `unset` clears it at the target. */
export type AttributeChange =
  { op: 'set'; attribute: string; value: AttributeValue } | { op: 'unset'; attribute: string };

export interface RemoteObject {
  /** The target's own identifier: opaque, stable, the anchor we store. */
  id: string;
  attributes: Attributes;
  /** Absent where the target has no such thing. */
  active?: boolean;
  etag?: string;
  /** Of a group, where they were asked for and the target tells them. */
  members?: { id: string; type: SubjectType }[];
}

export interface OperationContext {
  /** Stable over retries of the same intent: sent as an idempotency key where a target takes one. */
  operationId: string;
  attempt: number;
  /** plan: answer with the calls that would be made and send nothing. */
  mode: 'live' | 'plan';
  signal?: AbortSignal;
  /**
   * What the hub has written to the object so far and is to stay, without secrets: for targets that take objects
   * whole and do not return all of them. What the call changes is in its own arguments alone.
   */
  lastWritten?: Attributes;
}

/** A call as it was or would be made. Secrets are never in it; the engine redacts bodies by schema. */
export interface WireCall {
  method: string;
  url: string;
  body?: unknown;
}

/**
 * What the target said of its own limits. Times in milliseconds; `resetAt` is an epoch time. A retry of the
 * connection with `remaining` 0 lowers the pace, also where the target does not say for how long.
 */
export interface RateHints {
  limit?: number;
  remaining?: number;
  resetAt?: number;
  retryAfterMs?: number;
}

interface Told {
  hints?: RateHints;
  calls?: WireCall[];
  /** HTTP status or the protocol's own result code, as text for people. */
  answer?: string;
}

/**
 * How an attempt ended. Always a value, never an exception: it is stored as an event and decides what
 * happens next.
 */
export type Outcome<T> =
  | ({ kind: 'ok'; value: T } & Told)
  /** Nothing to do at the target: it was so already. */
  | ({ kind: 'no-op'; why: 'already-present' | 'already-absent' | 'unchanged' } & Told)
  | ({ kind: 'planned' } & Told)
  /** A unique value is taken at the target. The engine looks again and adopts, or says so. */
  | ({ kind: 'conflict'; message: string } & Told)
  /** The object the call was about is gone. */
  | ({ kind: 'not-found'; message: string } & Told)
  /**
   * Passing trouble. `maybeDone`: the call was sent and no answer came, so it may have been carried out; look
   * before repeating. `scope` connection: nothing else at this target will work either until then.
   */
  | ({
      kind: 'retry';
      scope: 'object' | 'connection';
      afterMs?: number;
      maybeDone?: boolean;
      message: string;
    } & Told)
  /** The target will never take this as it is. */
  | ({ kind: 'rejected'; code: string; attribute?: string; message: string; remedy?: string } & Told)
  /** Credentials or rights are refused: stop the connection, not the objects. */
  | ({ kind: 'denied'; message: string; remedy?: string } & Told);

/** Every way a call can end without having succeeded. */
export type Refusal = Exclude<Outcome<never>, { kind: 'ok' | 'no-op' | 'planned' }>;

export interface TestStep {
  step:
    | 'reach'
    | 'tls'
    | 'authenticate'
    | 'discover'
    | 'read-users'
    | 'find-user'
    | 'read-groups'
    /** Makes an account, changes it and deletes it. Only where the connection's settings ask for it. */
    | 'write-probe'
    /** What the target said, or what is known, of its limits. */
    | 'limits';
  status: 'passed' | 'failed' | 'skipped';
  message: string;
  /** What the admin does about it. Present when failed. */
  remedy?: string;
  durationMs: number;
}
export interface TestReport {
  ok: boolean;
  steps: TestStep[];
}

export interface TargetAttribute {
  name: string;
  type: 'string' | 'boolean' | 'integer' | 'decimal' | 'dateTime' | 'reference' | 'binary' | 'complex';
  multiValued: boolean;
  /** A list may be given, and one value as well. */
  oneOrMany?: boolean;
  required: boolean;
  caseExact: boolean;
  mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  unique: boolean;
  /** The values it may have, where the target names them. */
  canonicalValues?: string[];
}

export interface Discovery {
  /** `assumed`: the target does not describe the type, and may have other attributes than these. */
  objectTypes: { type: SubjectType; attributes: TargetAttribute[]; assumed?: boolean }[];
  capabilities: Capabilities;
  /** Where an answer could not be had, what was assumed instead. */
  assumptions: string[];
}

export interface Capabilities {
  create: boolean;
  update: boolean;
  delete: boolean;
  groups: boolean;
  find: boolean;
  list: boolean;
  changes: boolean;
  /**
   * `addRemove` false: members are set whole, by `update` of the group's attribute `members` with a list of ids.
   */
  members: { addRemove: boolean; maxPerCall: number; readable: boolean; nested: boolean };
  pageSize: number;
}

export interface Page {
  objects: RemoteObject[];
  /** Absent on the last page. */
  nextCursor?: string;
  /** Why the list ends before its end: what did not come must not be taken for gone. */
  cutShort?: string;
}

/** Until the last page there is a `nextCursor` and no `token`. */
export interface ChangesPage extends Page {
  /** Those of objects gone since; an object may be told gone more than once. */
  deleted: { id: string }[];
  /** Where to go on the next time. Absent while there are more pages, and where the list was cut short. */
  token?: string;
  /** Why deletions are not in it: compare with a list of everything. */
  deletionsUnknown?: string;
}

export interface MemberChange {
  /** Remote ids. A target with typed members is told the type. */
  add: { id: string; type: SubjectType }[];
  remove: { id: string; type: SubjectType }[];
}
export interface MembersResult {
  added: string[];
  removed: string[];
  /** Members the target does not know: parked by the engine, not failed. */
  unknown: string[];
}

export interface Connector {
  test(): Promise<TestReport>;
  discover(): Promise<Outcome<Discovery>>;
  list(type: SubjectType, query: { cursor?: string; limit?: number }): Promise<Outcome<Page>>;
  /**
   * What was made or changed since a token, and what is gone. Objects may come more than once, and unchanged. Without
   * a token: nothing, and a token to begin with before everything is listed. Where capabilities.changes.
   */
  changes?(
    type: SubjectType,
    query: { token?: string; cursor?: string; limit?: number },
  ): Promise<Outcome<ChangesPage>>;
  get(type: SubjectType, id: string, options?: { members?: boolean }): Promise<Outcome<RemoteObject>>;
  /** Exact matches only (case as the target's attribute has it), at most a few. An empty array is no match. */
  find(type: SubjectType, key: { attribute: string; value: string }): Promise<Outcome<RemoteObject[]>>;
  create(
    type: SubjectType,
    attributes: Attributes,
    context: OperationContext,
  ): Promise<Outcome<RemoteObject>>;
  update(
    type: SubjectType,
    id: string,
    changes: AttributeChange[],
    context: OperationContext,
  ): Promise<Outcome<{ id: string; etag?: string }>>;
  delete(type: SubjectType, id: string, context: OperationContext): Promise<Outcome<void>>;
  /** The caller keeps add + remove within capabilities.members.maxPerCall. Repeats are harmless. */
  members(groupId: string, change: MemberChange, context: OperationContext): Promise<Outcome<MembersResult>>;
  close(): Promise<void>;
}

/** One line of a mapping: which value goes where. It comes from exactly one of source, constant and expression. */
export interface AttributeMapping {
  target: string;
  /** SCIM path of the hub's user or group. */
  source?: string;
  constant?: AttributeValue;
  /** JSONata over the hub's user or group, with the functions of docs/mapping.md. */
  expression?: string;
  /** Written instead of no value: missing, null, an empty text or an empty list. */
  default?: AttributeValue;
  /** create: written when an account is made and never again. */
  apply: 'always' | 'create';
  /** What happens at the target when there is no value. Left out: clear. */
  whenEmpty?: 'clear' | 'leave';
  /** The order of a list counts. Left out: lists that differ in order only are the same. */
  ordered?: boolean;
  /** reference: the value is a hub id, or a list of them, and is translated to the target's id (manager). */
  kind?: 'value' | 'reference';
}
/** Recognises an existing account: its `target` attribute has the value of `source`, or of `expression`. */
export interface MatchingRule {
  source?: string;
  expression?: string;
  target: string;
}
export interface ObjectMapping {
  matching: MatchingRule[];
  attributes: AttributeMapping[];
}
export interface Mappings {
  users: ObjectMapping;
  groups?: ObjectMapping;
}

/** What the console needs to draw a form and the API needs to check one. */
export interface Manifest {
  type: string;
  name: string;
  description: string;
  /** JSON Schema draft-07 of `settings`, with `title` and `description` for the form. */
  settingsSchema: object;
  /** JSON Schema of `credentials`; discriminated by `type`. Nothing in it is ever returned. */
  credentialsSchema: object;
  capabilities: Capabilities;
  presets: ManifestPreset[];
  defaultMappings: Mappings;
  /** What the account behind the credentials must be allowed to do at the target. */
  rights?: string[];
  /** What the target is known not to take, in words. */
  limits?: string[];
}

/** What is known of one app or product of this type. */
export interface ManifestPreset {
  id: string;
  name: string;
  /** What the admin still has to fill in, and where to find it. */
  note?: string;
  settings: object;
  /** With these settings. Absent: the manifest's. */
  capabilities?: Capabilities;
  /** Absent: the manifest's, and so on below. */
  defaultMappings?: Mappings;
  rights?: string[];
  limits?: string[];
  /** Its page under docs/connectors, without .md. Absent: the page of the type. */
  page?: string;
  /** Calls a second the app is known to take: the pace of connections whose policy names none. */
  requestsPerSecond?: number;
}

export interface ConnectorRuntime {
  /** Refuses addresses outside HUB_TARGET_NETWORKS, after DNS, at connect time. Unset: any. */
  allowAddress?: (address: string) => boolean;
  /** Folders of this machine that targets may be in (HUB_CSV_FOLDERS), with what lies below. Unset: none. */
  localFolders?: readonly string[];
  userAgent: string;
}

/** `message` goes on from the name of the field: "is missing: …". */
export interface Wrong {
  field: string;
  message: string;
}

export interface ConnectorModule {
  readonly manifest: Manifest;
  /** With these settings. Absent: as the manifest says. */
  capabilities?(settings: object): Capabilities;
  /** The mappings of a connection with these settings that has none of its own. Absent: the manifest's. */
  defaultMappings?(settings: object): Mappings;
  /** What is wrong with parts that meet the manifest's schemas: certificates, keys, addresses. */
  check?(parts: { settings?: object; credentials?: object }): Wrong[];
  /** What is wrong with a target attribute of a mapping, in words; undefined when it can be written. */
  checkAttribute?(type: SubjectType, attribute: string): string | undefined;
  /** Checked against the manifest's schemas before. Opens nothing yet: the first call does. */
  open(settings: object, credentials: object, runtime: ConnectorRuntime): Connector;
}
