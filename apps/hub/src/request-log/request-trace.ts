import type { GroupChanged, GroupState, UserChanged, UserState } from '@rollcall/directory';
import { displayOf } from './names.js';
import type { TracedSubject } from './traced-subject.js';
import type { ScimError, Warning } from '@rollcall/scim';

export type TracedChange = ({ type: 'User' } & UserChanged) | ({ type: 'Group' } & GroupChanged);

/** An operation of a bulk that failed. */
export interface TracedFailure {
  /** Place in the bulk, from 1. */
  at: number;
  error: ScimError;
}

const mostWarnings = 50;

/** What a SCIM request turned out to be, noted on its way for the request log. */
export class RequestTrace {
  readonly warnings: Warning[] = [];
  readonly changes: TracedChange[] = [];
  /** Where no change says it. */
  subject?: TracedSubject;
  /** Of a search: totalResults. */
  found?: number;
  /** The answer, where it is an error. */
  failure?: ScimError;
  bulk?: { operations: number; failures: TracedFailure[] };

  /** Each deviation once, however often a request has it. */
  warn(warnings: readonly Warning[]): void {
    for (const warning of warnings) {
      if (this.warnings.length >= mostWarnings) return;
      const known = this.warnings.some(
        ({ path, detail }) => path === warning.path && detail === warning.detail,
      );
      if (!known) this.warnings.push(warning);
    }
  }

  /** Also the deviations that were found before it threw. */
  noting<T>(read: (warnings: Warning[]) => T): T {
    const warnings: Warning[] = [];
    try {
      return read(warnings);
    } finally {
      this.warn(warnings);
    }
  }

  read(type: 'User' | 'Group', { id, attributes }: UserState | GroupState): void {
    this.subject = { type, id, display: displayOf(type, attributes) };
  }

  searched(type: 'User' | 'Group', total: number, items: (UserState | GroupState)[]): void {
    this.found = total;
    const [only] = items;
    if (total === 1 && only) this.read(type, only);
  }

  userChanged(changed: UserChanged): UserChanged {
    this.warn(changed.warnings);
    this.changes.push({ type: 'User', ...changed });
    return changed;
  }

  groupChanged(changed: GroupChanged): GroupChanged {
    this.warn(changed.warnings);
    this.changes.push({ type: 'Group', ...changed });
    return changed;
  }
}
