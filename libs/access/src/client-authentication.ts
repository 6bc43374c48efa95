import { Injectable, Logger } from '@nestjs/common';
import { Database } from '@rollcall/platform';
import { validate as isUuid } from 'uuid';
import {
  type AuthenticatedSource,
  sourceColumns,
  sourceOf,
  type SourceRow,
} from './source-authentication.js';
import { hashToken, sameHash } from './token.js';

export interface AuthenticatedClient {
  source: AuthenticatedSource;
  secretId: string;
  secretExpiresAt: Date | null;
}

/** Says whose OAuth client it is. */
@Injectable()
export class ClientAuthentication {
  private readonly log = new Logger('Sources');

  constructor(private readonly database: Database) {}

  /** Undefined when there is no such client, or the secret is wrong, expired or revoked. */
  async authenticateClient(clientId: string, clientSecret: string): Promise<AuthenticatedClient | undefined> {
    if (!isUuid(clientId)) return undefined;
    const { hash, hashKey } = hashToken(clientSecret);
    const rows = await this.database.query<SecretRow>(selectSecret, [hashKey, clientId]);
    const row = rows.find((candidate) => sameHash(candidate.hash, hash));
    if (!row) return undefined;
    if (row.markUsed) {
      this.database
        .query(
          'update hub.source_secret set last_used_at = now() where tenant_id = $1 and source_id = $2 and id = $3',
          [row.tenantId, row.sourceId, row.secretId],
        )
        .catch((error: Error) => {
          this.log.warn(`Cannot note the use of client secret ${row.secretId}: ${error.message}`);
        });
    }
    return { source: sourceOf(row), secretId: row.secretId, secretExpiresAt: row.secretExpiresAt };
  }
}

type SecretRow = SourceRow & {
  secretId: string;
  hash: Buffer;
  secretExpiresAt: Date | null;
  markUsed: boolean;
};

const selectSecret = {
  name: 'find-source-secret',
  text: `select ${sourceColumns}, x.id as "secretId", x.hash, x.expires_at as "secretExpiresAt",
                (x.last_used_at is null or x.last_used_at < now() - interval '1 minute') as "markUsed"
         from hub.source_secret x join hub.source s on s.tenant_id = x.tenant_id and s.id = x.source_id
         where x.hash_key = $1 and x.source_id = $2 and (x.expires_at is null or x.expires_at > now())`,
};
