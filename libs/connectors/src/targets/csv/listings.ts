import { randomUUID } from 'node:crypto';
import type { ChangesPage, Outcome, Page, RemoteObject, SubjectType } from '../../contract.js';
import { Refused, rejected } from './refusals.js';

export interface Source {
  objects: AsyncIterator<RemoteObject> | Iterator<RemoteObject>;
  /** Told with the last page. */
  end(): Promise<Pick<ChangesPage, 'cutShort' | 'token' | 'deletionsUnknown'>>;
}

interface Listing extends Source {
  type: SubjectType;
  idle?: NodeJS.Timeout;
}

const mostOpen = 8;
const idleMs = 120_000;

/** Lists that are read page by page, each from its own beginning to its own end, or left alone for two minutes. */
export class Listings {
  private readonly open = new Map<string, Listing>();

  constructor(private readonly pageSize: number) {}

  async page(
    type: SubjectType,
    { cursor, limit }: { cursor?: string; limit?: number },
    begin: () => Promise<Source>,
  ): Promise<Outcome<Page>> {
    const listing = cursor === undefined ? { ...(await begin()), type } : this.goOn(cursor);
    if (listing?.type !== type)
      throw rejected(
        'bad-cursor',
        'The list is not open any more: it was read to the end, or left alone for too long.',
        'Start again without a cursor.',
      );
    const size = Math.max(1, Math.min(limit ?? this.pageSize, this.pageSize));
    const objects: RemoteObject[] = [];
    try {
      while (objects.length < size) {
        const { done, value } = await listing.objects.next();
        if (done) return { kind: 'ok', value: { objects, ...(await listing.end()) } };
        objects.push(value);
      }
    } catch (error) {
      if (error instanceof Refused) await this.end(listing);
      throw error;
    }
    return { kind: 'ok', value: { objects, nextCursor: await this.keep(listing) } };
  }

  async close(): Promise<void> {
    const listings = [...this.open.values()];
    this.open.clear();
    await Promise.all(listings.map((listing) => this.end(listing)));
  }

  private async keep(listing: Listing): Promise<string> {
    if (this.open.size >= mostOpen) await this.end(this.goOn([...this.open.keys()][0]!)!);
    const cursor = randomUUID();
    listing.idle = setTimeout(() => void this.end(this.goOn(cursor)!), idleMs).unref();
    this.open.set(cursor, listing);
    return cursor;
  }

  private goOn(cursor: string): Listing | undefined {
    const listing = this.open.get(cursor);
    this.open.delete(cursor);
    clearTimeout(listing?.idle);
    return listing;
  }

  private async end(listing: Listing): Promise<void> {
    clearTimeout(listing.idle);
    await listing.objects.return?.();
  }
}
