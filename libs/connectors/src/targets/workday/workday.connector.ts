import type {
  AttributeChange,
  ChangesPage,
  Connector,
  ConnectorModule,
  Discovery,
  OperationContext,
  Outcome,
  Page,
  RemoteObject,
  SubjectType,
  TestReport,
} from '../../contract.js';
import { changedWorkers } from './changed-workers.js';
import { checkParts } from './check-parts.js';
import { WorkerList } from './list-workers.js';
import { capabilitiesWith, manifest } from './manifest.js';
import { ReportWorkers } from './report-workers.js';
import { Session } from './session.js';
import { completeSettings, type WorkdayCredentials, type WorkdaySettings } from './settings.js';
import { failed, SoapWorkers } from './soap-workers.js';
import { testTenant } from './test-tenant.js';
import { asTarget } from './worker-attributes.js';
import { checkChanges, supersededBy, writeBack } from './write-back.js';

type Query = { cursor?: string; limit?: number };

export const workday: ConnectorModule = {
  manifest,
  capabilities: (settings) => capabilitiesWith(completeSettings(settings as Partial<WorkdaySettings>)),
  check: checkParts,
  checkAttribute: (type, attribute) =>
    type === 'group'
      ? 'cannot be written: Workday is read for people alone.'
      : /^[A-Za-z][A-Za-z0-9_]{0,99}$/.test(attribute)
        ? undefined
        : `${attribute} is not the name of a worker’s attribute: letters, digits and _.`,
  open: (settings, credentials, runtime) =>
    new WorkdayConnector(
      new Session(
        completeSettings(settings as Partial<WorkdaySettings>),
        credentials as WorkdayCredentials,
        runtime,
      ),
    ),
};

/** Workers of a Workday tenant: read by Get_Workers or by a report, their contacts written back. */
class WorkdayConnector implements Connector {
  private readonly workers: SoapWorkers;
  private readonly workerList: WorkerList;
  private readonly report?: ReportWorkers;
  private readonly settings: WorkdaySettings;

  constructor(private readonly session: Session) {
    this.settings = session.settings;
    this.workers = new SoapWorkers(session);
    this.workerList = new WorkerList(this.workers);
    if (this.settings.mode === 'raas') this.report = new ReportWorkers(session);
  }

  test(): Promise<TestReport> {
    return testTenant(this.workers, this.report);
  }

  async discover(): Promise<Outcome<Discovery>> {
    const { writeBack: writes, mode } = this.settings;
    const { attributes } = this.workers.reader;
    return {
      kind: 'ok',
      value: {
        objectTypes: [
          {
            type: 'user',
            attributes: attributes.map((each) => asTarget(each, writes)),
            ...(mode === 'raas' && { assumed: true }),
          },
        ],
        capabilities: capabilitiesWith(this.settings),
        assumptions: [
          mode === 'raas'
            ? 'A report does not describe its columns: those of the usual names are assumed.'
            : 'What may be seen of a worker depends on domains: the test of the connection shows it.',
        ],
      },
    };
  }

  async list(type: SubjectType, query: Query): Promise<Outcome<Page>> {
    if (type === 'group') return noGroups;
    return this.report ? this.report.list(query) : this.workerList.page(query);
  }

  async changes(type: SubjectType, query: Query & { token?: string }): Promise<Outcome<ChangesPage>> {
    if (type === 'group') return noGroups;
    return this.report ? this.report.changes(query) : changedWorkers(this.workers, query);
  }

  async get(type: SubjectType, id: string): Promise<Outcome<RemoteObject>> {
    if (type === 'group') return noGroups;
    if (this.report && !this.settings.writeBack) return this.report.get(id);
    const now = this.workers.stamp();
    const asked = await this.workers.byWid(id);
    if (asked.refused) return failed(asked);
    const { profile } = asked.value;
    const gone = await supersededBy(this.workers, profile);
    return gone ?? { kind: 'ok', value: this.workers.objectOf(profile, now) };
  }

  async find(type: SubjectType, key: { attribute: string; value: string }): Promise<Outcome<RemoteObject[]>> {
    if (type === 'group') return noGroups;
    const { attribute, value } = key;
    if (this.report && !this.settings.writeBack) return this.report.find(attribute, value);
    if (attribute === 'wid') {
      const got = await this.get(type, value);
      if (got.kind === 'not-found') return { kind: 'ok', value: [] };
      return got.kind === 'ok' ? { ...got, value: [got.value] } : (got as Outcome<never>);
    }
    if (attribute !== 'workerId') return notSearchable(attribute);
    const now = this.workers.stamp();
    const asked = await this.workers.byWorkerId(value);
    if (asked.refused) return failed(asked);
    return { kind: 'ok', value: asked.value ? [this.workers.objectOf(asked.value, now)] : [] };
  }

  async create(): Promise<Outcome<RemoteObject>> {
    return fromWorkdayAlone;
  }

  async update(
    type: SubjectType,
    id: string,
    changes: AttributeChange[],
    context: OperationContext,
  ): Promise<Outcome<{ id: string; etag?: string }>> {
    if (type === 'group') return noGroups;
    if (changes.length === 0) return { kind: 'no-op', why: 'unchanged' };
    if (!this.settings.writeBack) return readOnly;
    const wrong = checkChanges(changes, this.settings.phoneCountry);
    return wrong ?? writeBack(this.workers, id, changes, context);
  }

  async delete(): Promise<Outcome<void>> {
    return fromWorkdayAlone;
  }

  async members(): Promise<Outcome<never>> {
    return noGroups;
  }

  async close(): Promise<void> {
    this.report?.close();
    await this.session.close();
  }
}

const noGroups = {
  kind: 'rejected',
  code: 'no-groups',
  message: 'Workday is read for people alone: there are no groups.',
  remedy: 'Switch groups off in the policy of this connection.',
} as const;

const fromWorkdayAlone = {
  kind: 'rejected',
  code: 'source-of-people',
  message: 'Workers are hired and leave at Workday: nothing is made or deleted there.',
  remedy: 'Switch creating and deleting off in the policy of this connection.',
} as const;

const readOnly = {
  kind: 'rejected',
  code: 'read-only',
  message: 'Writing back is switched off for this connection.',
  remedy: 'Switch it on in the settings, or updates off in the policy.',
} as const;

const notSearchable = (attribute: string): Outcome<never> => ({
  kind: 'rejected',
  code: 'not-searchable',
  attribute,
  message: `Workday does not find workers by ${attribute}.`,
  remedy: 'Match by workerId or wid.',
});
