import { describe, expect, it } from 'vitest';
import { bearerToken, hashToken, newToken, sameHash } from './token.js';

describe('tokens', () => {
  it('are 256 random bits behind a prefix, and never the same twice', () => {
    const { token, hash, hashKey } = newToken('rcs_');
    expect(token).toMatch(/^rcs_[A-Za-z0-9_-]{43}$/);
    expect(newToken('rcs_').token).not.toBe(token);
    expect(hashToken(token)).toEqual({ hash, hashKey });
    expect(hash.toString('hex').startsWith(hashKey)).toBe(true);
  });

  it('are compared by all of their hash', () => {
    const { token, hash } = newToken('rca_');
    expect(sameHash(hashToken(token).hash, hash)).toBe(true);
    expect(sameHash(hashToken(`${token}x`).hash, hash)).toBe(false);
    expect(sameHash(hash.subarray(0, 8), hash)).toBe(false);
  });

  it.each([
    ['Bearer abc', 'abc'],
    ['bearer   abc ', 'abc'],
    ['Basic abc', undefined],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    [undefined, undefined],
  ])('read %j as %j', (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });
});
