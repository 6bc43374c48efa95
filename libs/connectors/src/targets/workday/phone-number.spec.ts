import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePhone, samePhone } from './phone-number.js';

describe('phone numbers', () => {
  it.each([
    ['+44 20 7946 0958', { country: 'GBR', callingCode: '44', number: '2079460958' }],
    ['+44 (0)20 7946 0958', { country: 'GBR', callingCode: '44', number: '2079460958' }],
    ['0044 20 7946 0958', { country: 'GBR', callingCode: '44', number: '2079460958' }],
    [
      '+1 (517) 123-4567 x4321',
      { country: 'USA', callingCode: '1', number: '5171234567', extension: '4321' },
    ],
    [
      'tel:+1-517-123-4567;ext=4321',
      { country: 'USA', callingCode: '1', number: '5171234567', extension: '4321' },
    ],
    ['(517) 123-4567', { country: 'USA', callingCode: '1', number: '5171234567' }],
    ['+353 1 679 7090', { country: 'IRL', callingCode: '353', number: '16797090' }],
    ['+7 727 1234567', { country: 'RUS', callingCode: '7', number: '7271234567' }],
  ])('%s', (text, phone) => {
    expect(parsePhone(text, 'USA')).toEqual(phone);
  });

  it('takes numbers without a calling code for those of the home country', () => {
    expect(parsePhone('020 7946 0958', 'GBR')).toMatchObject({ callingCode: '44', number: '2079460958' });
    expect(parsePhone('06 6982', 'ITA')).toMatchObject({ callingCode: '39', number: '066982' });
    expect(parsePhone('+1 416 123 4567', 'CAN')).toMatchObject({ country: 'CAN' });
  });

  it.each(['', 'call me', '+999 12345', '12', '+44 20 7946 0958 0958 0958 0958', 'x12'])(
    'refuses %j',
    (text) => {
      expect(parsePhone(text, 'USA')).toBeUndefined();
    },
  );

  it('knows a number again however it is grouped', () => {
    const digits = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 7, maxLength: 10 });
    fc.assert(
      fc.property(digits, fc.array(fc.constantFrom(' ', '-', '.', ''), { minLength: 10 }), (number, gaps) => {
        const plain = `+44${number.join('')}`;
        const grouped = `+44 ${number.map((digit, at) => `${digit}${at < number.length - 1 ? gaps[at]! : ''}`).join('')}`;
        expect(samePhone(plain, grouped, 'USA')).toBe(true);
        expect(samePhone(plain, `${plain} x1`, 'USA')).toBe(false);
      }),
    );
  });

  it('does not look for one in long nonsense', () => {
    for (const text of [`+${'1 '.repeat(50_000)}!`, `${' '.repeat(50_000)}x`, `1${' '.repeat(50_000)}1x`])
      expect(parsePhone(text, 'USA')).toBeUndefined();
  });
});
