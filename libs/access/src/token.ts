import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export type TokenPrefix = 'rcs_' | 'rcc_' | 'rca_';

export interface TokenHash {
  hash: Buffer;
  /** The start of the hash: finds the row, and tells nothing of the token. */
  hashKey: string;
}

/**
 * 256 random bits behind a prefix that secret scanners and people recognise: rcs_ for a source, rcc_ for a client
 * secret of a source, rca_ for an administrator. A hash without salt or stretching is enough for a secret that nobody can guess.
 */
export function newToken(prefix: TokenPrefix): TokenHash & { token: string } {
  const token = prefix + randomBytes(32).toString('base64url');
  return { token, ...hashToken(token) };
}

export function hashToken(token: string): TokenHash {
  const hash = createHash('sha256').update(token).digest();
  return { hash, hashKey: hash.toString('hex', 0, 8) };
}

/** Takes equally long wherever the two differ. */
export function sameHash(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The credentials of an `Authorization: Bearer ...` header (RFC 6750 section 2.1). */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(header ?? '')?.[1];
}
