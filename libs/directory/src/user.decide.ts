import { claimable, userNameClaim } from './claims.js';
import { type Decision, nothing } from './decision.js';
import { type Attributes, differenceOf } from './resource-attributes.js';
import type { UserEvent } from './user.events.js';
import type { UserState } from './user.evolve.js';

export function createUser(attributes: Attributes): Decision<UserEvent> {
  const complete = { active: true, ...attributes };
  return {
    events: [{ type: 'user.created', payload: { attributes: complete } }],
    claims: [claimable('userName', userNameClaim(String(attributes.userName)))],
    releases: [],
  };
}

/** The user shall have exactly these attributes. Deactivation and reactivation are facts of their own. */
export function changeUser(state: UserState, attributes: Attributes): Decision<UserEvent> {
  const wanted: Attributes = { active: state.attributes.active, ...attributes };
  const { set, removed } = differenceOf(state.attributes, wanted);
  const events: UserEvent[] = [];
  if ('active' in set) {
    events.push({ type: set.active === false ? 'user.deactivated' : 'user.reactivated', payload: {} });
    delete set.active;
  }
  if (Object.keys(set).length > 0 || removed.length > 0) {
    events.push({ type: 'user.updated', payload: { set, removed } });
  }
  const before = userNameClaim(String(state.attributes.userName));
  const after = userNameClaim(String(wanted.userName));
  const renamed = before.key !== after.key;
  return { events, claims: renamed ? [claimable('userName', after)] : [], releases: renamed ? [before] : [] };
}

export function deleteUser(state: UserState): Decision<UserEvent> {
  if (state.deleted) return nothing();
  return {
    events: [{ type: 'user.deleted', payload: {} }],
    claims: [],
    releases: [userNameClaim(String(state.attributes.userName))],
  };
}
