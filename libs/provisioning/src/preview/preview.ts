import type { AttributePlan } from '../plan/plan.js';
import type { RecordedCall } from '../report/redact-operation.js';
import type { TriedAttribute } from '../connections/try-mappings.js';

export interface PreviewSubject {
  type: 'user' | 'group';
  id: string;
}

/** What is looked at, what would be done, and the calls that would be made. Values of secrets are left out. */
export interface Preview {
  connection: { id: string; name: string; state: string; version: number };
  subject: PreviewSubject & { display: string | null };
  /** The configuration is not the saved one. */
  draft: boolean;
  /** The subject is not as the directory has it. */
  whatIf: boolean;
  steps: PreviewStep[];
  plan: PreviewPlan;
  /** Of a group: which of its members would be added and removed there. */
  members?: PreviewMembers;
  /** Of a user who joins or leaves groups: what would become of the memberships at the target. */
  memberships?: { group: { id: string; display: string }; change: 'add' | 'remove' }[];
  calls: RecordedCall[];
  /** There would be more of the kind of the last. */
  callsLeftOut: number;
  /** What else would keep this from being done now. */
  notes: string[];
}

export interface PreviewStep {
  step: 'import' | 'scope' | 'match' | 'map' | 'plan';
  status: 'passed' | 'stopped' | 'skipped' | 'failed';
  text: string;
  /** import: the subject as it is looked at. */
  attributes?: Record<string, unknown>;
  /** match: the values that are looked for. */
  keys?: { attribute: string; value: string }[];
  /** match: the account that is the subject's, or would become it. */
  remoteId?: string;
  /** map: every line of the mapping. */
  mapped?: TriedAttribute[];
}

export interface PreviewPlan {
  /** none: nothing would be done. refuse: a person has to decide first. */
  action: string;
  /** Why, for programs: in-line, out-of-scope, protected, ...; of a refusal what is wrong. */
  code: string;
  reason: string;
  remedy?: string;
  changes: AttributePlan[];
  remoteId?: string;
  /** What would be done if the policy allowed it. */
  withheld?: string;
  /** When the account is looked at again: a deletion that waits for its time. */
  nextDueAt?: Date;
  /** Hub ids of what is referred to and has no account there yet. */
  waitsFor: string[];
  /** Attributes that are left as they are, since their mapping fails. */
  problems: { attribute: string; message: string }[];
}

export interface PreviewMembers {
  membership: 'direct' | 'effective';
  add: number;
  remove: number;
  /** Members without an account there: added once they have one. */
  waiting: number;
  /** There are more than could be looked at. */
  more: boolean;
}
