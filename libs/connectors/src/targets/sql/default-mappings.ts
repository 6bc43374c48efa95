import { enterpriseUserSchema } from '@rollcall/scim';
import type { AttributeMapping, Mappings } from '../../contract.js';

const to = (source: string, target: string): AttributeMapping => ({ source, target, apply: 'always' });

/** The columns of the example in docs/connectors/sql.md. Saving a connection says which of them a table lacks. */
export const defaultMappings: Mappings = {
  users: {
    matching: [{ source: 'userName', target: 'user_name' }],
    attributes: [
      to('userName', 'user_name'),
      { ...to('active', 'active'), default: true },
      to('name.givenName', 'given_name'),
      to('name.familyName', 'family_name'),
      to('displayName', 'display_name'),
      to('emails[type eq "work"].value', 'email'),
      to('title', 'title'),
      to(`${enterpriseUserSchema.id}:department`, 'department'),
    ],
  },
  groups: {
    matching: [{ source: 'displayName', target: 'name' }],
    attributes: [to('displayName', 'name')],
  },
};

/** Accounts that cannot be disabled have no "active". */
export function defaultMappingsWith(canDisable: boolean, groups: boolean): Mappings {
  const { users } = defaultMappings;
  return {
    users: {
      matching: users.matching,
      attributes: users.attributes.filter(({ target }) => target !== 'active' || canDisable),
    },
    ...(groups && { groups: defaultMappings.groups }),
  };
}

/** How mappings begin for statements: with the attributes they take. */
export function mappingsFor(
  { users, groups }: Mappings,
  takes: { user: Set<string>; group: Set<string> },
  finds: { user: string[]; group: string[] },
): Mappings {
  const taken = (lines: AttributeMapping[], names: Set<string>) =>
    lines.filter(({ target }) => target === 'active' || names.has(target));
  const matching = (key: string | undefined, source: string) =>
    key === undefined ? [] : [{ source, target: key }];
  return {
    users: {
      matching: matching(finds.user[0], 'userName'),
      attributes: taken(users.attributes, takes.user),
    },
    ...(groups && {
      groups: {
        matching: matching(finds.group[0], 'displayName'),
        attributes: taken(groups.attributes, takes.group),
      },
    }),
  };
}
