import { Injectable, Logger } from '@nestjs/common';
import { Database } from '@rollcall/platform';
import type { SourceClient } from './source-client.js';
import { bearerToken, hashToken, sameHash } from './token.js';

export interface AuthenticatedSource {
  tenantId: string;
  sourceId: string;
  client: SourceClient;
}

interface TokenRow extends AuthenticatedSource {
  id: string;
  hash: Buffer;
  markUsed: boolean;
}

/** How long another process's revocation may stay unnoticed. */
const rememberMs = 1_000;
const rememberAtMost = 10_000;

/** Says whose a SCIM request is. Busy clients cost one query a second, however many requests they send. */
@Injectable()
export class SourceAuthentication {
  private readonly log = new Logger('Sources');
  private readonly remembered = new Map<
    string,
    { until: number; answer: Promise<AuthenticatedSource | undefined> }
  >();

  constructor(private readonly database: Database) {}

  /** Undefined when the header names no valid token. */
  async authenticateSource(authorization: string | undefined): Promise<AuthenticatedSource | undefined> {
    const token = bearerToken(authorization);
    if (!token?.startsWith('rcs_')) return undefined;
    const { hash, hashKey } = hashToken(token);
    const key = hash.toString('base64');
    const known = this.remembered.get(key);
    if (known && known.until > Date.now()) return known.answer;
    const answer = this.lookUp(hash, hashKey);
    if (this.remembered.size >= rememberAtMost) this.remembered.clear();
    this.remembered.set(key, { until: Date.now() + rememberMs, answer });
    answer.catch(() => this.remembered.delete(key));
    return answer;
  }

  /** After a change in this process, which is then in force at once. */
  forget(): void {
    this.remembered.clear();
  }

  private async lookUp(hash: Buffer, hashKey: string): Promise<AuthenticatedSource | undefined> {
    const rows = await this.database.query<TokenRow>(findToken, [hashKey]);
    const row = rows.find((candidate) => sameHash(candidate.hash, hash));
    if (!row) return undefined;
    const { tenantId, sourceId, client } = row;
    if (row.markUsed) {
      this.database
        .query(
          'update hub.source_token set last_used_at = now() where tenant_id = $1 and source_id = $2 and id = $3',
          [tenantId, sourceId, row.id],
        )
        .catch((error: Error) => this.log.warn(`Cannot note the use of token ${row.id}: ${error.message}`));
    }
    return { tenantId, sourceId, client };
  }
}

const findToken = {
  name: 'find-source-token',
  text: `select t.tenant_id as "tenantId", t.source_id as "sourceId", s.client, t.id, t.hash,
                (t.last_used_at is null or t.last_used_at < now() - interval '1 minute') as "markUsed"
         from hub.source_token t join hub.source s on s.tenant_id = t.tenant_id and s.id = t.source_id
         where t.hash_key = $1 and (t.expires_at is null or t.expires_at > now())`,
};
