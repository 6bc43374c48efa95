import { describe, expect, it } from 'vitest';
import { canonicalDateTime } from './date-time.js';

describe('canonicalDateTime', () => {
  it.each([
    ['2008-01-23T04:56:22Z', '2008-01-23T04:56:22.000Z'],
    ['2008-01-23T04:56:22.5+05:30', '2008-01-22T23:26:22.500Z'],
    ['2008-01-23t04:56:22.123456789z', '2008-01-23T04:56:22.123Z'],
    ['2008-01-23T04:56:22', '2008-01-23T04:56:22.000Z'],
    ['2008-02-29', '2008-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, moment) => {
    expect(canonicalDateTime(text)).toBe(moment);
  });

  it.each([
    '',
    'yesterday',
    '2009-02-29',
    '2008-13-01',
    '2008-04-31T00:00:00Z',
    '2008-01-23T24:00:00Z',
    '2008-01-23T00:00:00+15:00',
    '2008-01-23T00:00',
    '9999-12-31T23:59:59-01:00',
    '2008-01-23T04:56:22Z ',
  ])('"%s" is none', (text) => {
    expect(canonicalDateTime(text)).toBeUndefined();
  });
});
