import { describe, expect, it } from 'vitest';
import { checkSettings, checkSigning } from './check-settings.js';
import { presets } from './presets/presets.js';
import type { ObjectRequests, RestCredentials, RestSettings } from './settings.js';

const good: ObjectRequests = {
  create: { method: 'POST', path: '/users', body: '{"login": attributes.login}' },
  update: { method: 'PUT', path: '/users/{id}', headers: { 'Idempotency-Key': '{operationId}' } },
  find: { method: 'GET', path: '/users', query: { q: '{value}', page: '{page}' }, result: 'body.items' },
  paging: { by: 'page', total: 'body.total' },
};
const problems = (given: Partial<RestSettings>) => checkSettings({ baseUrl: 'https://a.example', ...given });
const users = (given: Partial<ObjectRequests>) => problems({ users: { ...good, ...given } });

describe('settings of a REST connection', () => {
  it('are good as they stand in every preset', () => {
    for (const { settings } of presets.filter(({ id }) => id !== 'generic'))
      expect(problems(settings)).toEqual([]);
    expect(users({})).toEqual([]);
  });

  it('need a request', () => {
    expect(problems({})).toMatchObject([
      { field: 'settings.users', message: expect.stringMatching(/create/) },
    ]);
  });

  it.each<[string, Partial<ObjectRequests>, string, RegExp]>([
    [
      'another host',
      { delete: { method: 'DELETE', path: 'https://evil.example/{id}' } },
      'users.delete.path',
      /no other host/,
    ],
    [
      'a host without scheme',
      { delete: { method: 'DELETE', path: '//evil.example/{id}' } },
      'users.delete.path',
      /empty/,
    ],
    ['a way up', { get: { method: 'GET', path: '/a/../{id}' } }, 'users.get.path', /\.\./],
    ['an encoded way up', { get: { method: 'GET', path: '/a/%2E%2e/{id}' } }, 'users.get.path', /\.\./],
    ['a query in the path', { get: { method: 'GET', path: '/a?id={id}' } }, 'users.get.path', /query/],
    ['a space', { get: { method: 'GET', path: '/a b/{id}' } }, 'users.get.path', /percent-encode/],
    ['an open brace', { get: { method: 'GET', path: '/a/{id' } }, 'users.get.path', /brace/],
    [
      'a parameter that is not there',
      { get: { method: 'GET', path: '/a/{id}/{login}' } },
      'users.get.path',
      /\{login\}.*There are: \{id\}/,
    ],
    ['no object', { delete: { method: 'DELETE', path: '/users' } }, 'users.delete.path', /put \{id\}/],
    [
      'nothing to search for',
      { find: { method: 'GET', path: '/users', query: { p: '{page}' } } },
      'users.find.query',
      /\{value\}/,
    ],
    [
      'a page that is not asked for',
      { list: { method: 'GET', path: '/users' } },
      'users.list.query',
      /\{page\}/,
    ],
    [
      'an expression that is none',
      { create: { method: 'POST', path: '/u', body: '{"a": ' } },
      'users.create.body',
      /cannot be used/,
    ],
    [
      'a name the expression cannot know',
      { create: { method: 'POST', path: '/u', body: '{"a": login}' } },
      'users.create.body',
      /reads login.*attributes/,
    ],
    [
      'an answer read without body',
      { get: { method: 'GET', path: '/u/{id}', result: 'user' } },
      'users.get.result',
      /reads user.*body/,
    ],
    [
      'a function that is not offered',
      { create: { method: 'POST', path: '/u', body: '$random()' } },
      'users.create.body',
      /not offered/,
    ],
    [
      'a choice for mappings',
      { create: { method: 'POST', path: '/u', body: '$SelectUniqueValue(attributes.a)' } },
      'users.create.body',
      /mappings/,
    ],
    ['a body of a GET', { get: { method: 'GET', path: '/u/{id}', body: 'id' } }, 'users.get.body', /GET/],
    [
      'a header of the hub',
      { create: { method: 'POST', path: '/u', headers: { Host: 'x' } } },
      'users.create.headers.Host',
      /itself/,
    ],
    [
      'a secret in a header',
      { create: { method: 'POST', path: '/u', headers: { Authorization: 'x' } } },
      'users.create.headers.Authorization',
      /credentials/,
    ],
    [
      'one half of members',
      { addMember: { method: 'POST', path: '/g/{id}/{member}' } },
      'users.removeMember',
      /missing/,
    ],
    ['whole updates that read nothing', { updateWith: 'whole' }, 'users.get', /read before/],
    ['cursors nobody gives', { paging: { by: 'cursor' } }, 'users.paging.next', /missing/],
  ])('are refused with %s', (_, given, field, message) => {
    const found = users(given).filter((problem) => problem.field === `settings.${field}`);
    expect(found.map(({ message: text }) => text).join()).toMatch(message);
  });

  it('name what is wrong in a signature of their own', () => {
    const signature = { style: 'custom' as const, content: '{body}{secret}', value: 'v1' };
    expect(problems({ users: good, signature })).toMatchObject([
      { field: 'settings.signature.content', message: expect.stringMatching(/\{secret\}/) },
      { field: 'settings.signature.value', message: expect.stringMatching(/no \{signature\}/) },
    ]);
  });
});

describe('signing secrets', () => {
  it('are given in order, and long enough', () => {
    const check = (given: Partial<RestCredentials>) =>
      checkSigning({ type: 'none', ...given } as RestCredentials).map(({ field }) => field);
    expect(check({ signingSecret: 'x'.repeat(16), previousSigningSecret: 'y'.repeat(16) })).toEqual([]);
    expect(check({ previousSigningSecret: 'y'.repeat(16) })).toEqual(['credentials.previousSigningSecret']);
    expect(check({ signingSecret: `whsec_${'A'.repeat(16)}` })).toEqual(['credentials.signingSecret']);
  });
});
