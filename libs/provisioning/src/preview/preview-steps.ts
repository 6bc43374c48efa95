import type { WireCall } from '@rollcall/connectors';
import type { OpenConnection } from '../connections/open-connection.js';
import { triedMapping } from '../connections/try-mappings.js';
import { isQuestion, type Plan } from '../plan/plan.js';
import type { LoadedGroup, LoadedUser } from '../push/load-subjects.js';
import type { Planner } from '../push/planner.js';
import { redactChanges, secretsOf } from '../report/redact-operation.js';
import { groupInScope, userInScope } from '../scope/in-scope.js';
import type { PreviewPlan, PreviewStep } from './preview.js';
import type { Changed } from './what-if.js';

export type Loaded = LoadedUser | LoadedGroup;

export interface Asked {
  plan: Plan;
  keys: { attribute: string; value: string }[];
  reads: WireCall[];
  /** Why the target could not be asked. */
  unreachable?: string;
}

export function planView(plan: Plan, secrets: ReturnType<typeof secretsOf>): PreviewPlan {
  const references = 'references' in plan ? plan.references : undefined;
  const waitsFor = references?.parked ?? [];
  if (isQuestion(plan)) throw new Error('A preview answers every question');
  if (plan.action === 'refuse') {
    const { code, message, remedy, attribute, intended } = plan;
    const problems = attribute === undefined ? [] : [{ attribute, message }];
    return {
      action: 'refuse',
      code,
      reason: message,
      remedy,
      withheld: intended,
      changes: [],
      waitsFor,
      problems,
    };
  }
  const base = {
    action: plan.action,
    code: plan.reason.code,
    reason: plan.reason.text,
    waitsFor,
    ...(plan.nextDueAt && { nextDueAt: plan.nextDueAt }),
  };
  if (plan.action === 'none') {
    return { ...base, ...(plan.withheld && { withheld: plan.withheld }), changes: [], problems: [] };
  }
  return {
    ...base,
    changes: redactChanges(plan.changes, secrets),
    ...(plan.remoteId !== undefined && { remoteId: plan.remoteId }),
    problems: plan.problems ?? [],
  };
}

export function stepsOf(
  { configuration }: OpenConnection,
  loaded: Loaded,
  {
    planner,
    remoteIds,
    plan,
    keys,
    unreachable,
    changed,
  }: Asked & {
    planner: Planner;
    remoteIds: ReadonlyMap<string, string>;
    changed: Changed | undefined;
  },
): PreviewStep[] {
  const subject = loaded.type === 'user' ? loaded.user : loaded.group;
  const thing = loaded.type;
  const mapping = thing === 'user' ? configuration.users : configuration.groups;
  const secrets = secretsOf(mapping);
  const steps: PreviewStep[] = [];
  const gone = !subject || subject.deletedAt !== undefined;
  steps.push({
    step: 'import',
    status: gone ? 'stopped' : 'passed',
    text: gone
      ? `The ${thing} was deleted at the source.`
      : changed
        ? `The ${thing} as the question has it.`
        : `The ${thing} as the directory has it.`,
    ...(subject && { attributes: subject.resource }),
  });
  const answer =
    loaded.type === 'user'
      ? loaded.user && userInScope(configuration.scope, loaded.user.search, loaded.user.memberOf)
      : loaded.group && groupInScope(configuration.scope, loaded.group.id, loaded.group.search);
  steps.push(
    answer && !gone
      ? {
          step: 'scope',
          status: answer.inScope ? 'passed' : 'stopped',
          text: answer.inScope ? `The ${thing} is in scope.` : answer.reason,
        }
      : { step: 'scope', status: 'skipped', text: `Who is deleted is in no scope.` },
  );
  steps.push(matchStep(loaded, plan, keys, unreachable));
  if (subject && mapping) {
    const { attributes } = triedMapping(mapping, subject.resource, remoteIds, planner.evaluated);
    const failing = attributes.filter(({ error }) => error !== undefined).length;
    steps.push({
      step: 'map',
      status: failing > 0 ? 'failed' : 'passed',
      text:
        failing > 0
          ? `${failing} of ${attributes.length} lines of the mapping fail.`
          : `${attributes.length} lines of the mapping were worked out.`,
      mapped: attributes.map((line) =>
        secrets.has(line.target) && line.value !== undefined
          ? { ...line, value: '(secret: not kept)' }
          : line,
      ),
    });
  } else {
    steps.push({ step: 'map', status: 'skipped', text: `There is nothing to map.` });
  }
  const { action, reason } = planView(plan, secrets);
  const status = action === 'refuse' ? 'failed' : action === 'none' ? 'stopped' : 'passed';
  steps.push({ step: 'plan', status, text: reason });
  return steps;
}

function matchStep(
  { target }: Loaded,
  plan: Plan,
  keys: { attribute: string; value: string }[],
  unreachable: string | undefined,
): PreviewStep {
  const known = target && (target.state === 'active' || target.state === 'inactive');
  if (unreachable !== undefined) {
    return {
      step: 'match',
      status: 'failed',
      text: `The target could not be asked, so nobody is taken to be there: ${unreachable}`,
      keys,
    };
  }
  if (known && keys.length === 0) {
    return {
      step: 'match',
      status: 'passed',
      text: 'The account is known already.',
      remoteId: target.remoteId,
    };
  }
  if (keys.length === 0) return { step: 'match', status: 'skipped', text: 'Nobody has to be looked for.' };
  if (plan.action === 'adopt') {
    return { step: 'match', status: 'passed', text: plan.reason.text, keys, remoteId: plan.remoteId };
  }
  if (plan.action === 'refuse') return { step: 'match', status: 'failed', text: plan.message, keys };
  return { step: 'match', status: 'passed', text: 'Nobody there has these values.', keys };
}
