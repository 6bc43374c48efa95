import { randomUUID } from 'node:crypto';
import type { Outcome, Page } from '../../contract.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { pageIsMissing, type Profile } from './read-workers.js';
import { prefer } from './resolve-profiles.js';
import { asOf, failed, type SoapWorkers } from './soap-workers.js';

interface Place {
  /** Tells lists apart that begin at the same moment. */
  run: string;
  /** Frozen for the whole list. */
  now: string;
  count: number;
  /** Of the pass that gives workers. 0: the pass before it, which looks who stands for whom, is not done. */
  page: number;
}

type Known = Pick<Profile, 'wid' | 'workerId' | 'employment'>;

interface Overview {
  /** Who stands for a worker id. */
  standing: Map<string, Known>;
  seen: Set<string>;
  /** On which page each was given: a page that is asked for again is given again. */
  given: Map<string, number>;
  nextPage: number;
  done: boolean;
}

const overviewCount = 500;
const mostOverviews = 2;

/**
 * All workers, each person once. A person may have several profiles (employee and contingent worker), pages apart, so
 * a first pass over everybody's status alone, 500 at a time, looks which one stands for the person. What it found is
 * kept here; a cursor that comes to another process, or late, makes it again.
 */
export class WorkerList {
  private readonly overviews = new Map<string, Overview>();

  constructor(private readonly workers: SoapWorkers) {}

  async page(query: { cursor?: string; limit?: number }): Promise<Outcome<Page>> {
    const { pageSize } = this.workers.session.settings;
    const place =
      query.cursor === undefined
        ? {
            run: randomUUID(),
            now: this.workers.stamp(),
            count: Math.min(query.limit ?? pageSize, 999),
            page: 0,
          }
        : decodeCursor<Place>(query.cursor, {
            run: 'string',
            now: 'moment',
            count: 'number',
            page: 'number',
          });
    if (!place)
      return {
        kind: 'rejected',
        code: 'cursor',
        message: 'This cursor was not given out here. Begin the list again.',
      };
    const overview = this.overviewOf(place.run);
    if (!overview.done) return this.lookOn(place, overview);
    return this.give({ ...place, page: Math.max(place.page, 1) }, overview);
  }

  private overviewOf(run: string): Overview {
    let overview = this.overviews.get(run);
    if (overview) return overview;
    overview = { standing: new Map(), seen: new Set(), given: new Map(), nextPage: 1, done: false };
    this.overviews.set(run, overview);
    const [oldest] = this.overviews.keys();
    if (this.overviews.size > mostOverviews) this.overviews.delete(oldest!);
    return overview;
  }

  private async lookOn(place: Place, overview: Overview): Promise<Outcome<Page>> {
    const { run, now } = place;
    const asked = await this.workers.ask({
      ...asOf(now),
      page: overview.nextPage,
      count: overviewCount,
      sections: 'status',
    });
    if (asked.refused) return failed(asked);
    const { profiles, results } = asked.value;
    const news = profiles.filter(({ wid }) => !overview.seen.has(wid));
    if (profiles.length > 0 && news.length === 0) return this.end(run, wentRound);
    if (pageIsMissing(profiles, results, overview.nextPage)) return this.end(run, missingPage);
    for (const profile of news) this.note(profile, overview, now);
    overview.done = profiles.length === 0 || results.totalPages <= overview.nextPage;
    overview.nextPage += 1;
    if (overview.done) return this.give({ ...place, page: Math.max(place.page, 1) }, overview);
    return { kind: 'ok', value: { objects: [], nextCursor: encodeCursor(place) } };
  }

  private note({ wid, workerId, employment }: Profile, { standing, seen }: Overview, now: string): void {
    seen.add(wid);
    if (workerId === undefined) return;
    const mine: Known = { wid, workerId, employment };
    const other = standing.get(workerId);
    const { settings } = this.workers.session;
    standing.set(workerId, other ? prefer(mine, other, settings, Date.parse(now)) : mine);
  }

  private async give(place: Place, overview: Overview): Promise<Outcome<Page>> {
    const { run, now, count, page } = place;
    const asked = await this.workers.ask({ ...asOf(now), page, count });
    if (asked.refused) return failed(asked);
    const { profiles, results } = asked.value;
    const before = ({ wid }: Profile) => (overview.given.get(wid) ?? page) < page;
    if (profiles.length > 0 && profiles.every(before)) return this.end(run, wentRound);
    if (pageIsMissing(profiles, results, page)) return this.end(run, missingPage);
    const mine = profiles.filter((each) => {
      const stands = each.workerId === undefined ? undefined : overview.standing.get(each.workerId);
      return !before(each) && (stands === undefined || stands.wid === each.wid);
    });
    const completed = await this.workers.withFutureHires(mine, now);
    if (completed.refused) return failed(completed);
    for (const each of profiles) if (!before(each)) overview.given.set(each.wid, page);
    const objects = completed.value.map((each) => this.workers.objectOf(each, now));
    if (profiles.length === 0 || results.totalPages <= page) {
      return { kind: 'ok', value: { objects } };
    }
    return { kind: 'ok', value: { objects, nextCursor: encodeCursor({ ...place, page: page + 1 }) } };
  }

  private end(run: string, cutShort: string): Outcome<Page> {
    this.overviews.delete(run);
    return { kind: 'ok', value: { objects: [], cutShort } };
  }
}

const wentRound = 'Workday gave a page that it had given before: the list is not whole.';
const missingPage = 'Workday gave an empty page before the last one: the list is not whole.';
