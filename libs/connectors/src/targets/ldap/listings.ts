import { randomUUID } from 'node:crypto';
import type { Client, Entry, SearchOptions, SearchResult } from 'ldapts';
import type { Outcome, Page, RemoteObject, SubjectType } from '../../contract.js';
import type { Connection } from './connection.js';
import { noBase } from './refusals.js';
import type { ServerLink, Work } from './server-link.js';
import { isCode, Refused, resultCode } from './result-codes.js';

/** What there is to list, and how its entries are read. */
export interface Listed {
  basesOf(type: SubjectType): string[];
  filterOf(type: SubjectType, further?: string): string;
  attributesOf(type: SubjectType, work: Work): Promise<string[]>;
  objectsOf(type: SubjectType, entries: Entry[]): RemoteObject[];
  /** What is done about a server that stops in the page. */
  sizeRemedy: string;
}

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

  constructor(
    private readonly link: ServerLink,
    private readonly listed: Listed,
  ) {}

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
    const attributes = await this.listed.attributesOf(type, work);
    if (this.open.size >= mostOpen) {
      const [oldest] = this.open.keys();
      await this.end(this.goOn(oldest!)!);
    }
    const connection = await this.link.open().catch((error: unknown) => {
      throw new Refused(this.link.unopened(error));
    });
    const { pageSize } = this.link.settings;
    const size = Math.max(1, Math.min(limit ?? pageSize, pageSize));
    const bases = this.listed.basesOf(type);
    const filter = this.listed.filterOf(type, further);
    const { binaryAttributes } = this.link;
    const pages = allPages(connection.client, bases, {
      filter,
      attributes,
      explicitBufferAttributes: binaryAttributes,
      paged: { pageSize: size },
    });
    return { connection, type, filter, attributes, bases, pages, seen: new Set(), atEnd };
  }

  private goOn(cursor: string): Listing | undefined {
    const listing = this.open.get(cursor);
    this.open.delete(cursor);
    clearTimeout(listing?.idle);
    return listing;
  }

  private async read(listing: Listing, work: Work): Promise<Outcome<Page>> {
    const call = this.link.call('SEARCH', listing.bases[0]!, {
      scope: 'sub',
      filter: listing.filter,
      attributes: listing.attributes,
      paged: true,
    });
    work.calls.push(call);
    try {
      const { done, value } = await this.link.runOn(listing.connection, { work, call }, () =>
        listing.pages.next(),
      );
      if (done) return await this.last(listing, []);
      const found = this.listed.objectsOf(listing.type, (value as SearchResult).searchEntries);
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
      return this.last(listing, [], sizeLimited(listing.seen.size, this.listed.sizeRemedy));
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

const sizeLimited = (read: number, remedy: string): string =>
  `The server stops in the page after ${read} entries (size limit), paged or not. ${remedy}`;

async function* allPages(
  client: Client,
  bases: string[],
  options: SearchOptions,
): AsyncGenerator<SearchResult> {
  for (const base of bases) yield* client.searchPaginated(base, options);
}
