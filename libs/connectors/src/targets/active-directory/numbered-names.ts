import { escapeFilter } from 'ldapts';
import { textsOf, type Work } from '../ldap/server-link.js';
import { mostCharacters } from './attribute-limits.js';
import type { Domain } from './domain.js';

/** How often a name that was free a moment ago may turn out to be taken. */
export const mostTries = 10;

/** "Ada", or "Ada 2", "Ada 3", … where that is taken. @param taken in lower case */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name.toLowerCase())) return name;
  for (let number = 2; ; number += 1) {
    const candidate = withNumber(name, number);
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
}

/** Whether it is what freeName may make of the name. */
export function isNumbered(candidate: string, name: string): boolean {
  const [, number] = / (\d+)$/.exec(candidate) ?? [];
  return number !== undefined && Number(number) > 1 && candidate === withNumber(name, Number(number));
}

const withNumber = (name: string, number: number): string => {
  const end = ` ${number}`;
  return `${name.slice(0, mostCharacters.cn! - end.length).trimEnd()}${end}`;
};

/** Names in a place that begin like this one, in lower case. */
export async function namesLike(
  domain: Domain,
  work: Work,
  place: string,
  name: string,
): Promise<Set<string>> {
  // Room for the number, which takes the place of the end of a long name.
  const begin = name.slice(0, mostCharacters.cn! - 8).trimEnd();
  const filter = `${escapeFilter`(cn=${begin}`}*)`;
  const call = domain.call('SEARCH', place, { scope: 'one', filter, attributes: ['cn'] });
  return domain.run({ work, call }, async (client) => {
    const { searchEntries } = await client.search(place, {
      scope: 'one',
      filter,
      attributes: ['cn'],
      paged: { pageSize: domain.settings.pageSize },
    });
    return new Set(searchEntries.flatMap((entry) => textsOf(entry, 'cn')).map((cn) => cn.toLowerCase()));
  });
}
