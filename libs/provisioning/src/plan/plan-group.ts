import { mapAttributes, type MappedAttributes } from '../mapping/map-attributes.js';
import { matchKeys } from '../matching/match.js';
import { groupInScope } from '../scope/in-scope.js';
import { attributeChanges, initialAttributes, observedAttributes } from './attribute-changes.js';
import type { Facts } from './facts.js';
import { guard } from './guard.js';
import type { CompiledMapping, Configuration, GroupState, Plan, Reason, TargetObject } from './plan.js';
import { noReferences } from './plan.js';
import { inLine, nothing, withheld } from './plan-nothing.js';
import { refuseMapping } from './refuse-mapping.js';
import { refuseMatch } from './refuse-match.js';
import { withUniqueValues } from './unique-values.js';

/** What would be done for the group itself. Its members are planned apart, by what changed of them. */
export function planGroup(
  group: GroupState | undefined,
  configuration: Configuration,
  target: TargetObject | undefined,
  facts: Facts,
): Plan {
  const account = target?.state === 'active' ? target : undefined;
  const plan = planUnguarded(group, configuration, account, facts);
  return configuration.groups ? guard('group', plan, group?.id, account, configuration.groups, facts) : plan;
}

function planUnguarded(
  group: GroupState | undefined,
  configuration: Configuration,
  account: TargetObject | undefined,
  facts: Facts,
): Plan {
  const { groups: mapping, policy, scope } = configuration;
  if (!mapping || !policy.groups.enabled) {
    return nothing({ code: 'groups-off', text: 'Groups are switched off for this connection.' });
  }
  if (!group || group.deletedAt) {
    const reason: Reason = { code: 'deleted-at-source', text: 'The group was deleted at the source.' };
    return leave(account, policy.groups.onDeletedAtSource, reason, policy.groups.delete);
  }
  const answer = groupInScope(scope, group.id, group.search);
  if (!answer.inScope) {
    const reason: Reason = { code: 'out-of-scope', text: answer.reason };
    return leave(account, policy.groups.onOutOfScope, reason, policy.groups.delete);
  }
  const { remoteIds, expressions } = facts;
  const mapped = mapAttributes(mapping.attributes, group.resource, remoteIds, mapping.type, expressions);
  if (!account) return withoutObject(group, mapping, mapped, configuration, facts);
  const changes = attributeChanges(mapped, account.written);
  if (changes.length === 0) {
    if (mapped.problems.length === 0) return nothing(inLine);
    return refuseMapping('group', mapped.problems, 'update', noReferences);
  }
  if (!policy.groups.update) return withheld('update');
  const reason: Reason = { code: 'changed', text: 'Values differ from what was last written there.' };
  return {
    action: 'update',
    reason,
    changes,
    becomes: 'active',
    references: noReferences,
    ...(mapped.problems.length > 0 && { problems: mapped.problems }),
  };
}

function withoutObject(
  group: GroupState,
  mapping: CompiledMapping,
  mapped: MappedAttributes,
  { policy }: Configuration,
  facts: Facts,
): Plan {
  const { match } = facts;
  if (!match) {
    const { keys, problem } = matchKeys(mapping.matching, group.resource, mapping.type, facts.expressions);
    if (problem) return refuseMapping('group', [problem], 'create', noReferences);
    if (keys.length > 0) return { action: 'match', keys };
  }
  if (match?.kind === 'many' || match?.kind === 'taken') return refuseMatch('group', match);
  if (match?.kind === 'one') {
    const observed = observedAttributes(mapped, match.object.attributes);
    return {
      action: 'adopt',
      reason: { code: 'found-at-target', text: 'This group exists there and is taken over.' },
      remoteId: match.object.id,
      observed,
      changes: policy.groups.update ? attributeChanges(mapped, observed) : [],
      becomes: 'active',
      references: noReferences,
      ...(mapped.problems.length > 0 && { problems: mapped.problems }),
    };
  }
  if (!policy.groups.create) return withheld('create');
  if (mapped.problems.length > 0) return refuseMapping('group', mapped.problems, 'create', noReferences);
  return withUniqueValues(mapped, mapping.protection, facts, (whole) => ({
    action: 'create',
    reason: { code: 'new', text: 'The group is in scope and is not there.' },
    changes: initialAttributes(whole),
    becomes: 'active',
    references: noReferences,
  }));
}

function leave(
  account: TargetObject | undefined,
  wanted: 'delete' | 'keep',
  reason: Reason,
  mayDelete: boolean,
): Plan {
  if (!account)
    return nothing({
      code: 'never-provisioned',
      text: `${reason.text} It is not there, so nothing is made.`,
    });
  if (wanted === 'keep') return nothing({ code: 'kept', text: `${reason.text} It is kept at the target.` });
  if (account.origin === 'adopted') {
    const text = `${reason.text} It was there before the hub, so it stays, without the members the hub added.`;
    return { action: 'none', reason: { code: 'kept', text }, letGo: true, references: noReferences };
  }
  if (!mayDelete) return withheld('delete');
  return { action: 'delete', reason, changes: [], becomes: 'deleted', references: noReferences };
}
