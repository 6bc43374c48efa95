import { Injectable } from '@nestjs/common';
import { Database } from '@rollcall/platform';
import { v7 as uuid } from 'uuid';
import { newToken } from './token.js';

export interface Tenant {
  id: string;
  name: string;
  createdAt: Date;
}

@Injectable()
export class Tenants {
  constructor(private readonly database: Database) {}

  /** The tenant everything belongs to until somebody makes another; made at the first start. */
  async default(): Promise<Tenant> {
    await this.database.query(
      `insert into hub.tenant (tenant_id, name, is_default) values ($1, 'default', true)
       on conflict (is_default) where is_default do nothing`,
      [uuid()],
    );
    const [tenant] = await this.database.query<Tenant>(`${select} where is_default`);
    return tenant!;
  }

  list(): Promise<Tenant[]> {
    return this.database.query<Tenant>(`${select} order by created_at, tenant_id`);
  }

  /** A tenant and the first key of its administrator, which is shown this once. */
  async create(name: string): Promise<Tenant & { adminKey: string }> {
    const { token, hash, hashKey } = newToken('rca_');
    const id = uuid();
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<{ createdAt: Date }>(
        'insert into hub.tenant (tenant_id, name, is_default) values ($1, $2, false) returning created_at as "createdAt"',
        [id, name],
      );
      await client.query(
        'insert into hub.api_key (tenant_id, id, name, hash_key, hash) values ($1, $2, $3, $4, $5)',
        [id, uuid(), 'first key', hashKey, hash],
      );
      return { id, name, createdAt: rows[0]!.createdAt, adminKey: token };
    });
  }
}

const select = 'select tenant_id as id, name, created_at as "createdAt" from hub.tenant';
