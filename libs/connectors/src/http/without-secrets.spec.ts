import { expect, it } from 'vitest';
import type { HttpAnswer } from './exchange.js';
import { withoutSecrets } from './without-secrets.js';

const answer = (status: number, text: string, location?: string): HttpAnswer => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'application/json', ...(location !== undefined && { location }) },
  text,
  tooLong: false,
});

it('takes secrets out of refusals, in each spelling', () => {
  const text = `{"a": "pass/w\\"ord", "b": "pass/w"ord", "c": "?t=pass%2Fw%22ord", "d": "other"}`;
  expect(withoutSecrets(answer(400, text), ['pass/w"ord', undefined, '']).text).toBe(
    '{"a": "***", "b": "***", "c": "?t=***", "d": "other"}',
  );
  expect(withoutSecrets(answer(302, '', '/login?t=abc'), ['abc']).headers.location).toBe('/login?t=***');
});

it('leaves answers alone that are no refusals', () => {
  const said = answer(200, '{"title": "tester"}', '/Users/test');
  expect(withoutSecrets(said, ['test'])).toBe(said);
});
