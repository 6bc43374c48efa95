import type { FilterPath, FilterValue, ResolvedFilter } from '@rollcall/scim';
import { nest, someElement, testJson, type Test } from './compare-json.js';
import { SqlParameters } from './sql-parameters.js';
import { someMember, testMember, testMembers, type MembersOf } from './test-member-rows.js';

export interface CompileOptions {
  /** SQL of the search document, such as "u.search". */
  column: string;
  /** The number of the first placeholder that is free. */
  firstParameter: number;
  /** Where a group's members are looked for. Absent: in the document. */
  members?: MembersOf;
}

/**
 * The condition that a search document of libs/scim meets exactly when `matches` says so; it is true or false,
 * never null. Equality is written as `column @> value`, which a GIN index on the column answers.
 */
export function compileFilterToSql(
  filter: ResolvedFilter,
  { column, firstParameter, members }: CompileOptions,
): { sql: string; parameters: unknown[] } {
  const parameters = new SqlParameters(firstParameter);
  return { sql: compile(filter, column, members, parameters), parameters: parameters.values };
}

function compile(
  filter: ResolvedFilter,
  json: string,
  members: MembersOf | undefined,
  parameters: SqlParameters,
): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.operands.map((part) => compile(part, json, members, parameters)).join(` ${filter.kind} `)})`;
    case 'not':
      return `not (${compile(filter.operand, json, members, parameters)})`;
    case 'present':
      return test(filter.path, { op: 'pr' }, json, members, parameters);
    case 'compare':
      return test(filter.path, filter, json, members, parameters);
    case 'element':
      if (members && isMembers(filter.path)) {
        return someMember(members, parameters, (row) => testMember(row, filter.filter, parameters));
      }
      return testElements(filter.path, filter.filter, json, parameters);
  }
}

const isMembers = ({ keys }: FilterPath) => keys.length === 1 && keys[0] === 'members';

function test(
  path: FilterPath,
  how: Test,
  json: string,
  members: MembersOf | undefined,
  parameters: SqlParameters,
): string {
  if (members && isMembers(path)) return testMembers(members, path.sub, how, parameters);
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
  const some = someElement(array, parameters, (element) => compile(filter, element, undefined, parameters));
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
