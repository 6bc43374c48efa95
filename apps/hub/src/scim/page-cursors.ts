import { Injectable } from '@nestjs/common';
import { Keyring } from '@rollcall/platform';
import type { SortPosition } from '@rollcall/read-model';
import { ScimError } from '@rollcall/scim';

export const cursorLifeSeconds = 3600;

/**
 * Cursors of RFC 9865: where the next page begins, sealed, since sort keys are personal data and addresses are
 * logged. A cursor belongs to one query of one tenant, and nothing is kept for it.
 */
@Injectable()
export class PageCursors {
  constructor(private readonly keyring: Keyring) {}

  /** `query` says everything that decides which resources are listed and in which order. */
  seal({ key, id }: SortPosition, query: string): string {
    const plain = Buffer.from(JSON.stringify([key, id, Date.now()]));
    return this.keyring.seal(plain, aad(query)).toString('base64url');
  }

  /** Throws ScimError 400 (invalidCursor, expiredCursor). */
  open(cursor: string, query: string): SortPosition {
    const [key, id, at] = this.unseal(cursor, query);
    if (Date.now() - at > cursorLifeSeconds * 1000) {
      throw new ScimError(
        400,
        `The cursor is older than ${cursorLifeSeconds} seconds. Begin again with an empty cursor.`,
        'expiredCursor',
      );
    }
    return { key, id };
  }

  private unseal(cursor: string, query: string): [key: string | null, id: string, at: number] {
    try {
      const plain = this.keyring.unseal(Buffer.from(cursor, 'base64url'), aad(query));
      return JSON.parse(plain.toString());
    } catch {
      throw new ScimError(
        400,
        'The cursor is not one that this query was answered with. Send the nextCursor of the page before with ' +
          'the same filter, sortBy and sortOrder, or an empty cursor to begin.',
        'invalidCursor',
      );
    }
  }
}

const aad = (query: string) => `scim-cursor ${query}`;
