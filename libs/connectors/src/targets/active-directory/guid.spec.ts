import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { guidBytes, guidText, readExtendedName } from './guid.js';

describe('objectGUID', () => {
  it('has its first three parts turned round', () => {
    const bytes = Buffer.from('e9e48e4841308547 95ca171a042632f8'.replace(' ', ''), 'hex');
    expect(guidText(bytes)).toBe('488ee4e9-3041-4785-95ca-171a042632f8');
    expect(guidBytes('488ee4e9-3041-4785-95ca-171a042632f8')).toEqual(bytes);
  });

  it('comes back the same from text', () => {
    for (let round = 0; round < 200; round += 1) {
      const bytes = randomBytes(16);
      expect(guidBytes(guidText(bytes))).toEqual(bytes);
    }
  });

  it.each([
    [
      '<GUID=012FB546-a4b6-4522-9908-9c90c788ceb1>;<SID=S-1-5-21-1-2-3-1106>;CN=a\\2C <b>;x,OU=P',
      { guid: '012fb546-a4b6-4522-9908-9c90c788ceb1', dn: 'CN=a\\2C <b>;x,OU=P' },
    ],
    [
      '<GUID=012fb546-a4b6-4522-9908-9c90c788ceb1>;CN=Configuration',
      { guid: '012fb546-a4b6-4522-9908-9c90c788ceb1', dn: 'CN=Configuration' },
    ],
    ['CN=plain,OU=P', { guid: undefined, dn: 'CN=plain,OU=P' }],
  ])('is read from the name it comes with: %s', (extended, read) => {
    expect(readExtendedName(extended)).toEqual(read);
  });
});
