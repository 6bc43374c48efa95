export class TooManyTokens extends Error {
  override readonly name = 'TooManyTokens';

  constructor(readonly limit: number) {
    super(`This source has ${limit} valid tokens already: revoke one first`);
  }
}
