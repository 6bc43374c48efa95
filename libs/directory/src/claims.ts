import type { Claim } from '@rollcall/event-store';
import { foldCase, ScimError } from '@rollcall/scim';

/** userName is unique regardless of case (RFC 7643 section 4.1.1). */
export function userNameClaim(userName: string): Claim {
  return { kind: 'userName', key: foldCase(userName) };
}

/** Entra matches groups by displayName, so two of one name could not be told apart. */
export function groupNameClaim(displayName: string): Claim {
  return { kind: 'groupDisplayName', key: foldCase(displayName) };
}

/** Postgres takes no longer keys into an index than some 2,700 bytes, tenant and kind included. */
const longestKey = 2_000;

/** For a name that is to be claimed. @throws ScimError 400 when it is too long to be kept unique */
export function claimable(attribute: 'userName' | 'displayName', claim: Claim): Claim {
  const bytes = Buffer.byteLength(claim.key);
  if (bytes <= longestKey) return claim;
  throw new ScimError(
    400,
    `${attribute}: expected at most ${longestKey} bytes, got ${bytes}. Names that are unique cannot be longer.`,
    'invalidValue',
  );
}
