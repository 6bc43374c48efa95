import { hashToken, sameHash } from './token.js';

/** HUB_ADMIN_KEY: opens the default tenant, may make tenants and look into the queues. */
export class OperatorKey {
  private readonly hash: Buffer;

  constructor(key: string) {
    this.hash = hashToken(key).hash;
  }

  matches(candidate: string): boolean {
    return sameHash(hashToken(candidate).hash, this.hash);
  }
}
