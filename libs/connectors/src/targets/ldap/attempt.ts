import type { OperationContext, Outcome } from '../../contract.js';
import { Refused } from './result-codes.js';
import { newWork, type Work } from './server-link.js';

/** Whatever ends an operation becomes its outcome. After one change was made the whole may be done in part. */
export async function attempt<T>(
  context: OperationContext | undefined,
  operate: (work: Work) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const work = newWork(context?.signal);
  try {
    return await operate(work);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { refusal } = error;
    const partly = refusal.kind === 'retry' && work.changed;
    return { ...refusal, ...(partly && { maybeDone: true }), calls: work.calls };
  }
}
