import { Keyring, type Database, type Statement } from '@rollcall/platform';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccessTokens } from './access-tokens.js';
import { SourceAuthentication } from './source-authentication.js';
import { newToken } from './token.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const tokens = new AccessTokens(new Keyring(Buffer.alloc(32, 1)));
const source = {
  tenantId: 'tenant',
  sourceId: 'source',
  client: 'entra',
  allowedIps: [],
  requestsPerSecond: null,
};

/** Answers with the rows that are in `rows` at the moment, and counts how often it is asked. */
function authenticationOver(rows: object[]) {
  const query = vi.fn(async (_statement: Statement) => [...rows]);
  const authentication = new SourceAuthentication({ query } as unknown as Database, tokens);
  return {
    query,
    isLetIn: async (token: string) =>
      !('refused' in (await authentication.authenticateSource(`Bearer ${token}`))),
  };
}

describe('who a request is from', () => {
  it('is remembered for a second', async () => {
    const { token, hash } = newToken('rcs_');
    const rows: object[] = [{ ...source, id: 'token', hash, expiresAt: null, markUsed: false }];
    const { query, isLetIn } = authenticationOver(rows);
    expect(await isLetIn(token)).toBe(true);
    rows.pop();
    vi.advanceTimersByTime(999);
    expect(await isLetIn(token)).toBe(true);
    expect(query).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(2);
    expect(await isLetIn(token)).toBe(false);
  });

  it('is remembered no longer than the token is valid', async () => {
    const { token, hash } = newToken('rcs_');
    const expiresAt = new Date(Date.now() + 400);
    const rows: object[] = [{ ...source, id: 'token', hash, expiresAt, markUsed: false }];
    const { isLetIn } = authenticationOver(rows);
    expect(await isLetIn(token)).toBe(true);
    rows.pop();
    vi.advanceTimersByTime(399);
    expect(await isLetIn(token)).toBe(true);
    vi.advanceTimersByTime(2);
    expect(await isLetIn(token)).toBe(false);
  });

  it('is asked for once a second by all access tokens of a secret, and so noticed within one', async () => {
    const rows: object[] = [source];
    const { query, isLetIn } = authenticationOver(rows);
    const subject = { tenantId: 'tenant', sourceId: 'source', secretId: 'secret' };
    const [first, second] = await Promise.all([tokens.issue(subject, null), tokens.issue(subject, null)]);
    expect(await isLetIn(first.token)).toBe(true);
    vi.advanceTimersByTime(900);
    expect(await isLetIn(second.token)).toBe(true);
    expect(query).toHaveBeenCalledTimes(1);
    rows.pop();
    vi.advanceTimersByTime(101);
    expect(await isLetIn(first.token)).toBe(false);
    expect(await isLetIn(second.token)).toBe(false);
  });

  it('is nobody when an access token expires, to the second', async () => {
    vi.setSystemTime(1_800_000_000_000);
    const { isLetIn } = authenticationOver([source]);
    const subject = { tenantId: 'tenant', sourceId: 'source', secretId: 'secret' };
    const { token, expiresInSeconds } = await tokens.issue(subject, new Date(Date.now() + 90_000));
    expect(expiresInSeconds).toBe(90);
    vi.setSystemTime(1_800_000_089_500);
    expect(await isLetIn(token)).toBe(true);
    vi.setSystemTime(1_800_000_090_000);
    expect(await isLetIn(token)).toBe(false);
  });

  it('is asked for again after a failure', async () => {
    const { token, hash } = newToken('rcs_');
    const { query, isLetIn } = authenticationOver([
      { ...source, id: 'token', hash, expiresAt: null, markUsed: false },
    ]);
    query.mockRejectedValueOnce(new Error('away'));
    await expect(isLetIn(token)).rejects.toThrow('away');
    expect(await isLetIn(token)).toBe(true);
  });
});
