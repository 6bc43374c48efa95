import { mapAttributes, type MappedAttributes, referencedIds } from '../mapping/map-attributes.js';
import { matchKeys, type Match } from '../matching/match.js';
import { userInScope } from '../scope/in-scope.js';
import { attributeChanges, initialAttributes, observedAttributes } from './attribute-changes.js';
import type { Facts } from './facts.js';
import { guard } from './guard.js';
import type {
  AttributePlan,
  CompiledMapping,
  Configuration,
  Plan,
  Reason,
  ReferencePlan,
  TargetObject,
  UserState,
} from './plan.js';
import { noReferences } from './plan.js';
import { inLine, nothing, withheld } from './plan-nothing.js';
import type { Leaving } from './policy.js';
import { refuseMapping } from './refuse-mapping.js';
import { refuseMatch } from './refuse-match.js';
import { withUniqueValues } from './unique-values.js';

type Standing = { wanted: 'active' } | { wanted: 'inactive' | Leaving; reason: Reason };

/**
 * What would be done for this user at this connection, and why.
 * @param facts with the results of the mapping's expressions, where it has some
 */
export function planUser(
  user: UserState | undefined,
  configuration: Configuration,
  target: TargetObject | undefined,
  facts: Facts,
): Plan {
  const account = target && (target.state === 'active' || target.state === 'inactive') ? target : undefined;
  const plan = planUnguarded(user, configuration, account, facts);
  return guard('user', plan, user?.id, account, configuration.users, facts);
}

function planUnguarded(
  user: UserState | undefined,
  configuration: Configuration,
  account: TargetObject | undefined,
  facts: Facts,
): Plan {
  const standing = userStanding(user, configuration);
  if (!account) return withoutAccount(user, standing, configuration, facts);
  if (standing.wanted === 'active') return keepInLine(user!, account, configuration, facts);
  if (standing.wanted === 'keep') {
    return nothing({ code: 'kept', text: `${standing.reason.text} The account is kept as it is.` });
  }
  if (standing.wanted === 'delete') return leave(user, account, standing.reason, configuration, facts);
  return deactivate(user, account, standing.reason, configuration, facts);
}

function userStanding(user: UserState | undefined, { scope, policy }: Configuration): Standing {
  const { onDeletedAtSource, onOutOfScope, onDeactivated } = policy.users;
  if (!user || user.deletedAt) {
    return {
      wanted: onDeletedAtSource,
      reason: { code: 'deleted-at-source', text: 'The user was deleted at the source.' },
    };
  }
  const answer = userInScope(scope, user.search, user.memberOf);
  if (!answer.inScope) return { wanted: onOutOfScope, reason: { code: 'out-of-scope', text: answer.reason } };
  if (!user.active) {
    const reason: Reason = { code: 'inactive-at-source', text: 'The user is not active at the source.' };
    return { wanted: onDeactivated === 'keep' ? 'keep' : 'inactive', reason };
  }
  return { wanted: 'active' };
}

function withoutAccount(
  user: UserState | undefined,
  standing: Standing,
  configuration: Configuration,
  facts: Facts,
): Plan {
  if (standing.wanted !== 'active') {
    const unseen =
      facts.mayExist && standing.wanted !== 'keep' && madeUnseen(user, standing.reason, configuration, facts);
    if (unseen) return unseen;
    const text = `${standing.reason.text} The user has no account there, so none is made.`;
    return nothing({ code: 'never-provisioned', text });
  }
  const { mapped, references } = desired(user!, configuration.users, facts);
  if (!facts.match) {
    const { matching, type } = configuration.users;
    const { keys, problem } = matchKeys(matching, user!.resource, type, facts.expressions);
    if (problem) return refuseMapping('user', [problem], 'create', references);
    if (keys.length > 0) return { action: 'match', keys };
  }
  const match = facts.match ?? { kind: 'none' };
  if (match.kind === 'many' || match.kind === 'taken') return refuseMatch('user', match);
  if (match.kind === 'one') return adopt(match, mapped, references, configuration);
  if (!configuration.policy.users.create) return withheld('create');
  if (mapped.problems.length > 0) return refuseMapping('user', mapped.problems, 'create', references);
  return withUniqueValues(mapped, configuration.users.protection, facts, (whole) => ({
    action: 'create',
    reason: { code: 'new', text: 'The user is in scope and has no account there.' },
    changes: initialAttributes(whole),
    becomes: 'active',
    references,
  }));
}

/** What an attempt may have made that nobody heard of is taken over, so that the next plan can take it away. */
function madeUnseen(
  user: UserState | undefined,
  reason: Reason,
  { users }: Configuration,
  facts: Facts,
): Plan | undefined {
  if (!user) return undefined;
  const { match, now } = facts;
  if (!match) {
    const { keys } = matchKeys(users.matching, user.resource, users.type, facts.expressions);
    return keys.length > 0 ? { action: 'match', keys } : undefined;
  }
  if (match.kind !== 'one' || match.leaver !== undefined) return undefined;
  const { object } = match;
  const active = activeAttribute(users);
  const observed = observedAttributes(desired(user, users, facts).mapped, object.attributes);
  if (active !== undefined && object.active !== undefined) observed[active] = object.active;
  return {
    action: 'adopt',
    reason: {
      code: reason.code,
      text: `${reason.text} An attempt that was not answered has made the account.`,
    },
    remoteId: object.id,
    observed,
    changes: [],
    becomes: active !== undefined && observed[active] === false ? 'inactive' : 'active',
    nextDueAt: now,
    references: noReferences,
  };
}

const found: Reason = {
  code: 'found-at-target',
  text: 'An account of this user exists there and is taken over.',
};
const returned: Reason = {
  code: 'leaver-returned',
  text: 'The account of a leaver matches: a user was deleted at the source and made anew. It is taken over.',
};

function adopt(
  { object, leaver }: Extract<Match, { kind: 'one' }>,
  mapped: MappedAttributes,
  references: ReferencePlan,
  { users, policy }: Configuration,
): Plan {
  const observed = observedAttributes(mapped, object.attributes);
  const active = activeAttribute(users);
  if (active !== undefined && object.active !== undefined) observed[active] = object.active;
  const inactive = active !== undefined && observed[active] === false;
  return {
    action: 'adopt',
    reason: leaver ? returned : found,
    remoteId: object.id,
    ...(leaver && { takenFrom: leaver }),
    observed,
    changes: policy.users.update ? attributeChanges(mapped, observed) : [],
    becomes: inactive && !policy.users.update ? 'inactive' : 'active',
    references,
    ...problemsOf(mapped),
  };
}

function keepInLine(
  user: UserState,
  account: TargetObject,
  configuration: Configuration,
  facts: Facts,
): Plan {
  const { mapped, references } = desired(user, configuration.users, facts);
  const changes = attributeChanges(mapped, account.written);
  const active = activeAttribute(configuration.users);
  if (account.state === 'inactive' && active !== undefined) {
    if (!configuration.policy.users.update) return withheld('reactivate', references);
    return {
      action: 'reactivate',
      reason: { code: 'active-at-source', text: 'The user is active and in scope again.' },
      changes: withActive(changes, active, true),
      becomes: 'active',
      references,
      ...problemsOf(mapped),
    };
  }
  if (changes.length === 0) {
    if (mapped.problems.length === 0) return nothing(inLine, references);
    return refuseMapping('user', mapped.problems, 'update', references);
  }
  if (!configuration.policy.users.update) return withheld('update', references);
  return {
    action: 'update',
    reason: { code: 'changed', text: 'Values differ from what was last written there.' },
    changes,
    becomes: 'active',
    references,
    ...problemsOf(mapped),
  };
}

/** A user who is inactive but still known and in scope is kept in line; a leaver only loses access. */
function deactivate(
  user: UserState | undefined,
  account: TargetObject,
  reason: Reason,
  configuration: Configuration,
  facts: Facts,
): Plan {
  const stillOurs = reason.code === 'inactive-at-source';
  const { mapped, references } = stillOurs
    ? desired(user!, configuration.users, facts)
    : { mapped: undefined, references: noReferences };
  const active = activeAttribute(configuration.users);
  if (active === undefined) return noActiveAttribute(reason);
  const updates =
    mapped && configuration.policy.users.update
      ? attributeChanges(mapped, account.written).filter(({ attribute }) => attribute !== active)
      : [];
  if (account.state === 'active') {
    if (!configuration.policy.users.deactivate) return withheld('deactivate', references);
    return {
      action: 'deactivate',
      reason,
      changes: withActive(updates, active, false),
      becomes: 'inactive',
      references,
    };
  }
  if (updates.length === 0) return nothing(inLine, references);
  return {
    action: 'update',
    reason: { code: 'changed', text: 'Values differ from what was last written there.' },
    changes: updates,
    becomes: 'inactive',
    references,
  };
}

function leave(
  user: UserState | undefined,
  account: TargetObject,
  reason: Reason,
  configuration: Configuration,
  { now }: Facts,
): Plan {
  const { users: policy } = configuration.policy;
  const leavingSince = account.leavingSince ?? user?.deletedAt ?? now;
  const deleteAt = new Date(leavingSince.getTime() + policy.deleteAfterHours * 3_600_000);
  const active = activeAttribute(configuration.users);
  if (deleteAt <= now && !account.kept) {
    if (!policy.delete) return withheld('delete');
    return { action: 'delete', reason, changes: [], becomes: 'deleted', references: noReferences };
  }
  if (account.state === 'active' && active !== undefined && policy.deactivate) {
    const changes = withActive([], active, false);
    return {
      action: 'deactivate',
      reason,
      changes,
      becomes: 'inactive',
      leavingSince,
      ...(!account.kept && { nextDueAt: deleteAt }),
      references: noReferences,
    };
  }
  if (account.kept) {
    const note = account.kept.note ? `: ${account.kept.note}` : '.';
    const text = `${reason.text} An administrator has cancelled the deletion of the account${note}`;
    return { action: 'none', reason: { code: 'kept', text }, leavingSince, references: noReferences };
  }
  const waiting: Reason = {
    code: reason.code,
    text: `${reason.text} The account is deleted after ${deleteAt.toISOString()}.`,
  };
  return { action: 'none', reason: waiting, leavingSince, nextDueAt: deleteAt, references: noReferences };
}

function desired(user: UserState, mapping: CompiledMapping, { remoteIds, expressions }: Facts) {
  const mapped = mapAttributes(mapping.attributes, user.resource, remoteIds, mapping.type, expressions);
  const active = activeAttribute(mapping);
  // The hub's own word for "active" counts: a source may never have sent the attribute.
  if (active !== undefined) mapped.values.set(active, { value: user.active, apply: 'always' });
  const references: ReferencePlan = {
    all: referencedIds(mapping.attributes, user.resource, mapping.type),
    parked: [...new Set(mapped.parked.map(({ subjectId }) => subjectId))],
  };
  return { mapped, references };
}

const problemsOf = ({ problems }: MappedAttributes) => problems.length > 0 && { problems };

function activeAttribute(mapping: CompiledMapping): string | undefined {
  return mapping.attributes.find(({ source }) => source === 'active')?.target;
}

/** The last change gives or takes access. */
function withActive(changes: AttributePlan[], attribute: string, to: boolean): AttributePlan[] {
  return [...changes.filter((change) => change.attribute !== attribute), { attribute, from: !to, to }];
}

function noActiveAttribute(reason: Reason): Plan {
  return {
    action: 'none',
    withheld: 'deactivate',
    reason: {
      code: 'no-active-attribute',
      text: `${reason.text} The account cannot be deactivated: map the source "active" to an attribute of the target.`,
    },
    references: noReferences,
  };
}
