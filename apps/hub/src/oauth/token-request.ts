import { TokenError } from './token-error.js';

export interface TokenRequest {
  clientId: string;
  clientSecret: string;
  scope: string | undefined;
}

interface Parts {
  authorization: string | undefined;
  contentType: string | undefined;
  /** As it came. */
  body: string;
  /** What stands behind the "?" of the address. */
  query: string;
}

/**
 * A request of a client for a token: RFC 6749 sections 2.3.1, 3.2 and 4.4.2.
 * @throws TokenError
 */
export function readTokenRequest({ authorization, contentType, body, query }: Parts): TokenRequest {
  if (contentType?.split(';')[0]!.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw new TokenError('invalid_request', 'Send the parameters as application/x-www-form-urlencoded.');
  }
  if (/(^|&)client_secret=/.test(query)) {
    throw new TokenError(
      'invalid_request',
      'The client secret must not be in the address: send it in the header or body.',
    );
  }
  const form = new URLSearchParams(body);
  const twice = [...new Set(form.keys())].find((name) => form.getAll(name).length > 1);
  if (twice !== undefined) throw new TokenError('invalid_request', 'A parameter is there more than once.');
  const client = authorization === undefined ? fromBody(form) : fromHeader(authorization, form);
  const grantType = form.get('grant_type');
  if (!grantType) throw new TokenError('invalid_request', 'grant_type is missing: send client_credentials.');
  if (grantType !== 'client_credentials') {
    throw new TokenError('unsupported_grant_type', 'grant_type must be client_credentials.');
  }
  return { ...client, scope: form.get('scope') || undefined };
}

function fromBody(form: URLSearchParams): { clientId: string; clientSecret: string } {
  const clientId = form.get('client_id');
  const clientSecret = form.get('client_secret');
  if (!clientId || !clientSecret) {
    throw new TokenError(
      'invalid_client',
      'client_id and client_secret are missing: send them as Authorization: Basic, or in the body.',
    );
  }
  return { clientId, clientSecret };
}

function fromHeader(
  authorization: string,
  form: URLSearchParams,
): { clientId: string; clientSecret: string } {
  const encoded = /^Basic +([A-Za-z0-9+/_-]+=*) *$/i.exec(authorization)?.[1];
  const pair = encoded && Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair ? pair.indexOf(':') : -1;
  if (!pair || colon < 0) {
    throw new TokenError(
      'invalid_client',
      'The Authorization header must be Basic, and base64 of client id, colon and client secret.',
    );
  }
  if (form.has('client_secret')) {
    throw new TokenError(
      'invalid_request',
      'Send the client secret in the header or in the body, not in both.',
    );
  }
  const clientId = formDecode(pair.slice(0, colon));
  const named = form.get('client_id');
  if (named !== null && named !== clientId) {
    throw new TokenError('invalid_request', 'client_id of the body is another one than that of the header.');
  }
  return { clientId, clientSecret: formDecode(pair.slice(colon + 1)) };
}

/** Both halves are form-urlencoded within the base64; what cannot be decoded is taken as it is. */
function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
