import { expect, it } from 'vitest';
import type { HttpFailure } from './exchange.js';
import { refusalOfFailure } from './refusal-of-failure.js';

const failure = (cause: HttpFailure['cause'], sent: boolean): HttpFailure => ({
  kind: 'failure',
  cause,
  sent,
  message: 'It failed.',
});
const retry = { kind: 'retry', message: 'It failed.' };

it.each([
  ['a write that went out and broke off', failure('broken', true), 'write', 'connection', true],
  ['a read that broke off', failure('broken', true), 'read', 'connection', undefined],
  ['a write that never went out', failure('connect', false), 'write', 'connection', undefined],
  ['a write that was stopped before it went out', failure('stopped', false), 'write', 'object', undefined],
  ['a write that was stopped', failure('stopped', true), 'write', 'object', true],
  ['an answer that is late', failure('timeout', true), 'read', 'object', undefined],
  ['a connection that is late', failure('timeout', false), 'write', 'connection', undefined],
] as const)('%s', (_, failed, kind, scope, maybeDone) => {
  expect(refusalOfFailure(failed, kind, 'Allow it.')).toEqual({
    ...retry,
    scope,
    ...(maybeDone && { maybeDone }),
  });
});

it('an address outside the networks of the hub', () => {
  expect(refusalOfFailure(failure('address', false), 'write', 'Allow it.')).toEqual({
    kind: 'denied',
    message: 'It failed.',
    remedy: 'Allow it.',
  });
});
