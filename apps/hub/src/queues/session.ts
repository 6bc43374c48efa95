import { createHmac, timingSafeEqual } from 'node:crypto';

/** Milliseconds. */
export const sessionLife = 8 * 60 * 60 * 1_000;

/**
 * Sessions that need no store and so work on every process of the hub: an end time, signed with a key that
 * changes with the admin key.
 */
export class Sessions {
  constructor(private readonly key: Buffer) {}

  open(now: number): string {
    const until = String(now + sessionLife);
    return `${until}.${this.sign(until)}`;
  }

  isOpen(session: string | undefined, now: number): boolean {
    const [until = '', signature = ''] = (session ?? '').split('.');
    const expected = Buffer.from(this.sign(until));
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected) && Number(until) > now;
  }

  private sign(until: string): string {
    return createHmac('sha256', this.key).update(until).digest('base64url');
  }
}
