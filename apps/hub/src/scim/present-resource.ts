import type { GroupState, Member, UserState } from '@rollcall/directory';
import type { GroupOfUser } from '@rollcall/read-model';
import { groupType, type ResourceType, shownAttributes } from '@rollcall/scim';

/** A user as SCIM shows it: schemas, id, what was stored, the user's groups, meta. */
export function presentUser(
  user: UserState,
  type: ResourceType,
  baseUrl: string,
  groups?: GroupOfUser[],
): Record<string, unknown> {
  const resource = present(user, type, baseUrl);
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
  type: ResourceType,
  baseUrl: string,
  members?: Iterable<Member>,
): Record<string, unknown> {
  const resource = present(group, type, baseUrl);
  if (members) {
    resource.members = Array.from(members, ({ id, type: memberType }) => ({
      value: id,
      type: memberType,
      $ref: `${baseUrl}/${memberType}s/${id}`,
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
  const attributes = shownAttributes(state.attributes, type);
  // Sorted: events and tables hold the same attributes in different orders.
  const extensions = Object.keys(attributes)
    .filter((name) => name.startsWith('urn:'))
    .sort();
  return {
    schemas: [type.schema.id, ...extensions],
    id: state.id,
    ...attributes,
    meta: {
      resourceType: type.name,
      created: state.createdAt,
      lastModified: state.lastModified,
      location: locationOf(type, state.id, baseUrl),
      version: etag(state),
    },
  };
}
