import type { FilterPath, FilterValue, ResolvedFilter } from '@rollcall/scim';
import { nest, someElement, testJson, type Test } from './compare-json.js';
import { SqlParameters } from './sql-parameters.js';
import { type GroupsOf, someGroup, testGroups } from './test-group-rows.js';
import { type MembersOf, someMember, testMembers } from './test-member-rows.js';
import { testRow } from './test-row.js';

export interface CompileOptions {
  /** SQL of the search document, such as "u.search". */
  column: string;
  /** The number of the first placeholder that is free. */
  firstParameter: number;
  /** Where a group's members are looked for. Absent: in the document. */
  members?: MembersOf;
  /** Where a user's groups are looked for. Absent: in the document. */
  groups?: GroupsOf;
}

type Rows = Pick<CompileOptions, 'members' | 'groups'>;

/**
 * The condition that a search document of libs/scim meets exactly when `matches` says so; it is true or false,
 * never null. Equality is written as `column @> value`, which a GIN index on the column answers.
 */
export function compileFilterToSql(
  filter: ResolvedFilter,
  { column, firstParameter, ...rows }: CompileOptions,
): { sql: string; parameters: unknown[] } {
  const parameters = new SqlParameters(firstParameter);
  return { sql: compile(filter, column, rows, parameters), parameters: parameters.values };
}

function compile(filter: ResolvedFilter, json: string, rows: Rows, parameters: SqlParameters): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.operands.map((part) => compile(part, json, rows, parameters)).join(` ${filter.kind} `)})`;
    case 'not':
      return `not (${compile(filter.operand, json, rows, parameters)})`;
    case 'present':
      return test(filter.path, { op: 'pr' }, json, rows, parameters);
    case 'compare':
      return test(filter.path, filter, json, rows, parameters);
    case 'element':
      if (rows.members && isNamed(filter.path, 'members')) {
        return someMember(rows.members, parameters, (row) => testRow(row, filter.filter, parameters));
      }
      if (rows.groups && isNamed(filter.path, 'groups')) {
        return someGroup(rows.groups, parameters, (row) => testRow(row, filter.filter, parameters));
      }
      return testElements(filter.path, filter.filter, json, parameters);
  }
}

const isNamed = ({ keys }: FilterPath, name: string) => keys.length === 1 && keys[0] === name;

function test(path: FilterPath, how: Test, json: string, rows: Rows, parameters: SqlParameters): string {
  if (rows.members && isNamed(path, 'members')) return testMembers(rows.members, path.sub, how, parameters);
  if (rows.groups && isNamed(path, 'groups')) return testGroups(rows.groups, path.sub, how, parameters);
  return testJson(json, path, how, parameters);
}

function testElements(
  path: FilterPath,
  filter: ResolvedFilter,
  json: string,
  parameters: SqlParameters,
): string {
  const { pattern, complete } = demanded(filter);
  const contained = pattern && `${json} @> ${parameters.json(nest(path.keys, [pattern]))}`;
  if (contained && complete) return contained;
  const array = `(${json} #> ${parameters.keys(path.keys)})`;
  const some = someElement(array, parameters, (element) => compile(filter, element, {}, parameters));
  return contained ? `(${contained} and ${some})` : some;
}

/** What an element must hold for the filter: the index finds it. Complete when the filter says nothing else. */
function demanded(filter: ResolvedFilter): { pattern?: Record<string, FilterValue>; complete: boolean } {
  const parts = filter.kind === 'and' ? filter.operands : [filter];
  const pattern: Record<string, FilterValue> = {};
  let complete = true;
  for (const part of parts) {
    const key =
      part.kind === 'compare' && part.op === 'eq' && part.value !== null ? part.path.keys[0] : undefined;
    if (part.kind !== 'compare' || key === undefined || Object.hasOwn(pattern, key)) complete = false;
    else pattern[key] = part.value;
  }
  return Object.keys(pattern).length > 0 ? { pattern, complete } : { complete: false };
}
