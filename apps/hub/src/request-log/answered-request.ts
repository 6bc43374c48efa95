import type { RequestTrace } from './request-trace.js';
import type { TracedSubject } from './traced-subject.js';

/** A SCIM request and what came of it. */
export interface AnsweredRequest {
  method: string;
  /** Below the SCIM base, without the query: "/Users/42". */
  path: string;
  query: Readonly<Record<string, unknown>>;
  body: unknown;
  status: number;
  trace: Pick<RequestTrace, 'changes' | 'subject' | 'found' | 'bulk'>;
}

export interface Told {
  /** In an administrator's words: `deactivate user "b.simon@contoso.com"`. */
  meaning: string;
  subject?: TracedSubject;
  /** Ids of further users and groups the request is about: members, the subjects of a bulk. */
  others: string[];
}
