import { escapeFilter } from 'ldapts';
import { replace } from './active-state.js';
import { Refused } from './result-codes.js';
import { textsOf, type Work } from './server-link.js';
import type { Session } from './session.js';

const mostTries = 50;

/**
 * Numbers of a range that no entry has: uidNumber, gidNumber. Several hubs may hand out numbers at once, so one is
 * looked for before it is used, and once more after: whoever sees another entry with its number takes the next.
 */
export class NumberRange {
  private next: Promise<number> | undefined;

  constructor(
    private readonly session: Session,
    private readonly attribute: 'uidNumber' | 'gidNumber',
    private readonly from: number,
    private readonly to: number,
  ) {}

  /** @throws Refused when the range is used up */
  async take(work: Work): Promise<number> {
    for (let tries = 0; tries <= Math.min(this.to - this.from, 10_000); tries += 1) {
      const candidate = await this.candidate(work);
      if (candidate > this.to) break;
      if ((await this.holders(work, candidate)).length === 0) return candidate;
    }
    throw new Refused({
      kind: 'rejected',
      code: 'range-used-up',
      attribute: this.attribute,
      message: `No ${this.attribute} from ${this.from} to ${this.to} is free.`,
      remedy: 'Widen the range in the settings of the connection.',
    });
  }

  /** Until the entry is the only one with its number. */
  async settle(work: Work, dn: string, number: number): Promise<void> {
    for (let tries = 0, mine = number; tries < mostTries; tries += 1) {
      const others = (await this.holders(work, mine)).filter(
        (holder) => holder.toLowerCase() !== dn.toLowerCase(),
      );
      if (others.length === 0) return;
      this.skip(1 + Math.floor(Math.random() * 8));
      mine = await this.take(work);
      const value = [String(mine)];
      await this.session.run(
        {
          work,
          call: this.session.call('MODIFY', dn, { replace: { [this.attribute]: value } }),
          write: true,
          writing: [this.attribute],
        },
        (client) => client.modify(dn, replace(this.attribute, value)),
      );
    }
  }

  private candidate(work: Work): Promise<number> {
    const mine = (this.next ?? this.highest(work)).then((number) => number);
    this.next = mine.then((number) => number + 1);
    this.next.catch(() => (this.next = undefined));
    return mine;
  }

  private skip(count: number): void {
    this.next = this.next?.then((number) => number + count);
    this.next?.catch(() => undefined);
  }

  /** The one after the highest in use; from the start again when that is the end of the range. */
  private async highest(work: Work): Promise<number> {
    let highest = this.from - 1;
    const call = this.session.call('SEARCH', this.base(), { filter: `(${this.attribute}=*)` });
    await this.session.run({ work, call }, async (client) => {
      const pages = client.searchPaginated(this.base(), {
        filter: `(${this.attribute}>=${this.from})`,
        attributes: [this.attribute],
        paged: { pageSize: 500 },
      });
      for await (const { searchEntries } of pages) {
        for (const entry of searchEntries) {
          const number = Number(textsOf(entry, this.attribute)[0]);
          if (number <= this.to && number > highest) highest = number;
        }
      }
    });
    return highest >= this.to ? this.from : highest + 1;
  }

  private async holders(work: Work, number: number): Promise<string[]> {
    const type = this.attribute === 'uidNumber' ? 'user' : 'group';
    const found: string[] = [];
    for (const base of this.session.basesOf(type)) {
      const entries = await this.session.search(work, base, {
        filter: escapeFilter`(&(objectClass=*)(${this.attribute}=${number}))`,
        attributes: ['1.1'],
        sizeLimit: 10,
      });
      found.push(...entries.map(({ dn }) => dn));
    }
    return found;
  }

  private base(): string {
    return this.session.basesOf(this.attribute === 'uidNumber' ? 'user' : 'group')[0]!;
  }
}
