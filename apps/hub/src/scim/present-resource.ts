import type { GroupState, Member, UserState } from '@rollcall/directory';
import type { GroupOfUser } from '@rollcall/read-model';
import { groupType, type ResourceType, userType } from '@rollcall/scim';

/** A user as SCIM shows it: schemas, id, what was stored, the user's groups, meta. */
export function presentUser(
  user: UserState,
  baseUrl: string,
  groups?: GroupOfUser[],
): Record<string, unknown> {
  const resource = present(user, userType, baseUrl);
  if (groups?.length) {
    resource.groups = groups.map(({ id, displayName, direct }) => ({
      value: id,
      $ref: locationOf(groupType, id, baseUrl),
      display: displayName,
      type: direct ? 'direct' : 'indirect',
    }));
  }
  return resource;
}

export function presentGroup(
  group: GroupState,
  baseUrl: string,
  members?: Iterable<Member>,
): Record<string, unknown> {
  const resource = present(group, groupType, baseUrl);
  if (members) {
    resource.members = Array.from(members, ({ id, type }) => ({
      value: id,
      type,
      $ref: `${baseUrl}/${type}s/${id}`,
    }));
  }
  return resource;
}

export function etag(state: { version: number }): string {
  return `W/"${state.version}"`;
}

export function locationOf(type: ResourceType, id: string, baseUrl: string): string {
  return `${baseUrl}${type.endpoint}/${id}`;
}

function present(
  state: UserState | GroupState,
  type: ResourceType,
  baseUrl: string,
): Record<string, unknown> {
  // Sorted: events and tables hold the same attributes in different orders.
  const extensions = Object.keys(state.attributes)
    .filter((name) => name.startsWith('urn:'))
    .sort();
  return {
    schemas: [type.schema.id, ...extensions],
    id: state.id,
    ...state.attributes,
    meta: {
      resourceType: type.name,
      created: state.createdAt,
      lastModified: state.lastModified,
      location: locationOf(type, state.id, baseUrl),
      version: etag(state),
    },
  };
}
