/** Of one mapping, for one person. */
export interface MappingProblem {
  /** The target attribute that has no value because of it. */
  attribute: string;
  message: string;
}
