/** Who is provisioned. Both parts given: both must hold. Neither: everybody. */
export interface Scope {
  /** A SCIM filter over the hub's users. */
  rule?: string;
  /** Hub ids of groups; their direct members are in scope, and of all groups only these are pushed. */
  groups?: string[];
}
