import { expect, it } from 'vitest';
import { retryLater } from './retry-later.js';

it('keeps what the answer told, and waits as long as it asks', () => {
  const told = { answer: 'HTTP 429', hints: { retryAfterMs: 3000 } };
  expect(retryLater(told, 'write', 0)('connection', 'Slow down.')).toEqual({
    kind: 'retry',
    scope: 'connection',
    message: 'Slow down.',
    afterMs: 3000,
    ...told,
  });
});

it('says of writes alone that they may have been done', () => {
  const told = { answer: 'HTTP 500' };
  const outcome = { kind: 'retry', scope: 'object', message: 'It failed.', answer: 'HTTP 500' };
  expect(retryLater(told, 'write', 0)('object', 'It failed.', true)).toEqual({ ...outcome, maybeDone: true });
  expect(retryLater(told, 'read', 0)('object', 'It failed.', true)).toEqual(outcome);
  expect(retryLater(told, 'write', 0)('object', 'It failed.')).toEqual(outcome);
});
