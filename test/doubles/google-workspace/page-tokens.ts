import { invalid } from './api-error.js';
import type { Account } from './account.js';

const lifeMs = 3 * 86_400_000;

/** One page of a list. Tokens are opaque, bound to what was asked, and end after three days. */
export function page<T extends { id: string }>(
  account: Account,
  all: T[],
  query: URLSearchParams,
  most: number,
  usual: number,
): { items: T[]; nextPageToken?: string } {
  const size = Number(query.get('maxResults') ?? usual);
  if (!Number.isInteger(size) || size < 1) throw invalid('Invalid value for: maxResults');
  const asked = new URLSearchParams(query);
  asked.delete('pageToken');
  asked.delete('maxResults');
  asked.sort();
  const given = query.get('pageToken');
  const from = given === null ? 0 : read(account, given, asked.toString());
  const items = all.slice(from, from + Math.min(size, most));
  const next = from + items.length;
  if (next >= all.length) return { items };
  const token = JSON.stringify({ from: next, asked: asked.toString(), at: account.now() });
  return { items, nextPageToken: Buffer.from(token).toString('base64url') };
}

function read(account: Account, token: string, asked: string): number {
  try {
    const place = JSON.parse(Buffer.from(token, 'base64url').toString()) as {
      from: number;
      asked: string;
      at: number;
    };
    if (place.asked === asked && account.now() - place.at < lifeMs) return place.from;
  } catch {
    // Told below, as one that has ended is.
  }
  throw invalid('Invalid Input: pageToken');
}
