export type FixedCredentials =
  | { type: 'basic'; username: string; password: string }
  | { type: 'bearer'; token: string }
  | { type: 'header'; name: string; value: string };

/** The header that credentials of one text are sent in (RFC 7617, RFC 6750, or one of the app's own). */
export function fixedAuthorization(credentials: FixedCredentials): {
  headers: Record<string, string>;
  /** Texts that must not be seen. */
  secrets: string[];
} {
  switch (credentials.type) {
    case 'basic': {
      const { username, password } = credentials;
      const pair = Buffer.from(`${username}:${password}`).toString('base64');
      return { headers: { authorization: `Basic ${pair}` }, secrets: [pair, password] };
    }
    case 'bearer':
      return { headers: { authorization: `Bearer ${credentials.token}` }, secrets: [credentials.token] };
    case 'header':
      return {
        headers: { [credentials.name.toLowerCase()]: credentials.value },
        secrets: [credentials.value],
      };
  }
}
