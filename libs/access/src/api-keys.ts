import { Injectable } from '@nestjs/common';
import { Database } from '@rollcall/platform';
import { v7 as uuid } from 'uuid';
import { LastApiKey } from './access.errors.js';
import { newToken } from './token.js';

/** A key of the admin REST API, for one tenant. */
export interface ApiKey {
  id: string;
  name: string;
  createdAt: Date;
  /** To the minute. */
  lastUsedAt: Date | null;
}

@Injectable()
export class ApiKeys {
  constructor(private readonly database: Database) {}

  list(tenantId: string): Promise<ApiKey[]> {
    return this.database.query<ApiKey>(
      `select id, name, created_at as "createdAt", last_used_at as "lastUsedAt"
       from hub.api_key where tenant_id = $1 order by created_at, id`,
      [tenantId],
    );
  }

  /** The key itself is shown this once. */
  async issue(tenantId: string, name: string): Promise<ApiKey & { key: string }> {
    const { token: key, hash, hashKey } = newToken('rca_');
    const id = uuid();
    const [row] = await this.database.query<{ createdAt: Date }>(
      `insert into hub.api_key (tenant_id, id, name, hash_key, hash) values ($1, $2, $3, $4, $5)
       returning created_at as "createdAt"`,
      [tenantId, id, name, hashKey, hash],
    );
    return { id, name, createdAt: row!.createdAt, lastUsedAt: null, key };
  }

  /**
   * False when there is no such key. The default tenant can do without any: HUB_ADMIN_KEY opens it.
   * @throws LastApiKey
   */
  async revoke(tenantId: string, id: string): Promise<boolean> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<{ isDefault: boolean }>(
        'select is_default as "isDefault" from hub.tenant where tenant_id = $1 for update',
        [tenantId],
      );
      const keys = await client.query<{ id: string }>('select id from hub.api_key where tenant_id = $1', [
        tenantId,
      ]);
      if (!keys.rows.some((key) => key.id === id)) return false;
      if (keys.rows.length === 1 && !rows[0]?.isDefault) throw new LastApiKey();
      await client.query('delete from hub.api_key where tenant_id = $1 and id = $2', [tenantId, id]);
      return true;
    });
  }
}
