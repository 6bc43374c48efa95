import type { SubjectType } from '../../contract.js';
import { parseAttributePath } from './user-attributes.js';

/** Fields of users.list that test for equality: https://developers.google.com/workspace/admin/directory/v1/guides/search-users */
const userFields: Record<string, string> = {
  primaryEmail: 'email',
  'name.givenName': 'givenName',
  'name.familyName': 'familyName',
  orgUnitPath: 'orgUnitPath',
  'externalIds.value': 'externalId',
  'phones.value': 'phone',
  'ims.im': 'im',
  'organizations.name': 'orgName',
  'organizations.title': 'orgTitle',
  'organizations.department': 'orgDepartment',
  'organizations.description': 'orgDescription',
  'organizations.costCenter': 'orgCostCenter',
};

/** Those of groups.list: https://developers.google.com/workspace/admin/directory/v1/guides/search-groups */
const groupFields: Record<string, string> = { email: 'email', name: 'name' };

/** The query that finds objects by this attribute; undefined where Google cannot search by it. */
export function searchQuery(type: SubjectType, attribute: string, value: string): string | undefined {
  const field = fieldOf(type, attribute);
  return field === undefined ? undefined : `${field}=${quoted(value)}`;
}

function fieldOf(type: SubjectType, attribute: string): string | undefined {
  const path = parseAttributePath(type, attribute);
  if (type === 'group') return groupFields[attribute];
  if (path.kind === 'custom') return `${path.schema}.${path.field}`;
  if (path.kind === 'element') return userFields[`${path.attribute}.${path.sub}`];
  return userFields[attribute];
}

/** Between single quotes, which are themselves written \'. */
export const quoted = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
