import { expect, it } from 'vitest';
import { parseSearchRequest } from './search-request.js';

it('a search request has the parameters of a query', () => {
  const body = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
    attributes: ['displayName', 'userName'],
    filter: 'displayName sw "smith"',
    sortBy: null,
    startIndex: 1,
    count: '10',
    cursor: '',
  };
  expect(parseSearchRequest(body)).toEqual({
    attributes: 'displayName,userName',
    filter: 'displayName sw "smith"',
    startIndex: '1',
    count: '10',
    cursor: '',
  });
});

it.each([
  [null, 'SearchRequest'],
  [[], 'SearchRequest'],
  [{ filter: {} }, 'filter'],
  [{ sortBy: ['a'] }, 'sortBy'],
  [{ count: 1.5 }, 'count'],
  [{ startIndex: true }, 'startIndex'],
  [{ excludedAttributes: [['a']] }, 'excludedAttributes'],
])('%j is refused and named', (body, name) => {
  expect(() => parseSearchRequest(body)).toThrow(
    expect.objectContaining({ status: 400, detail: expect.stringContaining(name) }),
  );
});
