import { describe, expect, it } from 'vitest';
import { detailOf, refusalOf, type Attempted, type Meaning, type Reply } from './refusal.js';

const now = Date.parse('2026-03-01T12:00:00Z');
const reply = (status: number, body?: unknown, further: Partial<Reply> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  text: body === undefined ? '' : JSON.stringify(body),
  body,
  tooLong: false,
  ...further,
});
const attempted: Attempted = {
  kind: 'write',
  ofObject: true,
  attributes: [{ name: 'mail', title: 'Email' }, { name: 'name' }, { name: 'name_first' }],
};
const judged = (given: Reply, meaning: Meaning = {}, further: Partial<typeof attempted> = {}) =>
  refusalOf(given, { ...attempted, ...further }, meaning, now);

describe('an answer that refuses', () => {
  it.each([
    [401, { kind: 'denied' }],
    [403, { kind: 'denied' }],
    [404, { kind: 'not-found' }],
    [410, { kind: 'not-found' }],
    [409, { kind: 'conflict' }],
    [408, { kind: 'retry', scope: 'object', maybeDone: true }],
    [425, { kind: 'retry', scope: 'object' }],
    [429, { kind: 'retry', scope: 'connection' }],
    [500, { kind: 'retry', scope: 'object', maybeDone: true }],
    [501, { kind: 'rejected', code: 'http-501' }],
    [503, { kind: 'retry', scope: 'connection', maybeDone: true }],
    [302, { kind: 'retry', scope: 'connection' }],
    [400, { kind: 'rejected', code: 'http-400' }],
  ])('with %i', (status, outcome) => {
    expect(judged(reply(status))).toMatchObject(outcome);
  });

  it('is a conflict where the text says so', () => {
    expect(judged(reply(422, { errors: ['Login has already been taken'] })).kind).toBe('conflict');
    expect(judged(reply(422, { errors: ['Login is invalid'] })).kind).toBe('rejected');
  });

  it('means what the settings say before what its status does', () => {
    const said = reply(400, { code: 17 });
    expect(judged(said, { conflict: true }).kind).toBe('conflict');
    expect(judged(said, { notFound: true }).kind).toBe('not-found');
    expect(judged(said, { denied: true }).kind).toBe('denied');
    expect(judged(said, { retry: true })).toMatchObject({ kind: 'retry', scope: 'connection' });
    expect(judged(said, { message: 'out of seats' })).toMatchObject({ message: 'out of seats' });
  });

  it('that is a 404 of a gateway, or of a collection, is no word about the object', () => {
    const page = reply(404, undefined, { text: '<html>no route</html>' });
    expect(judged(page)).toMatchObject({ kind: 'retry', scope: 'connection' });
    expect(judged(reply(404), {}, { ofObject: false })).toMatchObject({ kind: 'retry', scope: 'connection' });
    expect(judged(reply(404)).kind).toBe('not-found');
  });

  it('of a read was never done', () => {
    expect(judged(reply(500), {}, { kind: 'read' })).not.toHaveProperty('maybeDone');
  });

  it('names the attribute it is about, by its own name or the app’s', () => {
    expect(judged(reply(400, { message: 'Email is invalid' }))).toMatchObject({ attribute: 'mail' });
    expect(judged(reply(400, { message: 'name_first is too long' }))).toMatchObject({
      attribute: 'name_first',
    });
    expect(judged(reply(400, { message: 'rename is not allowed' }))).not.toHaveProperty('attribute');
  });

  it('waits as long as the app says', () => {
    expect(judged(reply(429, undefined, { hints: { retryAfterMs: 7_000 } }))).toMatchObject({
      afterMs: 7_000,
    });
    expect(judged(reply(429))).not.toHaveProperty('afterMs');
  });

  it.each([
    [{ message: 'a' }, 'a'],
    [{ error: { message: 'b' } }, 'b'],
    [{ errors: ['c', 'd'] }, 'c; d'],
    [{ errors: { email: ['is bad'], login: 'is short' } }, 'email is bad; login is short'],
    [{ errors: [{ detail: 'e' }] }, 'e'],
    [{ error: 'invalid', error_description: 'f' }, 'f'],
    [{ other: 1 }, ''],
  ])('%j says what is wrong', (body, text) => {
    expect(detailOf(reply(400, body))).toBe(text);
  });

  it('is cut where it is long, and a web page is called one', () => {
    const long = judged(reply(400, { message: 'x'.repeat(2_000) }));
    expect('message' in long && long.message.length).toBeLessThan(510);
    expect(detailOf(reply(502, undefined, { text: '<!doctype html>' }))).toMatch(/web page/);
  });
});
