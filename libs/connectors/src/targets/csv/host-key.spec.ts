import { describe, expect, it } from 'vitest';
import { readPinnedKeys } from './host-key.js';

/** As ssh-keygen made it, with what ssh-keygen -l says of it. */
const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
const fingerprint = 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU';

describe('host keys', () => {
  it.each([
    [fingerprint, { fingerprint }],
    [`256 ${fingerprint} github.com (ED25519)`, { fingerprint }],
    [`ssh-ed25519 ${key} a comment`, { fingerprint, type: 'ssh-ed25519' }],
    [`# of github.com\n\ngithub.com,140.82.112.3 ssh-ed25519 ${key}`, { fingerprint, type: 'ssh-ed25519' }],
  ])('%s', (text, expected) => {
    expect(readPinnedKeys(text)).toEqual([expected]);
  });

  it.each([
    '',
    'SHA256:short',
    `ssh-rsa ${key}`,
    `@revoked * ssh-ed25519 ${key}`,
    'ssh-ed25519 AAAA',
    `${fingerprint}\nand what else`,
  ])('%j is none', (text) => expect(readPinnedKeys(text)).toBeUndefined());
});
