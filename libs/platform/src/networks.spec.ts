import { describe, expect, it } from 'vitest';
import { isNetwork, Networks, plainAddress } from './networks.js';

describe('networks', () => {
  const networks = new Networks(['203.0.113.9/24', '192.168.7.20', '2001:db8::/32', '::ffff:10.0.0.0/104']);

  it.each([
    ['203.0.113.1', true],
    ['203.0.114.1', false],
    ['::ffff:203.0.113.1', true],
    ['::FFFF:cb00:7101', true],
    ['192.168.7.20', true],
    ['192.168.7.21', false],
    ['2001:db8:1::5', true],
    ['2001:db9::1', false],
    ['10.9.8.7', true],
    ['11.0.0.1', false],
    ['203.0.113.1:4711', true],
    ['[2001:db8::1]:4711', true],
    ['unknown', false],
    ['', false],
    [undefined, false],
  ])('have %s: %s', (address, within) => {
    expect(networks.contains(address)).toBe(within);
  });

  it.each(['10.0.0.0/33', '::1/129', 'intranet', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '1.2.3', ''])(
    'are not %j',
    (text) => {
      expect(isNetwork(text)).toBe(false);
      expect(() => new Networks([text])).toThrow(RangeError);
    },
  );

  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['192.0.2.1:80', '192.0.2.1'],
    ['[::1]', '::1'],
    ['host:80', undefined],
  ])('read %s as %s', (text, address) => {
    expect(plainAddress(text)).toBe(address);
  });
});
