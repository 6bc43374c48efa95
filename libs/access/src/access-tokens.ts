import { Injectable } from '@nestjs/common';
import { Keyring } from '@rollcall/platform';
import { jwtVerify, SignJWT, type JWTHeaderParameters } from 'jose';
import { v7 as uuid } from 'uuid';
import { whyRefused } from './why-refused.js';

export interface AccessTokenSubject {
  tenantId: string;
  sourceId: string;
  /** The client secret it is issued for: a token ends with its secret. */
  secretId: string;
}

export type VerifiedAccessToken = AccessTokenSubject & {
  /** Milliseconds since the epoch. */
  expiresAt: number;
};

const mostSeconds = 3_600;
const audience = 'urn:rollcall:scim';
const type = 'at+jwt';

/**
 * Access tokens of sources: JWTs (RFC 9068) that each process of the installation can check by itself. HS256, with
 * a key derived from the master key: who checks them is who issues them, so a public key would help nobody.
 */
@Injectable()
export class AccessTokens {
  readonly issuer: string;
  private readonly key: Buffer;
  private readonly keyId: string;

  constructor(keyring: Keyring) {
    this.key = keyring.derive('rollcall access tokens');
    this.keyId = keyring.derive('rollcall access tokens, key id').toString('hex', 0, 8);
    this.issuer = `urn:rollcall:${this.keyId}`;
  }

  /** @param until when its secret expires: the token does not outlive that */
  async issue(
    { tenantId, sourceId, secretId }: AccessTokenSubject,
    until: Date | null,
  ): Promise<{ token: string; expiresInSeconds: number }> {
    const now = Math.floor(Date.now() / 1000);
    const left = until ? Math.floor(until.getTime() / 1000) - now : mostSeconds;
    const expiresInSeconds = Math.max(1, Math.min(mostSeconds, left));
    const token = await new SignJWT({ tenant: tenantId, secret: secretId, client_id: sourceId })
      .setProtectedHeader({ alg: 'HS256', kid: this.keyId, typ: type })
      .setIssuer(this.issuer)
      .setAudience(audience)
      .setSubject(sourceId)
      .setIssuedAt(now)
      .setExpirationTime(now + expiresInSeconds)
      .setJti(uuid())
      .sign(this.key);
    return { token, expiresInSeconds };
  }

  /** Signature and claims, without a look at the database. A text says what is wrong with the token. */
  async verify(token: string, { kid }: JWTHeaderParameters): Promise<VerifiedAccessToken | string> {
    if (kid !== this.keyId) return 'it is signed with another key than the one of this hub (kid)';
    try {
      const { payload } = await jwtVerify(token, this.key, {
        algorithms: ['HS256'],
        issuer: this.issuer,
        audience,
        typ: type,
        requiredClaims: ['sub', 'exp', 'jti', 'tenant', 'secret'],
      });
      return {
        tenantId: payload.tenant as string,
        sourceId: payload.sub!,
        secretId: payload.secret as string,
        expiresAt: payload.exp! * 1000,
      };
    } catch (error) {
      return whyRefused(error, ['HS256']);
    }
  }
}
