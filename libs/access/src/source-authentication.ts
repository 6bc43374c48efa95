import { Injectable, Logger } from '@nestjs/common';
import { Database, Networks } from '@rollcall/platform';
import { decodeJwt, decodeProtectedHeader, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { AccessTokens } from './access-tokens.js';
import { BriefMemory, type Remembered } from './brief-memory.js';
import type { SourceClient } from './source-client.js';
import { bearerToken, hashToken, sameHash } from './token.js';
import { type TrustedIssuer, verifyForeignToken } from './trusted-issuer.js';

export interface AuthenticatedSource {
  tenantId: string;
  sourceId: string;
  client: SourceClient;
  /** Where its requests may come from. Undefined: anywhere. */
  networks: Networks | undefined;
  /** Undefined: the hub's own limit. */
  requestsPerSecond: number | undefined;
}

/** Nobody is let in, and why: for whoever set the client up, so it says what to change. */
export interface Refused {
  refused: string;
  /** Whose token it was, where that is certain. */
  source?: AuthenticatedSource;
}

export interface SourceRow {
  tenantId: string;
  sourceId: string;
  client: SourceClient;
  allowedIps: string[];
  requestsPerSecond: number | null;
}

interface TokenRow extends SourceRow {
  id: string;
  hash: Buffer;
  expiresAt: Date | null;
  expired: boolean;
  markUsed: boolean;
}

type Lasting = Pick<Remembered<unknown>, 'until'>;
type Issuer = { source: AuthenticatedSource; trust: TrustedIssuer };

/**
 * Says whose a SCIM request is. Busy clients cost one query a second, however many requests they send, and a
 * change is in force in all processes a second later.
 */
@Injectable()
export class SourceAuthentication {
  private readonly log = new Logger('Sources');
  private readonly answers = new BriefMemory<AuthenticatedSource | Refused>();
  private readonly secrets = new BriefMemory<AuthenticatedSource | undefined>();
  private readonly issuers = new BriefMemory<Issuer[]>();

  constructor(
    private readonly database: Database,
    private readonly accessTokens: AccessTokens,
  ) {}

  /** @param authorization the header: Bearer, and a token of ours (rcs_...) or a JWT */
  async authenticateSource(authorization: string | undefined): Promise<AuthenticatedSource | Refused> {
    const token = bearerToken(authorization);
    if (!token) {
      return {
        refused: 'The request has no bearer token. Send "Authorization: Bearer" and a token of this source.',
      };
    }
    const { hash, hashKey } = hashToken(token);
    return this.answers.recall(hash.toString('base64'), (remembered) => {
      if (token.startsWith('rcs_')) return this.findToken(hash, hashKey, remembered);
      if (token.split('.').length === 3) return this.checkJwt(token, remembered);
      return Promise.resolve({ refused: misplaced(token) });
    }).answer;
  }

  /** After a change in this process, which is then in force at once. */
  forget(): void {
    this.answers.forget();
    this.secrets.forget();
    this.issuers.forget();
  }

  private async findToken(
    hash: Buffer,
    hashKey: string,
    lasting: Lasting,
  ): Promise<AuthenticatedSource | Refused> {
    const rows = await this.database.query<TokenRow>(selectByToken, [hashKey]);
    const row = rows.find((candidate) => sameHash(candidate.hash, hash));
    if (!row) return { refused: `The bearer token is wrong or revoked. ${newToken}` };
    if (row.expired) {
      const at = row.expiresAt!.toISOString();
      return { refused: `The bearer token has expired at ${at}. ${newToken}`, source: sourceOf(row) };
    }
    if (row.markUsed) {
      this.database
        .query(
          'update hub.source_token set last_used_at = now() where tenant_id = $1 and source_id = $2 and id = $3',
          [row.tenantId, row.sourceId, row.id],
        )
        .catch((error: Error) => this.log.warn(`Cannot note the use of token ${row.id}: ${error.message}`));
    }
    if (row.expiresAt) lasting.until = Math.min(lasting.until, row.expiresAt.getTime());
    return sourceOf(row);
  }

  private async checkJwt(token: string, lasting: Lasting): Promise<AuthenticatedSource | Refused> {
    let header: JWTHeaderParameters;
    let claims: JWTPayload;
    try {
      header = decodeProtectedHeader(token) as JWTHeaderParameters;
      claims = decodeJwt(token);
    } catch {
      return { refused: misplaced(token) };
    }
    if (claims.iss === this.accessTokens.issuer) return this.checkOwnJwt(token, header, lasting);
    return this.checkForeignJwt(token, claims, lasting);
  }

  private async checkOwnJwt(
    token: string,
    header: JWTHeaderParameters,
    lasting: Lasting,
  ): Promise<AuthenticatedSource | Refused> {
    const verified = await this.accessTokens.verify(token, header);
    if (typeof verified === 'string')
      return { refused: `The access token is not accepted: ${verified}. ${fetchToken}` };
    const { tenantId, sourceId, secretId, expiresAt } = verified;
    const state = this.secrets.recall(secretId, async () => {
      const [row] = await this.database.query<SourceRow>(selectBySecret, [tenantId, sourceId, secretId]);
      return row && sourceOf(row);
    });
    const source = await state.answer;
    lasting.until = Math.min(lasting.until, state.until, expiresAt);
    return source ?? { refused: `The client secret of this access token has been revoked. ${fetchToken}` };
  }

  private async checkForeignJwt(
    token: string,
    { iss, aud }: JWTPayload,
    lasting: Lasting,
  ): Promise<AuthenticatedSource | Refused> {
    const issuerName = isStorable(iss) ? iss : '';
    const audiences = [aud].flat().filter(isStorable).slice(0, audiencesAtMost);
    const state = this.issuers.recall(JSON.stringify([issuerName, audiences]), async () => {
      const rows = await this.database.query<SourceRow & { jwt: TrustedIssuer }>(selectByIssuer, [
        issuerName,
        audiences,
      ]);
      return rows.map((row) => ({ source: sourceOf(row), trust: row.jwt }));
    });
    const [issuer, ...more] = await state.answer;
    if (!issuer || more.length > 0) {
      const who = issuer ? 'More than one source trusts' : 'No source trusts';
      return {
        refused: `${who} the issuer ${shown(issuerName)} for the audience ${shown(audiences.join(' '))}. Set "jwt" of the source to the "iss" and "aud" of its tokens.`,
      };
    }
    const verified = await verifyForeignToken(token, issuer.trust);
    if (typeof verified === 'string') {
      return { refused: `The token of ${shown(issuerName)} is not accepted: ${verified}.` };
    }
    lasting.until = Math.min(lasting.until, state.until, verified.expiresAt);
    return issuer.source;
  }
}

const audiencesAtMost = 10;
const newToken = 'Paste a current token of this source into the client.';
const fetchToken = 'Fetch a new one at /oauth2/token.';

function misplaced(token: string): string {
  if (token.startsWith('rca_')) {
    return `This is an API key of an administrator, not a token of a source (rcs_...). ${newToken}`;
  }
  if (token.startsWith('rcc_')) {
    return 'This is a client secret. Exchange it for an access token at /oauth2/token, and send that.';
  }
  return `The bearer token is wrong: neither a token of a source (rcs_...) nor a JWT. ${newToken}`;
}

/** Postgres takes no NUL in a text, and a claim may be anything as long as nobody has checked the signature. */
function isStorable(claim: unknown): claim is string {
  return typeof claim === 'string' && !claim.includes('\0');
}

function shown(text: string): string {
  if (!text) return '(none)';
  return `"${text.length > 200 ? `${text.slice(0, 200)}...` : text}"`;
}

export function sourceOf({
  tenantId,
  sourceId,
  client,
  allowedIps,
  requestsPerSecond,
}: SourceRow): AuthenticatedSource {
  return {
    tenantId,
    sourceId,
    client,
    networks: allowedIps.length > 0 ? new Networks(allowedIps) : undefined,
    requestsPerSecond: requestsPerSecond ?? undefined,
  };
}

export const sourceColumns = `s.tenant_id as "tenantId", s.id as "sourceId", s.client,
  s.allowed_ips as "allowedIps", s.requests_per_second as "requestsPerSecond"`;

const selectByToken = {
  name: 'find-source-token',
  text: `select ${sourceColumns}, t.id, t.hash, t.expires_at as "expiresAt",
                coalesce(t.expires_at <= now(), false) as expired,
                (t.last_used_at is null or t.last_used_at < now() - interval '1 minute') as "markUsed"
         from hub.source_token t join hub.source s on s.tenant_id = t.tenant_id and s.id = t.source_id
         where t.hash_key = $1`,
};

const selectBySecret = {
  name: 'find-source-of-secret',
  text: `select ${sourceColumns}
         from hub.source_secret x join hub.source s on s.tenant_id = x.tenant_id and s.id = x.source_id
         where x.tenant_id = $1 and x.source_id = $2 and x.id = $3`,
};

const selectByIssuer = {
  name: 'find-source-of-issuer',
  text: `select ${sourceColumns}, s.jwt from hub.source s
         where s.jwt is not null and s.jwt ->> 'issuer' = $1 and s.jwt ->> 'audience' = any($2)`,
};
