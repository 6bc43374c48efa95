import { Injectable } from '@nestjs/common';
import { Database } from '@rollcall/platform';
import type pg from 'pg';
import { v7 as uuid } from 'uuid';
import { IssuerTaken, TooManyTokens } from './access.errors.js';
import { SourceAuthentication } from './source-authentication.js';
import type { SourceClient } from './source-client.js';
import { checkSettings, type SourceSettings, type SourceSettingsInput } from './source-settings.js';
import { newToken } from './token.js';

/** A token, or a client secret, as it is listed. */
export interface SourceToken {
  id: string;
  createdAt: Date;
  expiresAt: Date | null;
  /** To the minute. Of a client secret: when an access token was fetched with it. */
  lastUsedAt: Date | null;
}

export interface Source extends SourceSettings {
  id: string;
  name: string;
  client: SourceClient;
  createdAt: Date;
  tokens: SourceToken[];
  secrets: SourceToken[];
}

/** A token as it is shown once, when it is made. */
export interface IssuedToken {
  id: string;
  token: string;
  createdAt: Date;
  expiresAt: Date | null;
}

/** One in use and one to change over to. */
const tokensAtOnce = 2;

/** The inbound sides: SCIM clients, each with the tokens it may come with. */
@Injectable()
export class Sources {
  constructor(
    private readonly database: Database,
    private readonly authentication: SourceAuthentication,
  ) {}

  /** @throws InvalidSource, IssuerTaken */
  async create(
    tenantId: string,
    name: string,
    client: SourceClient,
    input: SourceSettingsInput = {},
  ): Promise<Source & { token: string }> {
    const { allowedIps = [], rateLimit = null, jwt = null } = checkSettings(input);
    const id = uuid();
    return this.database
      .transaction(async (connection) => {
        const { rows } = await connection.query<{ createdAt: Date }>(
          `insert into hub.source (tenant_id, id, name, client, allowed_ips, requests_per_second, jwt)
           values ($1, $2, $3, $4, $5, $6, $7) returning created_at as "createdAt"`,
          [tenantId, id, name, client, allowedIps, rateLimit?.requestsPerSecond, jwt],
        );
        const { token, ...issued } = await insertToken(connection, tenantId, id, null);
        const { createdAt } = rows[0]!;
        const tokens = [{ ...issued, lastUsedAt: null }];
        return { id, name, client, createdAt, allowedIps, rateLimit, jwt, tokens, secrets: [], token };
      })
      .catch(explain);
  }

  list(tenantId: string): Promise<Source[]> {
    return this.select(tenantId, null);
  }

  async find(tenantId: string, id: string): Promise<Source | undefined> {
    return (await this.select(tenantId, id))[0];
  }

  /**
   * Undefined when there is no such source.
   * @throws InvalidSource, IssuerTaken
   */
  async change(
    tenantId: string,
    id: string,
    change: { name?: string; client?: SourceClient } & SourceSettingsInput,
  ): Promise<Source | undefined> {
    const { allowedIps, rateLimit, jwt } = checkSettings(change);
    await this.database
      .query(
        `update hub.source set
           name = coalesce($3, name), client = coalesce($4, client), allowed_ips = coalesce($5, allowed_ips),
           requests_per_second = case when $6 then $7 else requests_per_second end,
           jwt = case when $8 then $9::jsonb else jwt end
         where tenant_id = $1 and id = $2`,
        [
          tenantId,
          id,
          change.name ?? null,
          change.client ?? null,
          allowedIps ?? null,
          rateLimit !== undefined,
          rateLimit?.requestsPerSecond ?? null,
          jwt !== undefined,
          jwt ?? null,
        ],
      )
      .catch(explain);
    this.authentication.forget();
    return this.find(tenantId, id);
  }

  /** Its tokens and client secrets stop working; what it has brought in stays. */
  async delete(tenantId: string, id: string): Promise<boolean> {
    const deleted = await this.database.query(
      'delete from hub.source where tenant_id = $1 and id = $2 returning id',
      [tenantId, id],
    );
    this.authentication.forget();
    return deleted.length > 0;
  }

  /**
   * A second token beside the first, so that a client can change over without a gap.
   * @throws TooManyTokens when two are valid already
   */
  async issueToken(tenantId: string, id: string, expiresAt: Date | null): Promise<IssuedToken | undefined> {
    return this.database.transaction(async (client) => {
      const locked = await client.query(
        'select from hub.source where tenant_id = $1 and id = $2 for update',
        [tenantId, id],
      );
      if (locked.rowCount === 0) return undefined;
      const valid = await client.query(
        `select from hub.source_token
         where tenant_id = $1 and source_id = $2 and (expires_at is null or expires_at > now())`,
        [tenantId, id],
      );
      if ((valid.rowCount ?? 0) >= tokensAtOnce) throw new TooManyTokens(tokensAtOnce);
      return insertToken(client, tenantId, id, expiresAt);
    });
  }

  /** At once in this process, within a second in the others. */
  async revokeToken(tenantId: string, id: string, tokenId: string): Promise<boolean> {
    const revoked = await this.database.query(
      'delete from hub.source_token where tenant_id = $1 and source_id = $2 and id = $3 returning id',
      [tenantId, id, tokenId],
    );
    this.authentication.forget();
    return revoked.length > 0;
  }

  private async select(tenantId: string, id: string | null): Promise<Source[]> {
    const [sources, tokens, secrets] = await Promise.all([
      this.database.query<Omit<Source, 'tokens' | 'secrets'>>(
        `select id, name, client, created_at as "createdAt", allowed_ips as "allowedIps", jwt,
                case when requests_per_second is not null
                     then jsonb_build_object('requestsPerSecond', requests_per_second) end as "rateLimit"
         from hub.source
         where tenant_id = $1 and ($2::uuid is null or id = $2) order by created_at, id`,
        [tenantId, id],
      ),
      this.credentials('source_token', tenantId, id),
      this.credentials('source_secret', tenantId, id),
    ]);
    return sources.map((source) => ({
      ...source,
      tokens: tokens.get(source.id) ?? [],
      secrets: secrets.get(source.id) ?? [],
    }));
  }

  /** By the id of the source. */
  private async credentials(
    table: 'source_token' | 'source_secret',
    tenantId: string,
    id: string | null,
  ): Promise<Map<string, SourceToken[]>> {
    const rows = await this.database.query<SourceToken & { sourceId: string }>(
      `select source_id as "sourceId", id, created_at as "createdAt", expires_at as "expiresAt",
              last_used_at as "lastUsedAt"
       from hub.${table} where tenant_id = $1 and ($2::uuid is null or source_id = $2) order by created_at, id`,
      [tenantId, id],
    );
    const bySource = new Map<string, SourceToken[]>();
    for (const { sourceId, ...credential } of rows) {
      bySource.set(sourceId, [...(bySource.get(sourceId) ?? []), credential]);
    }
    return bySource;
  }
}

/** The unique index on issuer and audience is all that says who was first. */
function explain(error: unknown): never {
  const { code, constraint } = error as { code?: string; constraint?: string };
  throw code === '23505' && constraint === 'source_by_trusted_issuer' ? new IssuerTaken() : error;
}

async function insertToken(
  client: pg.PoolClient,
  tenantId: string,
  sourceId: string,
  expiresAt: Date | null,
): Promise<IssuedToken> {
  const { token, hash, hashKey } = newToken('rcs_');
  const id = uuid();
  const { rows } = await client.query<{ createdAt: Date }>(
    `insert into hub.source_token (tenant_id, source_id, id, hash_key, hash, expires_at)
     values ($1, $2, $3, $4, $5, $6) returning created_at as "createdAt"`,
    [tenantId, sourceId, id, hashKey, hash, expiresAt],
  );
  return { id, token, createdAt: rows[0]!.createdAt, expiresAt };
}
