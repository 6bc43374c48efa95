import { describe, expect, it } from 'vitest';
import { refusalOf, type Attempted, type Reply } from './refusal.js';

const now = Date.parse('2026-03-01T12:00:00Z');
const write: Attempted = { kind: 'write', collection: false };
const read: Attempted = { kind: 'read', collection: false };

function reply(status: number, body?: unknown, more: Partial<Reply> = {}): Reply {
  const text = body === undefined ? '' : JSON.stringify(body);
  return {
    status,
    headers: { 'content-type': 'application/scim+json' },
    text,
    body,
    tooLong: false,
    ...more,
  };
}
const scim = (status: number, detail: string, scimType?: string) =>
  reply(status, { status: String(status), detail, scimType });
const page = (status: number): Reply =>
  reply(status, undefined, { text: '<html>Gone</html>', headers: { 'content-type': 'text/html' } });
const refused = (answer: Reply, attempted = write) => refusalOf(answer, attempted, now);

describe('what a refusal means', () => {
  it.each([401, 403])('%i stops the connection and says what to do', (status) => {
    expect(refused(scim(status, 'no'))).toMatchObject({
      kind: 'denied',
      remedy: expect.stringMatching(/\w{4}/),
    });
  });

  it('403 with a rate limit is throttling, not missing rights', () => {
    expect(refused(reply(403, { message: 'slow down' }, { hints: { retryAfterMs: 5000 } }))).toMatchObject({
      kind: 'retry',
      scope: 'connection',
      afterMs: 5000,
    });
  });

  it.each([
    ['409', scim(409, 'exists')],
    ['uniqueness', scim(400, 'userName', 'uniqueness')],
    ['400 in words', scim(400, 'A user with this userName already exists')],
    ['422 in words', reply(422, { errors: [{ message: 'Email has already been taken' }] })],
    [
      '500 of a database',
      reply(500, { message: 'duplicate key value violates unique constraint "users_email"' }),
    ],
    ['SCIM 1.1', reply(400, { Errors: [{ description: 'userName must be unique', code: '400' }] })],
  ])('a taken value: %s', (_, answer) => {
    expect(refused(answer)).toMatchObject({ kind: 'conflict' });
  });

  it.each([429, 503])('%i waits with the whole connection, as long as told', (status) => {
    expect(refused(reply(status, {}, { hints: { retryAfterMs: 7000 } }))).toMatchObject({
      kind: 'retry',
      scope: 'connection',
      afterMs: 7000,
      hints: { retryAfterMs: 7000 },
    });
  });

  it.each([500, 502, 503, 504])(
    '%i on a write may have been carried out, on a read there is nothing to repeat',
    (status) => {
      expect(refused(scim(status, 'x'))).toMatchObject({ kind: 'retry', maybeDone: true });
      expect(refused(scim(status, 'x'), read)).not.toHaveProperty('maybeDone');
    },
  );

  it('429 has not been carried out', () => {
    expect(refused(scim(429, 'x'))).not.toHaveProperty('maybeDone');
  });

  it('404 of an object is "not found" only when the app says so', () => {
    expect(refused(scim(404, 'no such user'))).toMatchObject({ kind: 'not-found' });
    expect(refused(reply(404))).toMatchObject({ kind: 'not-found' });
    expect(refused(page(404))).toMatchObject({ kind: 'retry', scope: 'connection' });
    expect(refused(scim(404, 'x'), { kind: 'write', collection: true })).toMatchObject({
      kind: 'retry',
      scope: 'connection',
    });
  });

  it('names the attribute an error speaks of, the longest spelling first', () => {
    const attributes = [
      'userName',
      'name.givenName',
      'name.familyName',
      'emails[type eq "work"].value',
      'title',
    ];
    const named = (detail: string) => refused(scim(400, detail, 'invalidValue'), { ...write, attributes });
    expect(named("Attribute 'name.familyName' is too long")).toMatchObject({
      kind: 'rejected',
      attribute: 'name.familyName',
    });
    expect(named('givenName contains invalid characters')).toMatchObject({ attribute: 'name.givenName' });
    expect(named('emails: domain not verified')).toMatchObject({ attribute: 'emails[type eq "work"].value' });
    expect(named('The subtitle is wrong')).not.toHaveProperty('attribute');
  });

  it.each([
    ['mutability', 400],
    ['invalidPath', 400],
    ['tooMany', 400],
    ['invalidFilter', 400],
    [undefined, 400],
    [undefined, 405],
    [undefined, 413],
    [undefined, 501],
  ])('%s %i is for good, with a remedy', (scimType, status) => {
    expect(refused(scim(status, 'x', scimType))).toMatchObject({
      kind: 'rejected',
      code: scimType ?? `http-${status}`,
      remedy: expect.stringMatching(/\w{4}/),
    });
  });

  it('a redirect is not followed, and says where it went', () => {
    const answer = reply(302, undefined, { headers: { location: 'https://login.example.com/' } });
    expect(refused(answer)).toMatchObject({
      kind: 'retry',
      message: expect.stringContaining('https://login.example.com/'),
    });
  });

  it('does not quote a web page', () => {
    expect(refused(page(400))).toMatchObject({ message: 'a web page instead of a SCIM answer' });
  });
});
