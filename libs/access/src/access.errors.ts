export class TooManyTokens extends Error {
  override readonly name = 'TooManyTokens';

  constructor(readonly limit: number) {
    super(`This source has ${limit} valid tokens already: revoke one first`);
  }
}

export class TooManySecrets extends Error {
  override readonly name = 'TooManySecrets';

  constructor(readonly limit: number) {
    super(`This source has ${limit} valid client secrets already: revoke one first`);
  }
}

/** What an administrator wants a source to be, and cannot have. */
export class InvalidSource extends Error {
  override readonly name = 'InvalidSource';

  constructor(
    /** Such as jwt.jwks.keys.0.kty. */
    readonly field: string,
    /** After the field's name: "must be ...". */
    readonly remedy: string,
  ) {
    super(`${field} ${remedy}`);
  }
}

export class IssuerTaken extends Error {
  override readonly name = 'IssuerTaken';

  constructor() {
    super('Another source trusts this issuer with this audience already');
  }
}

export class LastApiKey extends Error {
  override readonly name = 'LastApiKey';

  constructor() {
    super('This is the last API key of its tenant: make another one first');
  }
}
