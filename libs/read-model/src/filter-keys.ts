import { enterpriseUserSchema, type ResolvedFilter, type Sort } from '@rollcall/scim';

/**
 * The value that a filter demands of a unique attribute, if it does: then at most one resource can match, and
 * it is found by its key instead of by a search.
 */
export function demandedValue(filter: ResolvedFilter, attribute: string): string | undefined {
  if (filter.kind === 'and') {
    for (const operand of filter.operands) {
      const value = demandedValue(operand, attribute);
      if (value !== undefined) return value;
    }
    return undefined;
  }
  const demands = filter.kind === 'compare' && filter.op === 'eq' && filter.path.name === attribute;
  return demands && typeof filter.value === 'string' ? filter.value : undefined;
}

/** Whether a filter asks about a top-level attribute. */
export function mentions(filter: ResolvedFilter, attribute: string): boolean {
  if ('operands' in filter) return filter.operands.some((operand) => mentions(operand, attribute));
  if (filter.kind === 'not') return mentions(filter.operand, attribute);
  return filter.path.keys[0] === attribute;
}

/** Whether a list is chosen or ordered by attributes that a tenant's own schemas declare, or have declared. */
export function asksAboutExtension({ filter, sort }: { filter?: ResolvedFilter; sort?: Sort }): boolean {
  return isOfTenant(sort?.path.keys[0]) || (filter !== undefined && namesExtension(filter));
}

function namesExtension(filter: ResolvedFilter): boolean {
  if ('operands' in filter) return filter.operands.some(namesExtension);
  return filter.kind === 'not' ? namesExtension(filter.operand) : isOfTenant(filter.path.keys[0]);
}

const isOfTenant = (key: string | undefined) =>
  key?.includes(':') === true && key !== enterpriseUserSchema.id;

/** Every member id a filter compares with; undefined when it asks about members in another way. */
export function comparedMembers(filter: ResolvedFilter): string[] | undefined {
  const ids: string[] = [];
  return collect(filter, false, ids) ? ids : undefined;
}

function collect(filter: ResolvedFilter, inMembers: boolean, ids: string[]): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.operands.every((operand) => collect(operand, inMembers, ids));
    case 'not':
      return collect(filter.operand, inMembers, ids);
    case 'element':
      return collect(filter.filter, filter.path.keys[0] === 'members', ids);
    case 'present':
      return !inMembers && filter.path.keys[0] !== 'members';
    case 'compare': {
      const aboutMembers = inMembers || filter.path.keys[0] === 'members';
      if (!aboutMembers) return true;
      const isValue = inMembers ? filter.path.keys[0] === 'value' : filter.path.sub === 'value';
      if (!isValue || filter.op !== 'eq' || typeof filter.value !== 'string') return false;
      ids.push(filter.value);
      return true;
    }
  }
}
