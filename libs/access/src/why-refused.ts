import { errors } from 'jose';

/** What is wrong with a JWT, for the one who sent it: "it has expired at ...". Other errors are thrown on. */
export function whyRefused(error: unknown, algorithms: readonly string[]): string {
  if (error instanceof errors.JWTExpired) {
    return `it has expired at ${new Date(error.payload.exp! * 1000).toISOString()}`;
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === 'missing') return `it has no "${error.claim}"`;
    return `its "${error.claim}" is not the expected one`;
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong';
  if (error instanceof errors.JOSEAlgNotAllowed) return `its "alg" must be ${algorithms.join(', ')}`;
  if (error instanceof errors.JWKSNoMatchingKey) {
    return 'none of the keys pasted at the source has its "kid" and "alg": paste the current key set of the issuer';
  }
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return 'it has no "kid", and more than one of the keys pasted at the source could be its key';
  }
  if (error instanceof errors.JOSEError) return 'it is no signed JWT';
  throw error;
}
