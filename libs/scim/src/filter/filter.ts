export const compareOperators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
export type CompareOperator = (typeof compareOperators)[number];
export type FilterValue = string | number | boolean | null;

/**
 * A filter as it was written (RFC 7644 section 3.4.2.2), names not yet looked up. `element` is a value path
 * such as emails[...]; names within its filter are sub-attributes. `emails[F].value eq "x"` is read as
 * `emails[F and value eq "x"]`, which means the same. `and` and `or` have at least two operands.
 */
export type Filter =
  | { kind: 'and' | 'or'; operands: Filter[] }
  | { kind: 'not'; operand: Filter }
  | { kind: 'compare'; name: string; op: CompareOperator; value: FilterValue }
  | { kind: 'present'; name: string }
  | { kind: 'element'; name: string; filter: Filter };

export function allOf(first: Filter, second: Filter): Filter {
  const operands = [first, second].flatMap((part) => (part.kind === 'and' ? part.operands : [part]));
  return { kind: 'and', operands };
}
