import { claimable, groupNameClaim } from './claims.js';
import { type Decision, nothing } from './decision.js';
import type { GroupEvent, Member } from './group.events.js';
import type { GroupState } from './group.evolve.js';
import { type Attributes, differenceOf } from './resource-attributes.js';

export function createGroup(attributes: Attributes, members: Member[]): Decision<GroupEvent> {
  return {
    events: [
      { type: 'group.created', payload: { attributes } },
      ...membershipEvents({ added: members, removed: [] }),
    ],
    claims: [claimable('displayName', groupNameClaim(String(attributes.displayName)))],
    releases: [],
  };
}

export interface MembershipDelta {
  added: Member[];
  removed: Member[];
}

export function changeGroup(
  state: GroupState,
  attributes: Attributes,
  membership: MembershipDelta,
): Decision<GroupEvent> {
  const { set, removed } = differenceOf(state.attributes, attributes);
  const events: GroupEvent[] = [];
  if (Object.keys(set).length > 0 || removed.length > 0) {
    events.push({ type: 'group.updated', payload: { set, removed } });
  }
  events.push(...membershipEvents(membership));
  const before = groupNameClaim(String(state.attributes.displayName));
  const after = groupNameClaim(String(attributes.displayName));
  const renamed = before.key !== after.key;
  return {
    events,
    claims: renamed ? [claimable('displayName', after)] : [],
    releases: renamed ? [before] : [],
  };
}

export function deleteGroup(state: GroupState): Decision<GroupEvent> {
  if (state.deleted) return nothing();
  return {
    events: [{ type: 'group.deleted', payload: {} }],
    claims: [],
    releases: [groupNameClaim(String(state.attributes.displayName))],
  };
}

/** One event stays of a readable size however many members a request names. */
const membersPerEvent = 1000;

function membershipEvents({ added, removed }: MembershipDelta): GroupEvent[] {
  return [
    ...chunks(removed).map((members): GroupEvent => ({
      type: 'group.members-removed',
      payload: { members },
    })),
    ...chunks(added).map((members): GroupEvent => ({ type: 'group.members-added', payload: { members } })),
  ];
}

function chunks(members: Member[]): Member[][] {
  const result: Member[][] = [];
  for (let at = 0; at < members.length; at += membersPerEvent)
    result.push(members.slice(at, at + membersPerEvent));
  return result;
}
