import type { ChangesPage, Outcome } from '../../contract.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import type { WorkersQuery } from './get-workers-request.js';
import { pageIsMissing, type Profile } from './read-workers.js';
import { asOf, failed, type SoapWorkers } from './soap-workers.js';

interface Place {
  since: string;
  now: string;
  /** Where the next run goes on. */
  token: string;
  /** The two questions to the transaction log, one after the other. */
  question: 'entered' | 'effective';
  page: number;
  count: number;
}

const day = 86_400_000;
/** A last day ends after its date has come into effect, wherever the tenant is. */
const effectiveOverlap = 2 * day;

/**
 * Workers changed since a moment by Workday's transaction log: what was entered since (corrections and rescinded
 * events of any date among it), and what was entered long ago and comes into effect only now, the days before a hire
 * included. The moment the run began is where the next one goes on.
 */
export async function changedWorkers(
  workers: SoapWorkers,
  query: { token?: string; cursor?: string; limit?: number },
): Promise<Outcome<ChangesPage>> {
  const { settings } = workers.session;
  const now = workers.stamp();
  if (query.token === undefined && query.cursor === undefined) return begin(workers);
  const place =
    query.cursor === undefined
      ? beginAt(query.token!, now, Math.min(query.limit ?? settings.pageSize, 999))
      : decodeCursor<Place>(query.cursor, {
          since: 'moment',
          now: 'moment',
          token: 'moment',
          question: 'string',
          page: 'number',
          count: 'number',
        });
  if (!place) return unknown;
  const asked = await workers.ask({
    ...rangeOf(place, settings),
    ...asOf(place.now),
    page: place.page,
    count: place.count,
  });
  if (asked.refused) return failed(asked);
  const { profiles, results } = asked.value;
  if (profiles.length > 0 && !Number.isNaN(results.page) && results.page !== place.page)
    return { kind: 'ok', value: { objects: [], deleted: [], cutShort: wrongPage } };
  if (pageIsMissing(profiles, results, place.page))
    return { kind: 'ok', value: { objects: [], deleted: [], cutShort: missingPage } };
  const read = await standing(workers, profiles, place.now);
  if (read.kind !== 'ok') return read;
  const objects = read.value.map((each) => workers.objectOf(each, place.now));
  // A clock here that is fast would jump over what is entered there meanwhile.
  const token = earlier(place.token, workers.stamp());
  const next = following({ ...place, token }, profiles.length > 0 && !(results.totalPages <= place.page));
  return {
    kind: 'ok',
    value: {
      objects,
      deleted: [],
      ...(next ? { nextCursor: encodeCursor(next) } : { token }),
    },
  };
}

const unknown: Outcome<never> = {
  kind: 'rejected',
  code: 'cursor',
  message: 'This place in the changes was not given out here. List everything, then go on from a new token.',
};

const wrongPage = 'Workday gave another page than was asked for: changes are missing.';
const missingPage = 'Workday gave an empty page before the last one: changes are missing.';

/** A call is made all the same: a connection that does not work must not give out a token. */
async function begin(workers: SoapWorkers): Promise<Outcome<ChangesPage>> {
  const before = workers.stamp();
  const asked = await workers.ask({
    entered: { from: before, through: before },
    ...asOf(before),
    count: 1,
    sections: 'status',
  });
  if (asked.refused) return failed(asked);
  return { kind: 'ok', value: { objects: [], deleted: [], token: earlier(before, workers.stamp()) } };
}

const earlier = (one: string, other: string): string => (one < other ? one : other);

function beginAt(token: string, now: string, count: number): Place | undefined {
  if (Number.isNaN(Date.parse(token))) return undefined;
  return { since: token, now, token: now, question: 'entered', page: 1, count };
}

function rangeOf(
  { since, now, question }: Place,
  { overlapMinutes, preHireDays }: { overlapMinutes: number; preHireDays: number },
): Partial<WorkersQuery> {
  const at = (moment: string, ms: number) => new Date(Date.parse(moment) + ms).toISOString();
  return question === 'entered'
    ? { entered: { from: at(since, -overlapMinutes * 60_000), through: now } }
    : { effective: { from: at(since, -effectiveOverlap), through: at(now, preHireDays * day) } };
}

function following(place: Place, more: boolean): Place | undefined {
  if (more) return { ...place, page: place.page + 1 };
  return place.question === 'entered' ? { ...place, question: 'effective', page: 1 } : undefined;
}

/** Profiles that stand for a person. One that has ended is told only where no other has taken its place. */
async function standing(workers: SoapWorkers, profiles: Profile[], now: string): Promise<Outcome<Profile[]>> {
  const kept: Profile[] = [];
  for (const profile of profiles) {
    const { workerId, employment } = profile;
    if (workerId === undefined || !employment || employment.active) {
      kept.push(profile);
      continue;
    }
    const stands = await workers.byWorkerId(workerId);
    if (stands.refused) return failed(stands);
    kept.push(stands.value ?? profile);
  }
  const once = [...new Map(kept.map((each) => [each.wid, each])).values()];
  const completed = await workers.withFutureHires(once, now);
  return completed.refused ? failed(completed) : { kind: 'ok', value: completed.value };
}
