import { BadRequestException } from '@nestjs/common';
import type { History, KnownSubject, StateAt, StateDifferences, Timeline } from '@rollcall/provisioning';
import type { HistoryQuery } from './directory.dto.js';

export type SubjectHistory = Pick<KnownSubject, 'id' | 'createdAt' | 'erased'> &
  ({ timeline: Timeline } | { state: StateAt } | { differences: StateDifferences });

/** A timeline, the state at a moment, or what became different between two, as it is asked for. */
export async function readHistory(
  history: History,
  tenantId: string,
  subject: KnownSubject,
  { at, from, to, cursor, limit }: HistoryQuery,
): Promise<SubjectHistory> {
  const { id, createdAt, erased } = subject;
  const about = { id, createdAt, erased };
  if (at && (from || to)) throw refused('at', 'give either at, or from and to');
  if (at) return { ...about, state: await history.at(tenantId, subject, at) };
  if (from || to) {
    if (!from || !to) throw refused(from ? 'to' : 'from', 'give both from and to, or neither');
    if (from > to) throw refused('from', 'must be before to');
    return { ...about, differences: await history.between(tenantId, subject, from, to) };
  }
  const before = cursor === undefined ? undefined : Number(cursor);
  return { ...about, timeline: await history.timeline(tenantId, subject, { before, limit }) };
}

function refused(field: string, message: string): BadRequestException {
  return new BadRequestException({ message: `${field}: ${message}`, errors: [{ field, message }] });
}
