import { randomBytes } from 'node:crypto';
import {
  AccessTokens,
  AdminAuthentication,
  ApiKeys,
  accessMigrations,
  LastApiKey,
  openInstallation,
  OperatorKey,
  SourceAuthentication,
  Sources,
  Tenants,
  TooManyTokens,
} from '@rollcall/access';
import { Keyring } from '@rollcall/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase, waitFor } from '../harness/index.js';

let test: TestDatabase;
let tenants: Tenants;
let sources: Sources;
let authentication: SourceAuthentication;
let tenantId: string;

beforeAll(async () => {
  test = await createTestDatabase({ migrations: accessMigrations });
  tenants = new Tenants(test.database);
  authentication = newAuthentication();
  sources = new Sources(test.database, authentication);
  tenantId = (await tenants.default()).id;
});
afterAll(() => test.drop());

const bearer = (token: string) => `Bearer ${token}`;
const keyring = new Keyring(randomBytes(32));
const newAuthentication = (database = test.database) =>
  new SourceAuthentication(database, new AccessTokens(keyring));
const isLetIn = async (token: string) =>
  !('refused' in (await authentication.authenticateSource(bearer(token))));

describe('tenants', () => {
  it('has one default tenant, however many processes start at once', async () => {
    const found = await Promise.all(Array.from({ length: 8 }, () => tenants.default()));
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set([tenantId]));
  });

  it('keeps the keys of two tenants apart', async () => {
    const admins = new AdminAuthentication(test.database, tenants, new OperatorKey('operator-key'));
    const [north, south] = [await tenants.create('north'), await tenants.create('south')];
    expect(await admins.authenticateAdmin(bearer(north.adminKey))).toMatchObject({
      tenantId: north.id,
      role: 'admin',
    });
    expect(await admins.authenticateAdmin(bearer(south.adminKey))).toMatchObject({
      tenantId: south.id,
      role: 'admin',
    });
    expect(await admins.authenticateAdmin(bearer('operator-key'))).toEqual({
      tenantId,
      role: 'operator',
      actor: 'admin:operator',
    });
    expect(await admins.authenticateAdmin(bearer(`${north.adminKey}x`))).toBeUndefined();
    expect(await admins.authenticateAdmin(north.adminKey)).toBeUndefined();
  });
});

describe('API keys', () => {
  it('change over, are noted when used, and one always remains', async () => {
    const { id, adminKey } = await tenants.create('rotating');
    const keys = new ApiKeys(test.database);
    const admins = new AdminAuthentication(test.database, tenants, new OperatorKey('operator-key'));
    const [first] = await keys.list(id);
    await expect(keys.revoke(id, first!.id)).rejects.toThrow(LastApiKey);
    const second = await keys.issue(id, 'second');
    expect(await admins.authenticateAdmin(bearer(second.key))).toMatchObject({ tenantId: id, role: 'admin' });
    expect((await keys.list(id)).find((key) => key.id === second.id)!.lastUsedAt).toBeInstanceOf(Date);
    expect(await keys.revoke(tenantId, first!.id)).toBe(false);
    expect(await keys.revoke(id, first!.id)).toBe(true);
    expect(await admins.authenticateAdmin(bearer(adminKey))).toBeUndefined();
    expect(JSON.stringify(await test.database.query('select k::text from hub.api_key k'))).not.toContain(
      second.key,
    );
  });

  it('leave one of two that are revoked at once', async () => {
    const { id } = await tenants.create('hasty');
    const keys = new ApiKeys(test.database);
    await keys.issue(id, 'second');
    const revoked = await Promise.allSettled((await keys.list(id)).map((key) => keys.revoke(id, key.id)));
    expect(revoked.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('may all go where HUB_ADMIN_KEY opens the tenant', async () => {
    const keys = new ApiKeys(test.database);
    const { id } = await keys.issue(tenantId, 'only one');
    expect(await keys.revoke(tenantId, id)).toBe(true);
  });
});

describe('source tokens', () => {
  it('names tenant, source and client, and is not in the database', async () => {
    const { id, token } = await sources.create(tenantId, 'Entra', 'entra');
    expect(await authentication.authenticateSource(bearer(token))).toMatchObject({
      tenantId,
      sourceId: id,
      client: 'entra',
    });
    const dump = await test.database.query('select t::text from hub.source_token t');
    expect(JSON.stringify(dump)).not.toContain(token);
    expect(JSON.stringify(dump)).not.toContain(Buffer.from(token).toString('hex'));
  });

  it('changes over without a gap: two at once, no third, the first revoked', async () => {
    const { id, token: first, tokens } = await sources.create(tenantId, 'Okta', 'okta');
    const second = await sources.issueToken(tenantId, id, null);
    await expect(sources.issueToken(tenantId, id, null)).rejects.toThrow(TooManyTokens);
    expect(await isLetIn(first)).toBe(true);
    expect(await isLetIn(second!.token)).toBe(true);
    expect(await sources.revokeToken(tenantId, id, tokens[0]!.id)).toBe(true);
    expect(await isLetIn(first)).toBe(false);
    expect(await isLetIn(second!.token)).toBe(true);
  });

  it('issues no third token to two who ask at once', async () => {
    const { id } = await sources.create(tenantId, 'Busy', 'generic');
    const asked = await Promise.allSettled([1, 2, 3].map(() => sources.issueToken(tenantId, id, null)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('hears of another process’s revocation within two seconds', async () => {
    const { id, token, tokens } = await sources.create(tenantId, 'Elsewhere', 'generic');
    expect(await isLetIn(token)).toBe(true);
    const elsewhere = new Sources(test.database, newAuthentication());
    await elsewhere.revokeToken(tenantId, id, tokens[0]!.id);
    await waitFor(async () => !(await isLetIn(token)), {
      what: 'the revocation to be noticed',
      timeoutMs: 2_000,
    });
  });

  it('costs one query for a thousand requests', async () => {
    const { token } = await sources.create(tenantId, 'Hot', 'generic');
    let queries = 0;
    const counting = newAuthentication({
      query: (...call: Parameters<typeof test.database.query>) => {
        if (typeof call[0] === 'object') queries++;
        return test.database.query(...call);
      },
    } as typeof test.database);
    await Promise.all(Array.from({ length: 1_000 }, () => counting.authenticateSource(bearer(token))));
    expect(queries).toBe(1);
  });

  it('does not accept a token after its time, and notes when one was used', async () => {
    const { id, token, tokens } = await sources.create(tenantId, 'Timed', 'generic');
    const past = await sources.issueToken(tenantId, id, new Date(Date.now() - 1_000));
    expect(await isLetIn(past!.token)).toBe(false);
    expect(await isLetIn(token)).toBe(true);
    const used = await waitFor(
      async () =>
        (await sources.find(tenantId, id))?.tokens.find((known) => known.id === tokens[0]!.id)?.lastUsedAt,
      { what: 'the use to be noted' },
    );
    expect(Math.abs(Date.now() - used.getTime())).toBeLessThan(60_000);
  });

  it('does not let a tenant near the sources of another', async () => {
    const other = await tenants.create('other');
    const { id, token, tokens } = await sources.create(tenantId, 'Mine', 'generic');
    expect(await sources.find(other.id, id)).toBeUndefined();
    expect(await sources.issueToken(other.id, id, null)).toBeUndefined();
    expect(await sources.revokeToken(other.id, id, tokens[0]!.id)).toBe(false);
    expect(await sources.delete(other.id, id)).toBe(false);
    expect(await isLetIn(token)).toBe(true);
  });

  it('ends with its source', async () => {
    const { id, token } = await sources.create(tenantId, 'Gone', 'generic');
    expect(await isLetIn(token)).toBe(true);
    expect(await sources.delete(tenantId, id)).toBe(true);
    expect(await isLetIn(token)).toBe(false);
  });
});

describe('the installation', () => {
  it('keeps its id and refuses another master key', async () => {
    const keyring = new Keyring(randomBytes(32));
    const { id } = await openInstallation(test.database, keyring);
    expect(await openInstallation(test.database, keyring)).toEqual({ id });
    await expect(openInstallation(test.database, new Keyring(randomBytes(32)))).rejects.toThrow(
      /HUB_MASTER_KEY/,
    );
  });
});
