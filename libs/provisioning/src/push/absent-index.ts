import type { Connector, MatchingRule } from '@rollcall/connectors';
import type { MatchKey } from '../matching/match.js';

/** How long a list read once is good for. */
const lifeMs = 300_000;
const mostObjects = 200_000;

/**
 * What is certainly not at the target, read once in pages instead of asking once per account. Only ever says
 * "not there": a hit is looked up properly. An account made by others in the meantime shows as a conflict,
 * and is then looked up and adopted like any other.
 */
export class AbsentIndex {
  private present: Promise<Map<string, Set<string>> | undefined> | undefined;
  private readUntil = 0;

  constructor(
    private readonly connector: Connector,
    private readonly rules: MatchingRule[],
    /** How many accounts are about to be made. Below `worthwhile` it is cheaper to ask for each. */
    private readonly expected: () => Promise<number>,
    private readonly pageSize: number,
    private readonly worthwhile = 100,
  ) {}

  async surelyAbsent(keys: MatchKey[]): Promise<boolean> {
    if (!this.present || Date.now() > this.readUntil) {
      this.readUntil = Date.now() + lifeMs;
      this.present = this.read();
    }
    const present = await this.present;
    if (!present) return false;
    return keys.every(({ attribute, value }) => present.get(attribute)?.has(value.toLowerCase()) === false);
  }

  private async read(): Promise<Map<string, Set<string>> | undefined> {
    const expected = await this.expected();
    if (expected < this.worthwhile) {
      this.readUntil = Date.now() + 10_000;
      return undefined;
    }
    const present = new Map(this.rules.map(({ target }) => [target, new Set<string>()]));
    let pages = Math.max(10, Math.floor(expected / 4));
    let objects = 0;
    let cursor: string | undefined;
    do {
      const outcome = await this.connector.list('user', { cursor, limit: this.pageSize });
      if (outcome.kind !== 'ok' || outcome.value.cutShort) return undefined;
      for (const { attributes } of outcome.value.objects) {
        objects += 1;
        for (const [attribute, values] of present) {
          const value = attributes[attribute];
          if (value !== undefined && value !== null) values.add(String(value).toLowerCase());
        }
      }
      cursor = outcome.value.nextCursor;
      pages -= 1;
    } while (cursor !== undefined && pages > 0 && objects <= mostObjects);
    if (cursor !== undefined) return undefined;
    // A list in which nobody has the attribute shows that the target does not tell it, not that it is free.
    for (const [attribute, values] of present)
      if (objects > 0 && values.size === 0) present.delete(attribute);
    return present;
  }
}
