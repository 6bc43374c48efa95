import type { RateHints } from '../contract.js';

type Headers = Record<string, string | string[] | undefined>;

/**
 * What an answer's headers say of the target's limits, in the spellings met in the field: Retry-After in
 * seconds or as an HTTP date (RFC 9110 section 10.2.3), RateLimit and RateLimit-* (IETF drafts),
 * X-RateLimit-*, X-Rate-Limit-*, and millisecond variants. Undefined when they say nothing.
 */
export function rateHints(headers: Headers, now: number): RateHints | undefined {
  const text = (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const number = (...names: string[]): number | undefined => {
    for (const name of names) {
      const match = /^\s*(\d+(?:\.\d+)?)/.exec(text(name) ?? '');
      if (match) return Number(match[1]);
    }
    return undefined;
  };
  // Dates are read on the target's own clock where it tells it.
  const told = Date.parse(text('date') ?? '');
  const targetNow = Number.isNaN(told) ? now : told;

  const combined = combinedField(text('ratelimit'));
  const limit =
    number('ratelimit-limit', 'x-ratelimit-limit', 'x-rate-limit-limit') ??
    combined.limit ??
    combinedField(text('ratelimit-policy')).limit;
  const remaining =
    number('ratelimit-remaining', 'x-ratelimit-remaining', 'x-rate-limit-remaining') ?? combined.remaining;
  const reset =
    number('ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset', 'x-ratelimit-reset-after') ??
    combined.reset;
  const retryAfterMs =
    number('retry-after-ms', 'x-ms-retry-after-ms') ?? retryAfter(text('retry-after'), targetNow);

  const hints: RateHints = {};
  if (limit !== undefined) hints.limit = limit;
  if (remaining !== undefined) hints.remaining = remaining;
  if (reset !== undefined) hints.resetAt = resetTime(reset, now, targetNow);
  if (retryAfterMs !== undefined) hints.retryAfterMs = retryAfterMs;
  return Object.keys(hints).length > 0 ? hints : undefined;
}

/** How long the target wants to be left alone, from its hints; undefined when it did not say. */
export function waitFrom(hints: RateHints | undefined, now: number): number | undefined {
  if (hints?.retryAfterMs !== undefined) return hints.retryAfterMs;
  if (hints?.remaining === 0 && hints.resetAt !== undefined) return Math.max(0, hints.resetAt - now);
  return undefined;
}

function retryAfter(value: string | undefined, targetNow: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Math.ceil(Number(value) * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - targetNow);
}

/** `limit=100, remaining=50, reset=5` or `"default";r=50;t=30`, and `"default";q=100;w=60` for the policy. */
function combinedField(value: string | undefined): { limit?: number; remaining?: number; reset?: number } {
  if (value === undefined) return {};
  const part = (...names: string[]) => {
    const match = new RegExp(`(?:^|[;,\\s])(?:${names.join('|')})=(\\d+)`, 'i').exec(value);
    return match ? Number(match[1]) : undefined;
  };
  return { limit: part('limit', 'q'), remaining: part('remaining', 'r'), reset: part('reset', 't') };
}

/** A reset is sent as seconds from now, as epoch seconds or as epoch milliseconds. */
function resetTime(reset: number, now: number, targetNow: number): number {
  if (reset > 1e11) return reset - targetNow + now;
  if (reset > 1e8) return reset * 1000 - targetNow + now;
  return now + reset * 1000;
}
