import { createPrivateKey, type KeyObject } from 'node:crypto';
import { isObject } from '@rollcall/scim';
import { SignJWT } from 'jose';
import type { TokenGrant } from '../../http/access-token.js';
import type { GoogleCredentials, GoogleSettings } from './settings.js';

interface ServiceAccountKey {
  email: string;
  keyId?: string;
  key: KeyObject;
}

/**
 * The key file of a service account as Google Cloud gives it. Its token_uri is not followed: the key would
 * sign for whatever address stands there.
 * @throws TypeError saying what is wrong with it, without repeating any of it
 */
export function readKeyFile(text: string): ServiceAccountKey {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new TypeError('is not JSON: paste the whole key file as it was downloaded.');
  }
  if (!isObject(file) || file.type !== 'service_account')
    throw new TypeError('is not the key file of a service account: its type must be service_account.');
  const { client_email: email, private_key: pem, private_key_id: keyId } = file;
  if (typeof email !== 'string' || email === '')
    throw new TypeError('has no client_email: download the key file again.');
  const key = typeof pem === 'string' ? privateKeyIn(pem) : undefined;
  if (key?.asymmetricKeyType !== 'rsa')
    throw new TypeError('has no RSA private key in private_key: download the key file again.');
  return { email, key, ...(typeof keyId === 'string' && { keyId }) };
}

function privateKeyIn(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** Whom the assertion is for, also where a gateway passes it on. */
const audience = 'https://oauth2.googleapis.com/token';
const assertionLifeSeconds = 3600;

/** How a token is asked for: a signed assertion (RFC 7523, domain-wide delegation by `sub`), or a refresh token. */
export function tokenGrant(settings: GoogleSettings, credentials: GoogleCredentials): TokenGrant {
  const { tokenUrl } = settings;
  if (credentials.type === 'refresh-token') {
    const { clientId, clientSecret, refreshToken } = credentials;
    return {
      tokenUrl,
      form: () =>
        Promise.resolve({
          grant_type: 'refresh_token',
          client_id: clientId,
          client_secret: clientSecret,
          refresh_token: refreshToken,
        }),
    };
  }
  const { email, key, keyId } = readKeyFile(credentials.key);
  return {
    tokenUrl,
    async form() {
      const now = Math.floor(Date.now() / 1000);
      const claims = new SignJWT({ scope: settings.scopes.join(' ') })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) })
        .setIssuer(email)
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + assertionLifeSeconds);
      if (credentials.subject !== undefined) claims.setSubject(credentials.subject);
      const assertion = await claims.sign(key);
      return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
    },
  };
}

/** What an admin does about a code of the token endpoint. */
export function signInRemedy(
  code: string | undefined,
  settings: GoogleSettings,
  { type }: GoogleCredentials,
): string {
  if (type === 'refresh-token')
    return 'Check client id and secret, and have an administrator consent again: a refresh token ends when it is revoked, unused for six months, or made by a client in testing.';
  if (code === 'unauthorized_client')
    return `In the Admin console, Security > API controls > Domain-wide delegation, enter the client id of the service account with exactly these scopes: ${settings.scopes.join(',')}`;
  if (code === 'invalid_grant')
    return 'Check that the administrator is an active user of this account, that the key was not deleted in Google Cloud, and that the clock of the hub is right.';
  return 'Check the key file and the administrator, and enter them again.';
}
