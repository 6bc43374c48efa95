import { CreateProvisioning1790000000400 } from './migrations/create-provisioning.migration.js';
import { KeepConnectionVersions1790000000401 } from './migrations/keep-connection-versions.migration.js';

export const provisioningMigrations = [CreateProvisioning1790000000400, KeepConnectionVersions1790000000401];
export { ConnectionEntity, type ConnectionState } from './connections/connection.entity.js';
export {
  ConnectionNameTaken,
  ConnectionNotFound,
  type FieldError,
  InvalidConnection,
  VersionNotFound,
} from './connections/connection.errors.js';
export type { ConnectionDocument } from './connections/connection-document.js';
export {
  type ConnectionVersion,
  ConnectionVersions,
  type VersionPage,
  type VersionSummary,
} from './connections/connection-versions.js';
export {
  type ConnectionChange,
  Connections,
  type NewConnection,
  type SavedConnection,
} from './connections/connections.js';
export type { Difference } from './connections/differences.js';
export type { Tried, TriedAttribute, TrySubject } from './connections/try-mappings.js';
export { type ConnectorAccess } from './connections/open-connection.js';
export { defaultPolicy, type Policy, type PolicyInput, withDefaults } from './plan/policy.js';
export type { Action } from './plan/plan.js';
export type { Scope } from './scope/scope.js';
export { ProvisioningModule, ProvisioningWorker } from './provisioning.module.js';
export { PushEngine } from './push/push-engine.js';
export { operationsProjection } from './report/operations.projection.js';
export {
  readReport,
  reportActions,
  type ReportFilter,
  type ReportItem,
  type ReportPage,
  reportStatuses,
  UnknownCursor,
  wholeReport,
} from './report/provisioning-report.js';
export { csvHeader, csvRow } from './report/report-csv.js';
export { type SubjectAtTarget, subjectAtTargets } from './report/targets.js';
export { dispatch } from './work/dispatch.js';
export { type DeadLetter, type DeadLetterPage, listDeadLetters, retry } from './work/dead-letters.js';
export { type Progress, readProgress } from './work/progress.js';
