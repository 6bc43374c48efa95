import { createHash } from 'node:crypto';

/** As ssh-keygen -l shows it. */
export const fingerprintOfKey = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** "ssh-ed25519" and the like (RFC 4253 section 6.6). */
export const typeOfKey = (key: Buffer): string => key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');

export interface PinnedKey {
  fingerprint: string;
  /** Known where the whole key was given. */
  type?: string;
}

/**
 * One key a line: SHA256 fingerprint, public key ("ssh-ed25519 AAAA…"), or a line of known_hosts.
 * @returns undefined where a line is none of these
 */
export function readPinnedKeys(text: string): PinnedKey[] | undefined {
  const keys: PinnedKey[] = [];
  for (const line of text.split(/\r?\n/)) {
    const words = line.trim().split(/\s+/);
    if (words[0] === '' || words[0]!.startsWith('#')) continue;
    const key = pinnedKey(words);
    if (!key) return undefined;
    keys.push(key);
  }
  return keys.length > 0 ? keys : undefined;
}

function pinnedKey(words: string[]): PinnedKey | undefined {
  // "@revoked" and "@cert-authority" of known_hosts: no key to trust as it is.
  if (words[0]!.startsWith('@')) return undefined;
  const fingerprint = words.find((word) => /^SHA256:[A-Za-z0-9+/]{43}=?$/.test(word));
  if (fingerprint !== undefined) return { fingerprint: fingerprint.replace(/=$/, '') };
  const at = words.findIndex((word) => /^(ssh-|ecdsa-|sk-)/.test(word));
  const key = Buffer.from(words[at + 1] ?? '', 'base64');
  if (at < 0 || key.length < 20 || key.readUInt32BE(0) !== words[at]!.length || typeOfKey(key) !== words[at])
    return undefined;
  return { fingerprint: fingerprintOfKey(key), type: words[at] };
}
