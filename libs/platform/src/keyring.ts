import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { pooledRandomBytes } from './pooled-random-bytes.js';

const format = 1;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM with associated data. Sealed form: 1 byte format, 12 bytes nonce, ciphertext, 16 bytes tag.
 * The associated data ties a sealed value to its place, so that it cannot be moved to another row.
 */
export function sealWith(key: Buffer, plain: Buffer, aad: string): Buffer {
  const nonce = pooledRandomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(aad, 'utf8'));
  const body = cipher.update(plain);
  cipher.final();
  return Buffer.concat([Buffer.of(format), nonce, body, cipher.getAuthTag()]);
}

export function unsealWith(key: Buffer, sealed: Buffer, aad: string): Buffer {
  if (sealed[0] !== format) throw new Error(`Sealed value has unknown format ${sealed[0]}`);
  const bodyAt = 1 + nonceBytes;
  const tagAt = sealed.length - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, bodyAt));
  decipher.setAAD(Buffer.from(aad, 'utf8'));
  decipher.setAuthTag(sealed.subarray(tagAt));
  const plain = decipher.update(sealed.subarray(bodyAt, tagAt));
  decipher.final();
  return plain;
}

/** The master key: wraps subjects' keys and seals secrets at rest. */
export class Keyring {
  constructor(private readonly masterKey: Buffer) {
    if (masterKey.length !== 32) throw new Error('The master key must be 32 bytes');
  }

  seal(plain: Buffer, aad: string): Buffer {
    return sealWith(this.masterKey, plain, aad);
  }

  unseal(sealed: Buffer, aad: string): Buffer {
    return unsealWith(this.masterKey, sealed, aad);
  }

  /** 32 bytes for one purpose, the same in all processes of an installation, which do not tell the master key. */
  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.masterKey, '', purpose, 32));
  }
}
