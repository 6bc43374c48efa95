import { describe, expect, it } from 'vitest';
import { targetNetworks } from './target-networks.js';

describe('target networks', () => {
  it('are open when unset, and in production on request', () => {
    expect(targetNetworks(undefined, false)).toBeUndefined();
    expect(targetNetworks('any', true)).toBeUndefined();
  });

  it.each([
    ['8.8.8.8', true],
    ['10.1.2.3', true],
    ['2001:db8::1', true],
    ['127.0.0.1', false],
    ['127.8.8.8', false],
    ['0.0.0.0', false],
    ['169.254.169.254', false],
    ['::1', false],
    ['::', false],
    ['fe80::1', false],
    ['fe80::1%eth0', false],
    ['::ffff:127.0.0.1', false],
    ['::ffff:a9fe:a9fe', false],
    ['::ffff:8.8.8.8', true],
    ['no address', false],
  ])('in production, unset: %s is %s', (address, allowed) => {
    expect(targetNetworks(undefined, true)!(address)).toBe(allowed);
  });

  it.each([
    ['10.1.2.3', true],
    ['192.168.7.20', true],
    ['192.168.7.21', false],
    ['fd00::5', true],
    ['8.8.8.8', false],
    ['127.0.0.1', false],
    ['::ffff:10.0.0.1', true],
  ])('listed: %s is %s', (address, allowed) => {
    expect(targetNetworks('10.0.0.0/8, 192.168.7.20, fd00::/8', false)!(address)).toBe(allowed);
  });
});
