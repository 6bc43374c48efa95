import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { createLocalJWKSet, type JWK, jwtVerify } from 'jose';
import { InvalidSource } from './access.errors.js';
import { whyRefused } from './why-refused.js';

/** Somebody else's tokens that a source may come with, checked with keys pasted beforehand. */
export interface TrustedIssuer {
  /** The "iss" of the tokens, and one value of their "aud": the pair names the source. */
  issuer: string;
  audience: string;
  jwks: { keys: JWK[] };
  /** If set, the "sub" that the tokens must have. */
  subject?: string;
}

const algorithms = ['RS256', 'ES256', 'EdDSA'];
const clockToleranceSeconds = 60;
const keysAtMost = 50;
const publicMembers = ['kty', 'kid', 'alg', 'use', 'n', 'e', 'crv', 'x', 'y'] as const;

/** @returns when the token expires, milliseconds since the epoch; a text says what is wrong with it */
export async function verifyForeignToken(
  token: string,
  { issuer, audience, jwks, subject }: TrustedIssuer,
): Promise<{ expiresAt: number } | string> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), {
      algorithms,
      issuer,
      audience,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp'],
      ...(subject !== undefined && { subject }),
    });
    return { expiresAt: (payload.exp! + clockToleranceSeconds) * 1000 };
  } catch (error) {
    return whyRefused(error, algorithms);
  }
}

/**
 * What an administrator says of an issuer, with the public members of its keys alone (RFC 7517).
 * @throws InvalidSource
 */
export function checkTrustedIssuer(input: object): TrustedIssuer {
  const { issuer, audience, jwks, subject, ...others } = input as Record<string, unknown>;
  const [stray] = Object.keys(others);
  if (stray !== undefined) {
    throw new InvalidSource(`jwt.${stray}`, 'is not a known field: remove it, or check its spelling');
  }
  const keys = (jwks as { keys?: unknown } | null | undefined)?.keys;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > keysAtMost) {
    throw new InvalidSource(
      'jwt.jwks',
      `must be the issuer's JWK set, {"keys": [...]}, with 1 to ${keysAtMost} keys`,
    );
  }
  const checked = keys.map((key: unknown, index) => checkKey(key, `jwt.jwks.keys.${index}`));
  checkKeyIds(checked);
  return {
    issuer: textOf(issuer, 'jwt.issuer', 'the "iss" of the tokens'),
    audience: textOf(audience, 'jwt.audience', 'the "aud" of the tokens'),
    jwks: { keys: checked },
    ...(subject != null && {
      subject: textOf(subject, 'jwt.subject', 'the "sub" of the tokens, or left out'),
    }),
  };
}

/** Both texts of the pair go into one index entry, which Postgres bounds in bytes. */
const textBytesAtMost = 500;

function textOf(value: unknown, field: string, what: string): string {
  const fits =
    typeof value === 'string' &&
    value.length > 0 &&
    Buffer.byteLength(value) <= textBytesAtMost &&
    !value.includes('\0');
  if (fits) return value;
  throw new InvalidSource(field, `must be ${what}: a text of 1 to ${textBytesAtMost} bytes`);
}

function checkKey(key: unknown, field: string): JWK {
  if (typeof key !== 'object' || key === null) throw new InvalidSource(field, 'must be a JWK: an object');
  const jwk = key as JWK;
  const refuse = (member: string, message: string) => new InvalidSource(`${field}.${member}`, message);
  if (jwk.kty === 'oct' || jwk.d !== undefined) {
    throw refuse(jwk.d === undefined ? 'kty' : 'd', 'is a secret key: paste public keys only');
  }
  const alg = algorithmOf(jwk);
  if (!alg) throw refuse('kty', 'must be RSA, EC with crv P-256, or OKP with crv Ed25519');
  if (jwk.alg !== undefined && jwk.alg !== alg) throw refuse('alg', `must be ${alg} for this kind of key`);
  if (jwk.use !== undefined && jwk.use !== 'sig')
    throw refuse('use', 'must be sig: the key is for signatures');
  if (jwk.kid !== undefined && typeof jwk.kid !== 'string') throw refuse('kid', 'must be a text');
  const size = keySize(jwk);
  if (size === undefined)
    throw new InvalidSource(field, 'is no key that can be read: paste it as it is published');
  if (alg === 'RS256' && size < 2048) throw refuse('n', `is ${size} bits long: 2048 or more are needed`);
  return Object.fromEntries(
    publicMembers.flatMap((member) => (jwk[member] === undefined ? [] : [[member, jwk[member]]])),
  ) as unknown as JWK;
}

function algorithmOf({ kty, crv }: JWK): string | undefined {
  if (kty === 'RSA') return 'RS256';
  if (kty === 'EC' && crv === 'P-256') return 'ES256';
  return kty === 'OKP' && crv === 'Ed25519' ? 'EdDSA' : undefined;
}

/** Bits, of RSA keys; undefined when it is no key. */
function keySize(jwk: JWK): number | undefined {
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    return key.asymmetricKeyDetails?.modulusLength ?? 0;
  } catch {
    return undefined;
  }
}

function checkKeyIds(keys: JWK[]): void {
  if (keys.length === 1) return;
  keys.forEach(({ kid }, index) => {
    if (kid === undefined || keys.findIndex((other) => other.kid === kid) !== index) {
      throw new InvalidSource(
        `jwt.jwks.keys.${index}.kid`,
        'must be there and unlike the others, since there is more than one key',
      );
    }
  });
}
