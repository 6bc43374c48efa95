import { describe, expect, it } from 'vitest';
import { rateHints, waitFrom } from './rate-hints.js';

const now = Date.parse('2026-03-01T12:00:00Z');

describe('rate hints', () => {
  it.each([
    ['Retry-After in seconds', { 'retry-after': '7' }, { retryAfterMs: 7000 }],
    ['a fraction of a second', { 'retry-after': '0.5' }, { retryAfterMs: 500 }],
    ['Retry-After as a date', { 'retry-after': 'Sun, 01 Mar 2026 12:00:09 GMT' }, { retryAfterMs: 9000 }],
    [
      'a date on a clock that is an hour fast',
      { 'retry-after': 'Sun, 01 Mar 2026 13:00:09 GMT', date: 'Sun, 01 Mar 2026 13:00:00 GMT' },
      { retryAfterMs: 9000 },
    ],
    ['a date gone by', { 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, { retryAfterMs: 0 }],
    ['milliseconds', { 'retry-after-ms': '250' }, { retryAfterMs: 250 }],
    [
      'RateLimit-*, reset in seconds from now',
      { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '0', 'ratelimit-reset': '30' },
      { limit: 100, remaining: 0, resetAt: now + 30_000 },
    ],
    [
      'X-RateLimit-*, reset in epoch seconds',
      {
        'x-ratelimit-limit': '60',
        'x-ratelimit-remaining': '5',
        'x-ratelimit-reset': String(now / 1000 + 20),
      },
      { limit: 60, remaining: 5, resetAt: now + 20_000 },
    ],
    [
      'X-Rate-Limit-*, reset in epoch milliseconds',
      {
        'x-rate-limit-limit': '600',
        'x-rate-limit-remaining': '1',
        'x-rate-limit-reset': String(now + 1500),
      },
      { limit: 600, remaining: 1, resetAt: now + 1500 },
    ],
    [
      'one RateLimit field',
      { ratelimit: 'limit=10, remaining=3, reset=4' },
      { limit: 10, remaining: 3, resetAt: now + 4000 },
    ],
    [
      'RateLimit as a structured field with its policy',
      { ratelimit: '"default";r=50;t=30', 'ratelimit-policy': '"default";q=100;w=60' },
      { limit: 100, remaining: 50, resetAt: now + 30_000 },
    ],
    ['nothing', { 'content-type': 'text/plain' }, undefined],
    ['nonsense', { 'retry-after': 'soon', 'x-ratelimit-remaining': 'many' }, undefined],
  ])('%s', (_, headers, hints) => {
    expect(rateHints(headers as Record<string, string>, now)).toEqual(hints);
  });

  it('waits as told, else until the limit is reset, else does not know', () => {
    expect(waitFrom({ retryAfterMs: 3000, remaining: 0, resetAt: now + 9000 }, now)).toBe(3000);
    expect(waitFrom({ remaining: 0, resetAt: now + 9000 }, now)).toBe(9000);
    expect(waitFrom({ remaining: 4, resetAt: now + 9000 }, now)).toBeUndefined();
    expect(waitFrom(undefined, now)).toBeUndefined();
  });
});
