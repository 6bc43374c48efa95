import { Injectable } from '@nestjs/common';
import { Database } from '@rollcall/platform';
import { OperatorKey } from './operator-key.js';
import { Tenants } from './tenants.js';
import { bearerToken, hashToken, sameHash } from './token.js';

/** admin: may do everything in one tenant. operator: also what concerns the hub as a whole. */
export type AdminRole = 'admin' | 'operator';

export interface Admin {
  tenantId: string;
  role: AdminRole;
  /** For event metadata: "admin:<key id>" or "admin:operator". */
  actor: string;
}

interface KeyRow {
  tenantId: string;
  id: string;
  hash: Buffer;
  markUsed: boolean;
}

/** Says who calls the admin REST API. */
@Injectable()
export class AdminAuthentication {
  private defaultTenant: Promise<string> | undefined;

  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly operatorKey: OperatorKey,
  ) {}

  /** Undefined when the header names no valid key. */
  async authenticateAdmin(authorization: string | undefined): Promise<Admin | undefined> {
    const key = bearerToken(authorization);
    if (!key) return undefined;
    if (this.operatorKey.matches(key)) {
      return { tenantId: await this.operatorTenant(), role: 'operator', actor: 'admin:operator' };
    }
    const { hash, hashKey } = hashToken(key);
    const rows = await this.database.query<KeyRow>(selectKey, [hashKey]);
    const row = rows.find((candidate) => sameHash(candidate.hash, hash));
    if (!row) return undefined;
    if (row.markUsed) {
      await this.database.query(
        'update hub.api_key set last_used_at = now() where tenant_id = $1 and id = $2',
        [row.tenantId, row.id],
      );
    }
    return { tenantId: row.tenantId, role: 'admin', actor: `admin:${row.id}` };
  }

  private operatorTenant(): Promise<string> {
    this.defaultTenant ??= this.tenants.default().then(({ id }) => id);
    this.defaultTenant.catch(() => (this.defaultTenant = undefined));
    return this.defaultTenant;
  }
}

const selectKey = {
  name: 'find-api-key',
  text: `select tenant_id as "tenantId", id, hash,
                (last_used_at is null or last_used_at < now() - interval '1 minute') as "markUsed"
         from hub.api_key where hash_key = $1`,
};
