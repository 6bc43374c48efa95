import type {
  AttributeChange,
  Attributes,
  ChangesPage,
  Discovery,
  MemberChange,
  MembersResult,
  OperationContext,
  Outcome,
  Page,
  RemoteObject,
  SubjectType,
  WireCall,
} from '../../contract.js';
import type { Verdict } from '../../graded-test/test-run.js';
import type { Work } from './session.js';

/** How accounts and groups are kept: in tables, or behind statements. @throws Refused */
export interface SqlTarget {
  discover(work: Work): Promise<Discovery['objectTypes']>;
  list(type: SubjectType, query: { cursor?: string; limit?: number }, work: Work): Promise<Outcome<Page>>;
  changes(
    type: SubjectType,
    query: { token?: string; cursor?: string; limit?: number },
    work: Work,
  ): Promise<Outcome<ChangesPage>>;
  get(type: SubjectType, id: string, work: Work, members?: boolean): Promise<Outcome<RemoteObject>>;
  find(
    type: SubjectType,
    key: { attribute: string; value: string },
    work: Work,
  ): Promise<Outcome<RemoteObject[]>>;
  create(
    type: SubjectType,
    attributes: Attributes,
    context: OperationContext,
    work: Work,
  ): Promise<Outcome<RemoteObject>>;
  update(
    type: SubjectType,
    id: string,
    changes: AttributeChange[],
    work: Work,
  ): Promise<Outcome<{ id: string }>>;
  delete(type: SubjectType, id: string, work: Work): Promise<Outcome<void>>;
  members(groupId: string, change: MemberChange, work: Work): Promise<Outcome<MembersResult>>;
  /** What a test of the connection looks at, beyond what every connection has. */
  trials: {
    /** Whether the server has what the settings name, in words. */
    describe(work: Work): Promise<string>;
    /** An attribute accounts can be looked for by. */
    searchable(work: Work): Promise<string | undefined>;
    /** How many there are, as far as they are counted. Undefined: they cannot be listed. */
    count(type: SubjectType, work: Work): Promise<{ seen: number; more: boolean } | undefined>;
    write(work: Work): Promise<Verdict>;
  };
  /** What each write would send, told without asking the server. */
  planned: {
    create(type: SubjectType, attributes: Attributes): WireCall[];
    update(type: SubjectType, id: string, changes: AttributeChange[]): WireCall[];
    delete(type: SubjectType, id: string): WireCall[];
    members(groupId: string, change: MemberChange): WireCall[];
  };
}
