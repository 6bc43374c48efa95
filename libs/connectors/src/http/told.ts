import type { RateHints, WireCall } from '../contract.js';

/** What an operation tells of the last answer it had, and of the calls it made. */
export const told = ({ status, hints }: { status: number; hints?: RateHints }, calls: WireCall[]) => ({
  answer: `HTTP ${status}`,
  calls,
  ...(hints && { hints }),
});
