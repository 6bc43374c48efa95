import { describe, expect, it } from 'vitest';
import type { TokenResult } from './access-token.js';
import { askWithToken, refusalWithoutToken } from './ask-with-token.js';
import type { HttpFailure } from './exchange.js';

const broken: HttpFailure = { kind: 'failure', cause: 'timeout', sent: true, message: 'No answer.' };

/** Gives the results one after the other, and keeps what it was told of refused tokens. */
function tokensOf(...results: TokenResult[]) {
  const refused: (string | undefined)[] = [];
  return {
    refused,
    get(token?: string) {
      refused.push(token);
      return Promise.resolve(results[refused.length - 1]!);
    },
  };
}

const token = (text: string): TokenResult => ({ kind: 'token', token: text });
const status = (code: number) => ({ kind: 'answer' as const, status: code });

describe('asking with a token', () => {
  it('asks once where the token is taken', async () => {
    const tokens = tokensOf(token('one'));
    const asked = await askWithToken(tokens, (text) => Promise.resolve({ ...status(403), text }));
    expect(asked).toEqual({ answer: { kind: 'answer', status: 403, text: 'one' }, token: 'one' });
    expect(tokens.refused).toEqual([undefined]);
  });

  it('asks once more with a new token where it was turned down, and no third time', async () => {
    const tokens = tokensOf(token('one'), token('two'));
    const sent: string[] = [];
    const asked = await askWithToken(tokens, (text) => {
      sent.push(text);
      return Promise.resolve(status(401));
    });
    expect(asked).toEqual({ answer: status(401), token: 'two' });
    expect(sent).toEqual(['one', 'two']);
    expect(tokens.refused).toEqual([undefined, 'one']);
  });

  it('does not repeat a call that failed', async () => {
    const tokens = tokensOf(token('one'));
    expect(await askWithToken(tokens, () => Promise.resolve(broken))).toEqual({
      answer: broken,
      token: 'one',
    });
  });

  it('lets the target say how it turns tokens down', async () => {
    const tokens = tokensOf(token('one'), token('two'));
    let left = 2;
    const ask = () => Promise.resolve(status(left-- === 2 ? 500 : 200));
    const asked = await askWithToken(tokens, ask, (answer) => answer.status === 500);
    expect(asked).toEqual({ answer: status(200), token: 'two' });
  });

  it('says that there is no token, at once or the second time', async () => {
    const none: TokenResult = { kind: 'refused', message: 'no' };
    let asked = 0;
    const ask = () => {
      asked += 1;
      return Promise.resolve(status(401));
    };
    expect(await askWithToken(tokensOf(none), ask)).toEqual({ noToken: none });
    expect(asked).toBe(0);
    expect(await askWithToken(tokensOf(token('one'), none), ask)).toEqual({ noToken: none });
    expect(asked).toBe(1);
  });
});

describe('a call without its token', () => {
  const remedies = { address: 'Allow it.', refused: 'Check the client.' };

  it('is denied where the endpoint refuses the client', () => {
    expect(refusalWithoutToken({ kind: 'refused', message: 'no', code: 'invalid_client' }, remedies)).toEqual(
      { refused: { kind: 'denied', message: 'no', remedy: 'Check the client.' } },
    );
  });

  it('is tried again where the endpoint fails', () => {
    expect(refusalWithoutToken({ kind: 'unavailable', message: 'down' }, remedies)).toEqual({
      refused: { kind: 'retry', scope: 'connection', message: 'down' },
    });
  });

  it('was never sent, however far the call for the token came', () => {
    const got = { kind: 'unavailable' as const, message: 'No answer.', failure: broken };
    expect(refusalWithoutToken(got, remedies)).toEqual({
      refused: { kind: 'retry', scope: 'connection', message: 'No answer.' },
      failure: broken,
    });
  });

  it('is denied where the address of the endpoint is not allowed', () => {
    const failure: HttpFailure = { ...broken, cause: 'address', sent: false };
    const { refused } = refusalWithoutToken({ kind: 'unavailable', message: 'x', failure }, remedies);
    expect(refused).toEqual({ kind: 'denied', message: 'No answer.', remedy: 'Allow it.' });
  });
});
