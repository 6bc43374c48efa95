import { Injectable } from '@nestjs/common';
import { Database } from '@rollcall/platform';
import { v7 as uuid } from 'uuid';
import { TooManySecrets } from './access.errors.js';
import { SourceAuthentication } from './source-authentication.js';
import { newToken } from './token.js';

/** A client secret as it is shown once, when it is made. The client's id is the id of the source. */
export interface IssuedSecret {
  id: string;
  clientId: string;
  clientSecret: string;
  createdAt: Date;
  expiresAt: Date | null;
}

const secretsAtOnce = 5;

/** What the OAuth client of a source proves itself with (RFC 6749 section 2.3.1): several, to change over. */
@Injectable()
export class SourceSecrets {
  constructor(
    private readonly database: Database,
    private readonly authentication: SourceAuthentication,
  ) {}

  /**
   * Undefined when there is no such source.
   * @throws TooManySecrets
   */
  async issue(tenantId: string, sourceId: string, expiresAt: Date | null): Promise<IssuedSecret | undefined> {
    const { token, hash, hashKey } = newToken('rcc_');
    const id = uuid();
    return this.database.transaction(async (client) => {
      const locked = await client.query(
        'select from hub.source where tenant_id = $1 and id = $2 for update',
        [tenantId, sourceId],
      );
      if (locked.rowCount === 0) return undefined;
      const valid = await client.query(
        `select from hub.source_secret
         where tenant_id = $1 and source_id = $2 and (expires_at is null or expires_at > now())`,
        [tenantId, sourceId],
      );
      if ((valid.rowCount ?? 0) >= secretsAtOnce) throw new TooManySecrets(secretsAtOnce);
      const { rows } = await client.query<{ createdAt: Date }>(
        `insert into hub.source_secret (tenant_id, source_id, id, hash_key, hash, expires_at)
         values ($1, $2, $3, $4, $5, $6) returning created_at as "createdAt"`,
        [tenantId, sourceId, id, hashKey, hash, expiresAt],
      );
      return { id, clientId: sourceId, clientSecret: token, createdAt: rows[0]!.createdAt, expiresAt };
    });
  }

  /** With it go the access tokens issued for it: at once in this process, within a second in the others. */
  async revoke(tenantId: string, sourceId: string, id: string): Promise<boolean> {
    const revoked = await this.database.query(
      'delete from hub.source_secret where tenant_id = $1 and source_id = $2 and id = $3 returning id',
      [tenantId, sourceId, id],
    );
    this.authentication.forget();
    return revoked.length > 0;
  }
}
