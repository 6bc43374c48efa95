import { describe, expect, it } from 'vitest';
import { rangeOf, readRange } from './range-retrieval.js';

describe('ranges of values', () => {
  it('asks for so many from a place on', () => {
    expect(rangeOf('member', 0, 1500)).toBe('member;range=0-1499');
    expect(rangeOf('member', 1500, 1500)).toBe('member;range=1500-2999');
  });

  it.each([
    ['a part', { dn: 'G', 'member;range=0-1': ['a', 'b'] }, { values: ['a', 'b'], next: 2 }],
    ['fewer than asked for', { dn: 'G', 'member;range=0-0': 'a' }, { values: ['a'], next: 1 }],
    ['the last', { dn: 'G', 'member;range=2-*': 'c', 'member;range=2-3': [] }, { values: ['c'] }],
    ['none', { dn: 'G', 'member;range=0-1': [] }, { values: [] }],
    ['nothing after the last', { dn: 'G', 'member;range=4-*': [], 'member;range=4-5': [] }, { values: [] }],
    ['another spelling', { dn: 'G', 'Member;Range=0-1': ['a', 'b'] }, { values: ['a', 'b'], next: 2 }],
    ['another attribute', { dn: 'G', 'memberOf;range=0-1': ['a'] }, { values: [] }],
  ])('reads %s', (_, entry, read) => {
    expect(readRange(entry, 'member')).toEqual(read);
  });
});
