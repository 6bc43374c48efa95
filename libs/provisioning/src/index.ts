import { ShareOutcomes1790000000440 } from './migrations/share-outcomes.migration.js';
import { AddSimulations1790000000430 } from './migrations/add-simulations.migration.js';
import { AddSafety1790000000410 } from './migrations/add-safety.migration.js';
import { CreateProvisioning1790000000400 } from './migrations/create-provisioning.migration.js';
import { AddNotifications1790000000421 } from './migrations/add-notifications.migration.js';
import { IndexLongOperations1790000000422 } from './migrations/index-long-operations.migration.js';
import { KeepEvidence1790000000420 } from './migrations/keep-evidence.migration.js';
import { RememberWhatWasMade1790000000412 } from './migrations/remember-what-was-made.migration.js';
import { RememberQuarantine1790000000411 } from './migrations/remember-quarantine.migration.js';
import { KeepConnectionVersions1790000000401 } from './migrations/keep-connection-versions.migration.js';

export const provisioningMigrations = [
  CreateProvisioning1790000000400,
  KeepConnectionVersions1790000000401,
  AddSafety1790000000410,
  RememberQuarantine1790000000411,
  RememberWhatWasMade1790000000412,
  KeepEvidence1790000000420,
  AddNotifications1790000000421,
  IndexLongOperations1790000000422,
  AddSimulations1790000000430,
  ShareOutcomes1790000000440,
];
export { pauseConnection, resumeConnection } from './push/pause-connection.js';
export { type ConnectionPace, paceOf } from './connections/connection-pace.js';
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
export {
  listSteps,
  readStep,
  type ScheduledStep,
  type StepFilter,
  stepId,
  type StepPage,
  stepStates,
  UnknownStepCursor,
} from './leavers/read-steps.js';
export { cancelStep, restoreStep, StepNotAsked, StepNotFound } from './leavers/steer-step.js';
export { defaultPolicy, type Policy, type PolicyInput, withDefaults } from './plan/policy.js';
export type { Action, AttributePlan } from './plan/plan.js';
export {
  type Preview,
  type PreviewMembers,
  type PreviewPlan,
  type PreviewStep,
  type PreviewSubject,
} from './preview/preview.js';
export { type PreviewOptions, Previews } from './preview/previews.js';
export { NotProvisionable, provisionOnDemand, type Provisioned } from './preview/provision-on-demand.js';
export { runSimulation } from './simulation/run-simulation.js';
export {
  type SimulatedSubject,
  type Simulation,
  type SimulationResult,
  simulationStates,
  type SimulationState,
} from './simulation/simulation.js';
export { Simulations } from './simulation/simulations.js';
export { SimulationWorker } from './simulation/simulation-worker.js';
export { type ScopeList, scopeLists, type ScopePreview } from './preview/scope-preview.js';
export type { WhatIf } from './preview/what-if.js';
export type { Draft } from './connections/open-connection.js';
export { rulesOf, type Scope, type TypeScope } from './scope/scope.js';
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
export { type Convergence, type Laggard, readConvergence } from './convergence/convergence.js';
export { registerConvergenceMetric } from './convergence/convergence-metric.js';
export { EvidenceModule } from './evidence/evidence.module.js';
export { EvidenceWorker, notifyQueue } from './evidence/evidence.worker.js';
export { Explain, type Explanation } from './explain/explain-user.js';
export { type AccountsPage, type AccountThen, type MemberThen } from './history/accounts-at.js';
export { type Erased, eraseUser, NotErasable } from './history/erase-user.js';
export { History } from './history/history.js';
export { historyProjection } from './history/history.projection.js';
export { type StateAt } from './history/state-at.js';
export { type StateDifferences } from './history/state-differences.js';
export { type KnownSubject, type SubjectKind } from './history/subject.js';
export { type Timeline, type TimelineEntry } from './history/timeline.js';
export { type AlertKind, alertKinds } from './notify/alert-kinds.js';
export { type AlertQuery, type AlertView, listAlerts } from './notify/alerts.js';
export { alertsSubscriber } from './notify/alerts.subscriber.js';
export { type Channel, Channels } from './notify/channels.js';
export { type ChannelType, InvalidChannel } from './notify/check-channel.js';
export { Notifier } from './notify/notifier.js';
export { changeThresholds, readThresholds, type Thresholds } from './notify/thresholds.js';
export { watchCauses } from './notify/watch-causes.js';
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
export { type Cancelled, type KeptDue } from './runs/cancel-run.js';
export { endFinishedRuns, findRun, listRuns, type Run } from './runs/run.js';
export { RunSteering } from './runs/run-steering.js';
export { RunOver } from './runs/steer-run.js';
