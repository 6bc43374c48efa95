import type { Attributes } from '@rollcall/connectors';
import type { Evaluated } from '../mapping/evaluate-expressions.js';
import type { Match } from '../matching/match.js';

/** What a plan is made of beside the subject, the configuration and what is known of the target. */
export interface Facts extends Answers {
  now: Date;
  /** The target's ids by hub id, of the referenced objects that exist at the target. */
  remoteIds: ReadonlyMap<string, string>;
  /** What the mapping's expressions make of the subject. Needed where there are any; see evaluateExpressions. */
  expressions?: Evaluated;
}

/** What was found at the target since. Undefined: nobody has looked yet. */
export interface Answers {
  /** An attempt to make the account was sent, and no answer to it is known: it may be there. */
  mayExist?: boolean;
  match?: Match;
  /** Everything the account has there. */
  observed?: Attributes;
  /** By attribute, the first value that nobody has; undefined when all are taken. */
  unique?: ReadonlyMap<string, string | undefined>;
}
