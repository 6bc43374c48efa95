import { describe, expect, it } from 'vitest';
import { bulkIdsIn, deferReferences, withIds } from './bulk-references.js';
import { parseBulk, parseBulkOperation } from './parse-bulk.js';

const limits = { maxOperations: 2 };

describe('a bulk', () => {
  it.each([
    [[], 400, /BulkRequest/],
    [{ Operations: {} }, 400, /Operations/],
    [{ Operations: [] }, 400, /Operations/],
    [{ Operations: [{}, {}, {}] }, 413, /maxOperations is 2/],
    [{ Operations: [{}], failOnErrors: 0 }, 400, /failOnErrors/],
    [{ Operations: [{}], failOnErrors: '1' }, 400, /failOnErrors/],
  ])('is refused: %j', (body, status, detail) => {
    expect(() => parseBulk(body, limits)).toThrow(
      expect.objectContaining({ status, detail: expect.stringMatching(detail) }),
    );
  });

  it.each([
    [null, /operation/],
    [{ method: 'GET', path: '/Users' }, /method/],
    [{ method: 'POST', path: '/Users', data: {} }, /bulkId/],
    [{ method: 'POST', path: '/Users/7', bulkId: 'a', data: {} }, /path/],
    [{ method: 'PUT', path: '/Users', data: {} }, /path/],
    [{ method: 'PUT', path: '/Schemas/7', data: {} }, /path/],
    [{ method: 'PUT', path: '/Users/7' }, /data/],
    [{ method: 'DELETE', path: '/Users/7', version: 7 }, /version/],
  ])('has an operation that is refused: %j', (operation, detail) => {
    expect(() => parseBulkOperation(operation)).toThrow(
      expect.objectContaining({ status: 400, detail: expect.stringMatching(detail) }),
    );
  });

  it('has operations', () => {
    expect(
      parseBulkOperation({ method: 'patch', path: '/Groups/a%20b', version: 'W/"1"', data: {} }),
    ).toEqual({
      method: 'PATCH',
      bulkId: undefined,
      type: 'Group',
      id: 'a b',
      version: 'W/"1"',
      data: {},
    });
  });
});

describe('references', () => {
  const data = {
    displayName: 'bulkId is a word',
    members: [{ value: 'bulkId:a' }, { value: 'bulkId:b' }, { value: '7' }],
    'urn:x:User': { manager: { value: 'bulkId:a' }, department: 'D' },
  };

  it('are found and replaced by ids', () => {
    expect(bulkIdsIn(data)).toEqual(['a', 'b', 'a']);
    expect(withIds(data, (bulkId) => `id of ${bulkId}`)).toEqual({
      displayName: 'bulkId is a word',
      members: [{ value: 'id of a' }, { value: 'id of b' }, { value: '7' }],
      'urn:x:User': { manager: { value: 'id of a' }, department: 'D' },
    });
  });

  it('of a circle are put off, and only those', () => {
    expect(deferReferences(data, new Set(['a']))).toEqual({
      now: {
        displayName: 'bulkId is a word',
        members: [{ value: 'bulkId:b' }, { value: '7' }],
        'urn:x:User': { department: 'D' },
      },
      later: [
        { op: 'add', path: 'members', value: [{ value: 'bulkId:a' }] },
        { op: 'add', path: 'urn:x:User:manager', value: { value: 'bulkId:a' } },
      ],
    });
  });

  it('leave odd names to those who read the resource', () => {
    const odd = JSON.parse('{"__proto__": {"userName": "x"}, "members": ["bulkId:a"]}');
    const { now } = deferReferences(odd, new Set(['a']));
    expect(Object.keys(now)).toEqual(['__proto__']);
    expect(Object.keys(withIds(odd, () => '7'))).toEqual(['__proto__', 'members']);
  });

  it('are not looked for without end', () => {
    expect(() => bulkIdsIn(JSON.parse('['.repeat(5000) + ']'.repeat(5000)))).toThrow(/nested/);
  });
});
