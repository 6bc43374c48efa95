import type { Action } from '../plan/plan.js';

/** What a work item remembers of the change set it waits, or waited, in. */
export interface ItemHold {
  id: string;
  action: Action;
  /** What a person has decided; absent while nobody has. */
  verdict?: 'allowed' | 'denied';
  /** Newest event of the subject when it was decided: a denial ends with the next one. */
  position?: number;
  note?: string | null;
}

export type Permit =
  { kind: 'go' } | { kind: 'held'; holdId: string } | { kind: 'denied'; holdId: string; note: string | null };

/** Whether an action may be carried out now. What a person allowed does not count again. */
export async function permitFor(
  { hold, wanted }: { hold: ItemHold | null; wanted: number },
  action: Action,
  ask: () => Promise<{ holdId: string } | undefined>,
): Promise<Permit> {
  if (hold?.action === action) {
    if (hold.verdict === 'allowed') return { kind: 'go' };
    if (hold.verdict === 'denied' && wanted <= (hold.position ?? 0)) {
      return { kind: 'denied', holdId: hold.id, note: hold.note ?? null };
    }
  }
  const answer = await ask();
  return answer ? { kind: 'held', ...answer } : { kind: 'go' };
}
