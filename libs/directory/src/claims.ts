import type { Claim } from '@rollcall/event-store';
import { foldCase } from '@rollcall/scim';

/** userName is unique regardless of case (RFC 7643 section 4.1.1). */
export function userNameClaim(userName: string): Claim {
  return { kind: 'userName', key: foldCase(userName) };
}

/** Entra matches groups by displayName, so two of one name could not be told apart. */
export function groupNameClaim(displayName: string): Claim {
  return { kind: 'groupDisplayName', key: foldCase(displayName) };
}
