import { AddSafety1790000000410 } from './migrations/add-safety.migration.js';
import { CreateProvisioning1790000000400 } from './migrations/create-provisioning.migration.js';
import { AddNotifications1790000000421 } from './migrations/add-notifications.migration.js';
import { KeepEvidence1790000000420 } from './migrations/keep-evidence.migration.js';
import { RememberQuarantine1790000000411 } from './migrations/remember-quarantine.migration.js';
import { KeepConnectionVersions1790000000401 } from './migrations/keep-connection-versions.migration.js';

export const provisioningMigrations = [
  CreateProvisioning1790000000400,
  KeepConnectionVersions1790000000401,
  AddSafety1790000000410,
  RememberQuarantine1790000000411,
  KeepEvidence1790000000420,
  AddNotifications1790000000421,
];
export { pauseConnection, resumeConnection } from './push/pause-connection.js';
export { ConnectionEntity, type ConnectionState } from './connections/connection.entity.js';
export {
  ConnectionNameTaken,
  ConnectionNotFound,
  type FieldError,
  InvalidConnection,
  VersionNotFound,
} from './connections/connection.errors.js';
export type { ConnectionDocument } from './connections/connection-document.js';
export { ConnectionTransfer } from './connections/connection-transfer.js';
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
export {
  connectionEvent,
  type ConnectionEvent,
  connectionStream,
  type HoldCause,
  type HoldDecided,
  type HoldOpened,
} from './guard/connection.events.js';
export { decideHold, type HoldDecision } from './guard/decide-hold.js';
export { HoldNotFound, NotInHold } from './guard/holds.errors.js';
export {
  type Hold,
  type HoldItem,
  holdItemStates,
  holdStates,
  listHoldItems,
  listHolds,
  type Paged,
  readHold,
} from './guard/read-holds.js';
export { defaultPolicy, type Policy, type PolicyInput, withDefaults } from './plan/policy.js';
export type { Action } from './plan/plan.js';
export type { Scope } from './scope/scope.js';
export { ProvisioningModule, ProvisioningWorker } from './provisioning.module.js';
export { PushEngine } from './push/push-engine.js';
export { operationsProjection } from './report/operations.projection.js';
export { type ReportItem, type ReportPage, readReport, wholeReport } from './report/provisioning-report.js';
export { type OperationDetail, readOperation } from './report/read-operation.js';
export {
  reportActions,
  type ReportFilter,
  reportStatuses,
  UnknownCursor,
} from './report/report-conditions.js';
export { csvHeader, csvRow } from './report/report-csv.js';
export { type SubjectAtTarget, subjectAtTargets } from './report/targets.js';
export { dispatch } from './work/dispatch.js';
export {
  type DeadLetter,
  type DeadLetterGroup,
  type DeadLetterPage,
  groupDeadLetters,
  listDeadLetters,
  retry,
} from './work/dead-letters.js';
export { type Progress, readProgress } from './work/progress.js';
export { cancelRun, type Cancelled, type KeptDue } from './runs/cancel-run.js';
export { endFinishedRuns, findRun, listRuns, type Run } from './runs/run.js';
export { pauseRun, resumeRun, RunOver } from './runs/steer-run.js';
