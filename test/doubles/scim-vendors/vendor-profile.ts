export type Json = Record<string, any>;

/** How one vendor's SCIM endpoint behaves, as far as it is documented. What is left out behaves as the RFC says. */
export interface VendorProfile {
  basePath: string;
  protocol?: '2.0' | '1.1';
  /** Whether it takes no PATCH at all, or only to switch users on and off. */
  patch?: 'none' | 'active-only';
  /** PUT keeps what is left out of the body. */
  putKeeps?: boolean;
  groups?: false;
  groupRename?: false;
  /** Operations must be spelled Replace, Add, Remove. */
  capitalOps?: boolean;
  /** Members are added by an operation without a path. */
  pathlessAdds?: boolean;
  memberRemoval?: 'filter' | 'values';
  mostMembersPerPatch?: number;
  /** Groups are returned without members. */
  hidesMembers?: boolean;
  /** Attributes it takes and never returns. */
  unreturned?: string[];
  /** Attributes it can be searched by; others are refused with invalidFilter. */
  searchable?: { users: string[]; groups: string[] };
  required?: { users: string[]; groups: string[] };
  immutable?: string[];
  userNameAtMost?: number;
  forbidden?: RegExp;
  singleValued?: string[];
  /** deactivates: the user stays, inactive. hides: it answers 404 until it is made again under the same id. */
  deleteUser?: 'deactivates' | 'hides';
  /** The id of a user is its externalId. */
  idIsExternalId?: boolean;
  duplicate?: { status: number; body: Json };
  contentTypes?: string[];
  enterpriseUrn?: string;
  pageSize?: number;
  /** Which of /ServiceProviderConfig, /Schemas and /ResourceTypes there are. Left out: none. */
  described?: string[];
  /** Every so many calls is answered with 429. */
  throttleEvery?: number;
  error?: (status: number, detail: string, scimType?: string) => Json;
}
