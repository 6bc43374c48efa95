import type { Claim } from '@rollcall/event-store';

/** What a command comes to: the facts to record, and the unique keys taken and given back with them. */
export interface Decision<Event> {
  events: Event[];
  claims: Claim[];
  releases: Claim[];
}

export function nothing<Event>(): Decision<Event> {
  return { events: [], claims: [], releases: [] };
}
