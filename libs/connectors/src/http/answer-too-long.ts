import type { Refusal } from '../contract.js';

/** An answer that was cut off at the largest size the settings allow. */
export const answerTooLong = ({ status }: { status: number }): Refusal => ({
  kind: 'rejected',
  code: 'answer-too-long',
  message: 'The answer is longer than this connection allows.',
  remedy: 'Lower the page size, or raise the largest answer in the settings.',
  answer: `HTTP ${status}`,
});
