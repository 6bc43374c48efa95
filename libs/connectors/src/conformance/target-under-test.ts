import type { Attributes, AttributeValue, Capabilities, Connector } from '../contract.js';

export interface Address {
  host: string;
  port: number;
}

export interface OpenOptions {
  /** wrong: nobody may sign in with them. without-rights: signed in, and may not write. */
  credentials?: 'good' | 'wrong' | 'without-rights';
  /** How long one call may take. */
  timeoutMs?: number;
}

/** A connector and the real server, or double, that it is tried on. Objects of earlier runs may be there. */
export interface TargetUnderTest {
  /** As it stands in reports. */
  name: string;
  /** Where the server listens. The kit puts a proxy of its own before it. */
  address: Address;
  /** There is no network between the two: what goes wrong on it cannot be shown. `address` is not used. */
  offNetwork?: boolean;
  /** How many exchanges opening a connection takes, where they are many: faults come at its ends only. */
  greeting?: number;
  /** A connector whose calls go to this address instead of the server's own. */
  open(address: Address, options: OpenOptions): Connector;
  capabilities: Capabilities;
  /**
   * Makes an account past the connector, for targets where it can make none (`capabilities.create` false). With it,
   * what is shown of writing is shown of a change.
   */
  seedUser?(name: string): Promise<{ id: string }>;
  /** All that a new account needs, with a value for `change` and `clear`. The name is unique. */
  user(name: string): Attributes;
  /** The attribute accounts are found by; its value is the name. */
  userKey: string;
  /** Names are addresses in this domain. Left out: any text. */
  nameDomain?: string;
  /** An attribute that may be changed, and another value for it. */
  change: { attribute: string; to: AttributeValue };
  /** An attribute that may be taken away. */
  clear: string;
  /** What accounts are disabled by. Left out: they cannot be. */
  active?: string;
  /** The target cannot rename accounts. */
  fixedNames?: boolean;
  group?(name: string): Attributes;
  groupKey?: string;
  /** Ids of the members a group really has, read past the connector. Left out: the connector is asked. */
  membersOf?(groupId: string): Promise<string[]>;
  /** The id of an object that is not there, of the form the target's ids have. */
  absentId: string;
  /** How long a call takes at most with nothing in its way: so long is waited for answers that do not come. Left out: 400. */
  patienceMs?: number;
  /** Which credentials beside good ones `open` can be asked for. */
  otherCredentials: ('wrong' | 'without-rights')[];
  /** What must never be seen in an answer, a call or a message. */
  secrets: string[];
  /** Ways the target slows clients down: begins to, and gives back how to end it. */
  throttling?: Throttling[];
  /** Makes lists give the same page for ever, and gives back how to end that. */
  loopPages?(): Promise<() => Promise<void>>;
}

export interface Throttling {
  form: string;
  /** What the connector must make of it; both ends in milliseconds. Left out: the target does not say how long. */
  afterMs?: [least: number, most: number];
  begin(): Promise<() => Promise<void>>;
}
