import { type EventStore, SubjectErased } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import { complete } from '../work/complete.js';
import { withoutDeadlock } from '../work/without-deadlock.js';
import { causeOf } from '../work/dead-letter-cause.js';
import type { Completed, Completion } from '../work/completion.js';

/** Writes completions in one transaction; one that cannot be written does not take its neighbours with it. */
export async function completeTogether(
  database: Database,
  events: EventStore,
  tenantId: string,
  connectionId: string,
  completions: Completion[],
): Promise<Completed[]> {
  const write = (batch: Completion[]) =>
    withoutDeadlock(() => complete(database, events, tenantId, connectionId, batch));
  try {
    return await write(completions);
  } catch (error) {
    if (!isAboutTheData(error)) throw error;
    if (completions.length > 1) {
      const states: Completed[] = [];
      for (const completion of completions) {
        states.push(...(await completeTogether(database, events, tenantId, connectionId, [completion])));
      }
      return states;
    }
    return write([withoutWhatFailed(completions[0]!, error as Error)]);
  }
}

function withoutWhatFailed(completion: Completion, error: Error): Completion {
  const { item, attempts } = completion;
  // Of an erased person nothing more is recorded; what was done at the target still counts.
  if (error instanceof SubjectErased) return { ...completion, event: undefined };
  const refused = {
    kind: 'refused' as const,
    code: 'not-recordable',
    message: `What the target answered could not be recorded: ${error.message}`,
    remedy: 'Check at the target that no two subjects share one account, then retry.',
  };
  return { item, attempts, state: 'dead', lookFirst: true, error: refused, cause: causeOf(refused) };
}

function isAboutTheData(error: unknown): boolean {
  return error instanceof SubjectErased || /^2[23]/.test((error as { code?: string }).code ?? '');
}
