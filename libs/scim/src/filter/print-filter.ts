import type { Filter } from './filter.js';

/** The filter as text that parseFilter reads back as the same filter. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
      return filter.operands
        .map((part) => printOperand(part, part.kind === 'and' || part.kind === 'or'))
        .join(' and ');
    case 'or':
      return filter.operands.map((part) => printOperand(part, part.kind === 'or')).join(' or ');
    case 'not':
      return `not (${printFilter(filter.operand)})`;
    case 'compare':
      return `${filter.name} ${filter.op} ${JSON.stringify(filter.value)}`;
    case 'present':
      return `${filter.name} pr`;
    case 'element':
      return `${filter.name}[${printFilter(filter.filter)}]`;
  }
}

function printOperand(filter: Filter, bracketed: boolean): string {
  return bracketed ? `(${printFilter(filter)})` : printFilter(filter);
}
