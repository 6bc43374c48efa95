import type { Filter } from '../filter/filter.js';
import { Scanner } from '../filter/filter-scanner.js';
import { isAttributeName, maxFilterLength, parseElementFilter } from '../filter/parse-filter.js';
import type { Warning } from '../resource/warning.js';
import { ScimError, badRequest } from '../scim-error.js';

/** An attribute path as it was written: RFC 7644 figure 7. The name is not yet looked up. */
export interface Path {
  /** Everything before the filter: "name.givenName", "emails", "urn:...:User:department", or a schema's URN. */
  name: string;
  filter?: Filter;
  /** The sub-attribute behind the filter. */
  sub?: string;
}

/** Throws ScimError 400 invalidPath, naming the place and what was expected there. */
export function parsePath(text: string, warnings: Warning[] = []): Path {
  const trimmed = text.trim();
  if (isAttributeName(trimmed)) return { name: trimmed };
  if (text.length > maxFilterLength) {
    throw badRequest('invalidPath', `The path is longer than ${maxFilterLength} characters.`);
  }
  const scanner = new Scanner(trimmed, 'invalidPath', warnings);
  const { next } = scanner;
  if (next.kind !== 'word' || !isAttributeName(next.text)) scanner.fail('an attribute name');
  scanner.take();
  scanner.expect('[', '"[" or the end');
  const filter = readFilter(scanner);
  const path: Path = { name: next.text, filter };
  if (scanner.next.kind === 'word') {
    const sub = scanner.next.text;
    if (!sub.startsWith('.') || !isAttributeName(sub.slice(1)))
      scanner.fail('"." and a sub-attribute, or the end');
    path.sub = sub.slice(1);
    scanner.take();
  }
  scanner.expect('end', 'the end');
  return path;
}

function readFilter(scanner: Scanner): Filter {
  try {
    return parseElementFilter(scanner);
  } catch (error) {
    if (error instanceof ScimError) throw badRequest('invalidPath', error.detail);
    throw error;
  }
}
