import type {
  AttributeChange,
  Attributes,
  ChangesPage,
  Connector,
  ConnectorModule,
  Discovery,
  MemberChange,
  MembersResult,
  OperationContext,
  Outcome,
  Page,
  RemoteObject,
  SubjectType,
  TestReport,
  WireCall,
} from '../../contract.js';
import { checkAttribute, checkParts } from './check-parts.js';
import { capabilitiesWith, manifest, mappingsWith } from './manifest.js';
import { Refused } from './refusals.js';
import { Session, type Work } from './session.js';
import { completeSettings, type SqlCredentials, type SqlSettings } from './settings.js';
import { testDatabase } from './test-database.js';
import type { SqlTarget } from './sql-target.js';
import { TargetOfStatements } from './target-of-statements.js';
import { TargetOfTables } from './target-of-tables.js';

export const sql: ConnectorModule = {
  manifest,
  capabilities: (settings) => capabilitiesWith(settings as Partial<SqlSettings>),
  defaultMappings: (settings) => mappingsWith(settings as Partial<SqlSettings>),
  check: checkParts,
  checkAttribute,
  open: (settings, credentials, runtime) =>
    new SqlConnector(
      new Session(completeSettings(settings as Partial<SqlSettings>), credentials as SqlCredentials, runtime),
    ),
};

class SqlConnector implements Connector {
  private readonly target: SqlTarget;

  constructor(private readonly session: Session) {
    this.target =
      session.settings.mode === 'tables' ? new TargetOfTables(session) : new TargetOfStatements(session);
  }

  test(): Promise<TestReport> {
    return testDatabase(this.session, this.target);
  }

  discover(): Promise<Outcome<Discovery>> {
    return attempt(undefined, async (work) => ({
      kind: 'ok',
      value: {
        objectTypes: await this.target.discover(work),
        capabilities: capabilitiesWith(this.session.settings),
        assumptions: [],
      },
      calls: work.calls,
    }));
  }

  list(type: SubjectType, query: { cursor?: string; limit?: number }): Promise<Outcome<Page>> {
    return attempt(undefined, (work) => this.target.list(type, query, work));
  }

  changes(
    type: SubjectType,
    query: { token?: string; cursor?: string; limit?: number },
  ): Promise<Outcome<ChangesPage>> {
    return attempt(undefined, (work) => this.target.changes(type, query, work));
  }

  get(type: SubjectType, id: string, options?: { members?: boolean }): Promise<Outcome<RemoteObject>> {
    return attempt(undefined, (work) => this.target.get(type, id, work, options?.members));
  }

  find(type: SubjectType, key: { attribute: string; value: string }): Promise<Outcome<RemoteObject[]>> {
    return attempt(undefined, (work) => this.target.find(type, key, work));
  }

  async create(
    type: SubjectType,
    attributes: Attributes,
    context: OperationContext,
  ): Promise<Outcome<RemoteObject>> {
    if (context.mode === 'plan') return planned(this.target.planned.create(type, attributes));
    return attempt(context, (work) => this.target.create(type, attributes, context, work));
  }

  async update(
    type: SubjectType,
    id: string,
    changes: AttributeChange[],
    context: OperationContext,
  ): Promise<Outcome<{ id: string }>> {
    if (changes.length === 0) return { kind: 'no-op', why: 'unchanged' };
    if (context.mode === 'plan') return planned(this.target.planned.update(type, id, changes));
    return attempt(context, (work) => this.target.update(type, id, changes, work));
  }

  async delete(type: SubjectType, id: string, context: OperationContext): Promise<Outcome<void>> {
    if (context.mode === 'plan') return planned(this.target.planned.delete(type, id));
    return attempt(context, (work) => this.target.delete(type, id, work));
  }

  async members(
    groupId: string,
    change: MemberChange,
    context: OperationContext,
  ): Promise<Outcome<MembersResult>> {
    if (change.add.length + change.remove.length === 0) return { kind: 'no-op', why: 'unchanged' };
    if (context.mode === 'plan') return planned(this.target.planned.members(groupId, change));
    return attempt(context, (work) => this.target.members(groupId, change, work));
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

const planned = (calls: WireCall[]): { kind: 'planned'; calls: WireCall[] } => ({ kind: 'planned', calls });

/** Whatever ends an operation becomes its outcome. After one change was made the whole may be done in part. */
async function attempt<T>(
  context: OperationContext | undefined,
  operate: (work: Work) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const work: Work = { calls: [], changed: false, signal: context?.signal };
  try {
    return await operate(work);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { refusal } = error;
    const partly = refusal.kind === 'retry' && work.changed;
    return { ...refusal, ...(partly && { maybeDone: true }), calls: work.calls };
  }
}
