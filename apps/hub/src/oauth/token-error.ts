/** The codes of RFC 6749 section 5.2, and those of section 4.1.2.1 for failures of the server. */
export type TokenErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'server_error'
  | 'temporarily_unavailable';

const statuses: Partial<Record<TokenErrorCode, number>> = {
  invalid_client: 401,
  server_error: 500,
  temporarily_unavailable: 503,
};

/** What a client for tokens is told, in words for whoever set it up. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly status: number;

  constructor(
    readonly code: TokenErrorCode,
    description: string,
    status?: number,
  ) {
    // Section 5.2 wants ASCII without quotes and backslashes.
    super(description.replace(/["’]/g, "'").replace(/[^\x20-\x7e]|\\/g, '?'));
    this.status = status ?? statuses[code] ?? 400;
  }
}
