import { mapAttributes, type MappedAttributes, referencedIds } from '../mapping/map-attributes.js';
import { type Match, matchKeys } from '../matching/match.js';
import { userInScope } from '../scope/in-scope.js';
import { attributeChanges, initialAttributes, observedAttributes } from './attribute-changes.js';
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
import { refuseMatch } from './refuse-match.js';

export interface Facts {
  now: Date;
  /** Undefined: nobody has looked yet. */
  match?: Match;
  /** The target's ids by hub id, of the referenced objects that exist at the target. */
  remoteIds: ReadonlyMap<string, string>;
}

type Standing = { wanted: 'active' } | { wanted: 'inactive' | Leaving; reason: Reason };

/** What would be done for this user at this connection, and why. */
export function planUser(
  user: UserState | undefined,
  configuration: Configuration,
  target: TargetObject | undefined,
  facts: Facts,
): Plan {
  const standing = userStanding(user, configuration);
  const account = target && (target.state === 'active' || target.state === 'inactive') ? target : undefined;
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
    const text = `${standing.reason.text} The user has no account there, so none is made.`;
    return nothing({ code: 'never-provisioned', text });
  }
  const { mapped, references } = desired(user!, configuration.users, facts);
  if (!facts.match) {
    const keys = matchKeys(configuration.users.matching, user!.resource);
    if (keys.length > 0) return { action: 'match', keys };
  }
  const match = facts.match ?? { kind: 'none' };
  if (match.kind === 'many' || match.kind === 'taken') return refuseMatch('user', match);
  if (match.kind === 'one') return adopt(match, mapped, references, configuration);
  if (!configuration.policy.users.create) return withheld('create');
  return {
    action: 'create',
    reason: { code: 'new', text: 'The user is in scope and has no account there.' },
    changes: initialAttributes(mapped),
    becomes: 'active',
    references,
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
    };
  }
  if (changes.length === 0) return nothing(inLine, references);
  if (!configuration.policy.users.update) return withheld('update', references);
  return {
    action: 'update',
    reason: { code: 'changed', text: 'Values differ from what was last written there.' },
    changes,
    becomes: 'active',
    references,
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
  if (deleteAt <= now) {
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
      nextDueAt: deleteAt,
      references: noReferences,
    };
  }
  const waiting: Reason = {
    code: reason.code,
    text: `${reason.text} The account is deleted after ${deleteAt.toISOString()}.`,
  };
  return { action: 'none', reason: waiting, leavingSince, nextDueAt: deleteAt, references: noReferences };
}

function desired(user: UserState, mapping: CompiledMapping, { remoteIds }: Facts) {
  const mapped = mapAttributes(mapping.attributes, user.resource, remoteIds);
  const active = activeAttribute(mapping);
  // The hub's own word for "active" counts: a source may never have sent the attribute.
  if (active !== undefined) mapped.values.set(active, { value: user.active, apply: 'always' });
  const references: ReferencePlan = {
    all: referencedIds(mapping.attributes, user.resource),
    parked: [...new Set(mapped.parked.map(({ subjectId }) => subjectId))],
  };
  return { mapped, references };
}

function activeAttribute(mapping: CompiledMapping): string | undefined {
  return mapping.attributes.find(({ source }) => source === 'active')?.target;
}

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
