import { ApiError } from './api-error.js';
import type { Json } from './account.js';

const clause = /^\s*([A-Za-z][\w.-]*)(=|:)('(?:[^'\\]|\\.)*'|[^\s']+)/;

/** Clauses joined by "and": email, externalId, orgUnitPath, isSuspended, names, organizations, custom fields. */
export function matchesQuery(user: Json, query: string): boolean {
  let rest = query;
  let matches = true;
  while (rest.trim() !== '') {
    const found = clause.exec(rest);
    if (!found) throw new ApiError(400, 'invalid', 'Invalid Input: query');
    const [whole, field, operator, text] = found as unknown as [string, string, string, string];
    matches &&= matchesClause(user, field, operator, unquoted(text));
    rest = rest.slice(whole.length);
  }
  return matches;
}

const unquoted = (text: string): string =>
  text.startsWith("'") ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;

function matchesClause(user: Json, field: string, operator: string, value: string): boolean {
  const there = valuesOf(user, field).map((each) => String(each).toLowerCase());
  const wanted = value.toLowerCase();
  if (operator === '=') return there.includes(wanted);
  if (wanted.endsWith('*')) return there.some((each) => each.startsWith(wanted.slice(0, -1)));
  return there.some((each) => each.includes(wanted));
}

function valuesOf(user: Json, field: string): unknown[] {
  const each = (list: string, sub: string) => ((user[list] ?? []) as Json[]).map((element) => element[sub]);
  switch (field) {
    case 'email':
      return [user.primaryEmail, ...(user.aliases ?? []), ...each('emails', 'address')];
    case 'externalId':
      return each('externalIds', 'value');
    case 'orgUnitPath':
      return [user.orgUnitPath];
    case 'isSuspended':
      return [user.suspended];
    case 'givenName':
    case 'familyName':
      return [user.name?.[field]];
    case 'phone':
      return each('phones', 'value');
    case 'orgDepartment':
      return each('organizations', 'department');
    case 'directManager':
      return ((user.relations ?? []) as Json[])
        .filter(({ type }) => type === 'manager')
        .map(({ value }) => value);
  }
  const [schema = '', name = ''] = field.split('.');
  const custom = user.customSchemas?.[schema]?.[name];
  if (field.includes('.')) return Array.isArray(custom) ? custom.map(({ value }: Json) => value) : [custom];
  throw new ApiError(400, 'invalid', 'Invalid Input: query');
}
