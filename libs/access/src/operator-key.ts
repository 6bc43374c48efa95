import { hkdfSync } from 'node:crypto';
import { hashToken, sameHash } from './token.js';

/** HUB_ADMIN_KEY: opens the default tenant, may make tenants and look into the queues. */
export class OperatorKey {
  private readonly hash: Buffer;

  constructor(private readonly key: string) {
    this.hash = hashToken(key).hash;
  }

  matches(candidate: string): boolean {
    return sameHash(hashToken(candidate).hash, this.hash);
  }

  /** 32 bytes for one purpose, which change with the key and do not tell it. */
  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.key, '', purpose, 32));
  }
}
