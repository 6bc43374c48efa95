import { randomUUID } from 'node:crypto';
import type { Client, SearchResult } from 'ldapts';
import type { Outcome, Page, SubjectType } from '../../contract.js';
import type { Connection } from './connection.js';
import { noBase, openingRefusal } from './refusals.js';
import { binaryAttributes, type Session, type Work } from './session.js';
import { attributesFor, objects } from './read-entries.js';
import { isCode, Refused, resultCode } from './result-codes.js';

interface Listing {
  connection: Connection;
  type: SubjectType;
  filter: string;
  attributes: string[];
  bases: string[];
  pages: AsyncGenerator<SearchResult>;
  seen: Set<string>;
  idle?: NodeJS.Timeout;
  /** Told with the last page. */
  atEnd?: object;
}

const mostOpen = 8;
const idleMs = 120_000;

/**
 * Searches that are read page by page (RFC 2696). The place in one is known to the server for one connection only, so
 * each has a connection of its own until it is read to the end, or left alone for two minutes.
 */
export class Listings {
  private readonly open = new Map<string, Listing>();

  constructor(private readonly session: Session) {}

  async page(
    type: SubjectType,
    { cursor, limit }: { cursor?: string; limit?: number },
    work: Work,
    further = '',
    atEnd?: object,
  ): Promise<Outcome<Page>> {
    const listing =
      cursor === undefined ? await this.begin(type, limit, work, further, atEnd) : this.goOn(cursor);
    if (!listing || listing.type !== type) {
      return {
        kind: 'rejected',
        code: 'bad-cursor',
        message: 'The list is not open any more: it was read to the end, or left alone for too long.',
        remedy: 'Start again without a cursor.',
      };
    }
    try {
      return await this.read(listing, work);
    } catch (error) {
      await this.end(listing);
      throw error;
    }
  }

  async close(): Promise<void> {
    const listings = [...this.open.values()];
    this.open.clear();
    await Promise.all(listings.map((listing) => this.end(listing)));
  }

  private async begin(
    type: SubjectType,
    limit: number | undefined,
    work: Work,
    further: string,
    atEnd?: object,
  ): Promise<Listing> {
    const attributes = await attributesFor(this.session, work, type);
    if (this.open.size >= mostOpen) {
      const [oldest] = this.open.keys();
      await this.end(this.goOn(oldest!)!);
    }
    const connection = await this.session.open().catch((error: unknown) => {
      throw new Refused(openingRefusal(error, this.session.secrets()));
    });
    const { pageSize } = this.session.settings;
    const size = Math.max(1, Math.min(limit ?? pageSize, pageSize));
    const bases = this.session.basesOf(type);
    const filter = this.session.filterOf(type, further);
    const pages = allPages(connection.client, bases, { filter, attributes, pageSize: size });
    return { connection, type, filter, attributes, bases, pages, seen: new Set(), atEnd };
  }

  private goOn(cursor: string): Listing | undefined {
    const listing = this.open.get(cursor);
    this.open.delete(cursor);
    clearTimeout(listing?.idle);
    return listing;
  }

  private async read(listing: Listing, work: Work): Promise<Outcome<Page>> {
    const call = this.session.call('SEARCH', listing.bases[0]!, {
      scope: 'sub',
      filter: listing.filter,
      attributes: listing.attributes,
      paged: true,
    });
    work.calls.push(call);
    try {
      const { done, value } = await this.session.runOn(listing.connection, { work, call }, () =>
        listing.pages.next(),
      );
      if (done) return await this.last(listing, []);
      const found = objects(this.session, listing.type, (value as SearchResult).searchEntries);
      const fresh = found.filter(({ id }) => !listing.seen.has(id));
      if (found.length > 0 && fresh.length === 0)
        return await this.last(listing, [], 'The server gives the same page again and again.');
      for (const { id } of fresh) listing.seen.add(id);
      const cursor = randomUUID();
      listing.idle = setTimeout(() => void this.end(this.goOn(cursor)!), idleMs).unref();
      this.open.set(cursor, listing);
      return { kind: 'ok', value: { objects: fresh, nextCursor: cursor } };
    } catch (error) {
      if (isCode(error, resultCode.noSuchObject)) throw new Refused(noBase(listing.bases.join(', ')));
      if (!isCode(error, resultCode.sizeLimitExceeded)) throw error;
      return this.last(listing, [], sizeLimited(listing.seen.size));
    }
  }

  private async last(listing: Listing, found: Page['objects'], cutShort?: string): Promise<Outcome<Page>> {
    await this.end(listing);
    return {
      kind: 'ok',
      value: { objects: found, ...(cutShort !== undefined ? { cutShort } : listing.atEnd) },
    };
  }

  private async end(listing: Listing): Promise<void> {
    clearTimeout(listing.idle);
    await listing.connection.close();
  }
}

export const sizeLimited = (read: number): string =>
  `The server stops in the page after ${read} entries (size limit), paged or not. Raise it for the service account: olcLimits with size.soft, size.hard and size.prtotal unlimited.`;

async function* allPages(
  client: Client,
  bases: string[],
  { filter, attributes, pageSize }: { filter: string; attributes: string[]; pageSize: number },
): AsyncGenerator<SearchResult> {
  for (const base of bases) {
    yield* client.searchPaginated(base, {
      filter,
      attributes,
      explicitBufferAttributes: binaryAttributes,
      paged: { pageSize },
    });
  }
}
