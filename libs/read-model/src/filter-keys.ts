import type { ResolvedFilter } from '@rollcall/scim';

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
