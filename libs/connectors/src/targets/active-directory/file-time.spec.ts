import { describe, expect, it } from 'vitest';
import { fileTimeOf, readFileTime } from './file-time.js';

describe('FILETIME', () => {
  it.each([
    ['116444736000000000', '1970-01-01T00:00:00.000Z'],
    ['134397582022530440', '2026-11-21T18:10:02.253Z'],
    ['0', undefined],
    ['9223372036854775807', undefined],
  ])('%s is %s', (text, date) => {
    expect(readFileTime(text)).toBe(date);
  });

  it.each(['2027-01-31T00:00:00.000Z', '1999-12-31T23:59:59.999Z', '1601-01-02T00:00:00.000Z'])(
    '%s comes back the same',
    (date) => {
      expect(readFileTime(fileTimeOf(date)!)).toBe(date);
    },
  );

  it('takes a date without a time and no other text', () => {
    expect(fileTimeOf('1970-01-01')).toBe('116444736000000000');
    expect(fileTimeOf('never')).toBeUndefined();
  });
});
