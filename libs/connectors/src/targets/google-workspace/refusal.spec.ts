import { describe, expect, it } from 'vitest';
import { errorOf, refusalOf, type Reply } from './refusal.js';

const reply = (code: number, reason: string, message: string, extra: object = {}): Reply => {
  const body = { error: { code, message, errors: [{ domain: 'global', reason, message }], ...extra } };
  return { status: code, text: JSON.stringify(body), body, tooLong: false };
};
const read = (answer: Reply) => refusalOf(answer, 'read', 0);
const written = (answer: Reply) => refusalOf(answer, 'write', 0);

describe('refusals of the Directory API', () => {
  it.each([
    [403, 'userRateLimitExceeded'],
    [403, 'rateLimitExceeded'],
    [403, 'quotaExceeded'],
    [403, 'dailyLimitExceeded'],
    [429, 'rateLimitExceeded'],
    [429, ''],
  ])('%d %s slows the connection down, for a time Google does not tell', (status, reason) => {
    const outcome = written(reply(status, reason, 'Slow down'));
    expect(outcome).toMatchObject({ kind: 'retry', scope: 'connection', hints: { remaining: 0 } });
    expect(outcome).not.toHaveProperty('afterMs');
    expect(outcome).not.toHaveProperty('maybeDone');
  });

  it('waits as long as Google says, should it say so', () => {
    const slow = { ...reply(429, 'rateLimitExceeded', 'Slow'), hints: { retryAfterMs: 4000 } };
    expect(read(slow)).toMatchObject({ kind: 'retry', afterMs: 4000 });
  });

  it('a backend error may have done a write, and no read', () => {
    expect(written(reply(503, 'backendError', 'Backend Error'))).toMatchObject({
      kind: 'retry',
      scope: 'connection',
      maybeDone: true,
    });
    expect(written(reply(500, 'internalError', ''))).toMatchObject({ scope: 'object', maybeDone: true });
    expect(read(reply(503, 'backendError', 'Backend Error'))).not.toHaveProperty('maybeDone');
  });

  it('tells a value that is taken from a write that came in between', () => {
    expect(written(reply(409, 'duplicate', 'Entity already exists.')).kind).toBe('conflict');
    expect(written(reply(409, 'conflict', 'conflicting requests'))).toMatchObject({
      kind: 'retry',
      scope: 'object',
      afterMs: 1000,
      maybeDone: true,
    });
  });

  it.each([
    ['forbidden', 'Not Authorized to access this resource/api', /role with the rights/],
    ['accessNotConfigured', 'Admin SDK API has not been used in project 1', /Enable the Admin SDK API/],
    ['insufficientPermissions', 'Insufficient Permission', /scopes/],
    ['domainCannotUseApis', 'Domain cannot use apis.', /access by API/],
  ])('403 %s stops the connection, with what to do', (reason, message, remedy) => {
    expect(written(reply(403, reason, message))).toMatchObject({
      kind: 'denied',
      remedy: expect.stringMatching(remedy),
    });
  });

  it.each([
    [400, 'invalid', 'Invalid Given/Family Name: FamilyName', 'name.familyName'],
    [400, 'invalid', 'Invalid Password', 'password'],
    [400, 'invalid', 'Invalid Input: INVALID_OU_ID', 'orgUnitPath'],
    [400, 'required', 'Missing required field: primaryEmail', 'primaryEmail'],
    [400, 'invalid', 'Invalid Input: phones', 'phones'],
    [404, 'notFound', 'Domain not found.', 'primaryEmail'],
  ])('%d %s "%s" names %s', (status, reason, message, attribute) => {
    expect(written(reply(status, reason, message))).toMatchObject({
      kind: 'rejected',
      attribute,
      remedy: expect.any(String),
    });
  });

  it('tells that licences have run out', () => {
    const full = reply(412, 'limitExceeded', 'Domain user limit has been exceeded.');
    expect(written(full)).toMatchObject({ kind: 'rejected', code: 'limit-exceeded' });
  });

  it('reads newer errors, web pages and nothing at all', () => {
    const details = [{ '@type': 'ErrorInfo', reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }];
    expect(errorOf(reply(403, 'forbidden', 'No', { details })).reason).toBe(
      'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
    );
    expect(errorOf({ text: '<html>', body: undefined }).message).toMatch(/web page/);
    expect(errorOf({ text: '', body: { error: 'invalid' } })).toEqual({ reason: '', message: '' });
  });
});
