import { escapeFilter } from 'ldapts';
import type { ChangesPage, Outcome, SubjectType } from '../../contract.js';
import { isBelow } from './distinguished-name.js';
import type { Listings } from './listings.js';
import { textsOf, type Work } from './server-link.js';
import type { Session } from './session.js';

/** Changes are committed in another order than they begin: so much is read twice. */
const overlapMs = 60_000;

interface Place {
  /** contextCSN of each server that takes writes, as it was before the search. */
  csn: string[];
  /** generalizedTime from which deletions have been read. */
  since: string;
}

/**
 * What has changed since a token: by entryCSN against the contextCSN of the suffix (RFC 4533 has the same idea), and
 * deletions from the access log. Without a token: nothing, and one to begin with.
 */
export async function changesSince(
  session: Session,
  listings: Listings,
  type: SubjectType,
  query: { token?: string; cursor?: string; limit?: number },
  work: Work,
): Promise<Outcome<ChangesPage>> {
  if (query.cursor !== undefined) return withTombstones(await listings.page(type, query, work));
  const from = query.token === undefined ? undefined : readToken(query.token);
  if (query.token !== undefined && !from) {
    return {
      kind: 'rejected',
      code: 'bad-token',
      message: 'The token was not given out by this connection.',
      remedy: 'Read everything, and begin again without a token.',
    };
  }
  const now = await contextCsn(session, work, type);
  if (now.length === 0) {
    return {
      kind: 'rejected',
      code: 'no-context-csn',
      message: 'The server does not tell its contextCSN, so changes cannot be told from what was there.',
      remedy: 'Load the syncprov overlay for this database, or import by reading everything.',
      calls: work.calls,
    };
  }
  const since = now.toSorted().at(-1)!.split('#')[0]!;
  const token = writeToken({ csn: now, since });
  if (!from) return { kind: 'ok', value: { objects: [], deleted: [], token }, calls: work.calls };
  const deleted = await deletionsSince(session, type, from.since, work);
  const told = { token, deleted: deleted ?? [], ...(deleted === undefined && { deletionsUnknown }) };
  // Several servers that take writes each count for themselves: from the oldest on, some is read twice.
  const oldest = from.csn.toSorted()[0]!;
  const further = escapeFilter`(!(entryCSN<=${oldest}))`;
  return withTombstones(await listings.page(type, { limit: query.limit }, work, further, told));
}

const deletionsUnknown =
  'Deletions are not in it: the settings name no access log. Compare with a list of everything.';

function withTombstones(outcome: Outcome<object>): Outcome<ChangesPage> {
  if (outcome.kind !== 'ok') return outcome;
  return { ...outcome, value: { deleted: [], ...outcome.value } as unknown as ChangesPage };
}

async function contextCsn(session: Session, work: Work, type: SubjectType): Promise<string[]> {
  const base = session.basesOf(type)[0]!;
  const { namingContexts } = await session.server(work);
  const suffix = namingContexts
    .filter((context) => isBelow(base, context))
    .toSorted((one, other) => other.length - one.length)[0];
  if (suffix === undefined) return [];
  const [entry] = await session.search(work, suffix, { scope: 'base', attributes: ['contextCSN'] });
  return textsOf(entry, 'contextCSN');
}

/** Undefined: the settings name no access log. */
async function deletionsSince(
  session: Session,
  type: SubjectType,
  since: string,
  work: Work,
): Promise<{ id: string }[] | undefined> {
  const { accesslogBase } = session.settings;
  if (accesslogBase === undefined) return undefined;
  const bases = session.basesOf(type);
  const deleted = new Set<string>();
  const call = session.call('SEARCH', accesslogBase, { filter: `(reqStart>=${earlier(since)})` });
  await session.run({ work, call }, async (client) => {
    const pages = client.searchPaginated(accesslogBase, {
      filter: escapeFilter`(&(objectClass=auditDelete)(reqResult=0)(reqStart>=${earlier(since)}))`,
      attributes: ['reqDN', 'reqEntryUUID'],
      paged: { pageSize: session.settings.pageSize },
    });
    for await (const { searchEntries } of pages) {
      for (const entry of searchEntries) {
        const [dn] = textsOf(entry, 'reqDN');
        const [id] = textsOf(entry, 'reqEntryUUID');
        if (dn !== undefined && id !== undefined && bases.some((base) => isBelow(dn, base))) deleted.add(id);
      }
    }
  });
  return [...deleted].map((id) => ({ id }));
}

function earlier(time: string): string {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(time)!.slice(1).map(Number);
  const [year, month, day, hour, minute, second] = parts as [number, number, number, number, number, number];
  const at = Date.UTC(year, month - 1, day, hour, minute, second) - overlapMs;
  return `${new Date(at).toISOString().replace(/[-:T]/g, '').slice(0, 14)}.000000Z`;
}

const writeToken = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function readToken(token: string): Place | undefined {
  try {
    const place = JSON.parse(Buffer.from(token, 'base64url').toString()) as Partial<Place>;
    const sound =
      Array.isArray(place.csn) &&
      place.csn.length > 0 &&
      place.csn.every((csn) => /^\d{14}\.\d+Z#[0-9a-f]+#[0-9a-f]+#[0-9a-f]+$/.test(csn)) &&
      /^\d{14}/.test(String(place.since));
    return sound ? (place as Place) : undefined;
  } catch {
    return undefined;
  }
}
