import { generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { readKeyFile, signInRemedy, tokenGrant } from './service-account.js';
import { completeSettings } from './settings.js';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const file = {
  type: 'service_account',
  client_email: 'rollcall@project.iam.gserviceaccount.com',
  private_key_id: 'kid-1',
  private_key: pem,
  token_uri: 'https://elsewhere.example/token',
};
const settings = completeSettings({ domain: 'Contoso.Example' });

describe('signing in to Google', () => {
  it('signs an assertion for the administrator, good for an hour, for Google alone', async () => {
    const grant = tokenGrant(settings, {
      type: 'service-account',
      key: JSON.stringify(file),
      subject: 'admin@contoso.example',
    });
    expect(grant.tokenUrl).toBe('https://oauth2.googleapis.com/token');
    const { assertion, grant_type } = await grant.form();
    expect(grant_type).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const { payload, protectedHeader } = await jwtVerify(assertion!, pair.publicKey);
    expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: 'kid-1' });
    expect(payload).toMatchObject({
      iss: file.client_email,
      sub: 'admin@contoso.example',
      aud: 'https://oauth2.googleapis.com/token',
      scope: settings.scopes.join(' '),
    });
    expect(payload.exp! - payload.iat!).toBe(3600);
  });

  it('names no administrator where the service account is one', async () => {
    const grant = tokenGrant(settings, { type: 'service-account', key: JSON.stringify(file) });
    const { payload } = await jwtVerify((await grant.form()).assertion!, pair.publicKey);
    expect(payload.sub).toBeUndefined();
  });

  it('gives a refresh token with its client', async () => {
    const credentials = {
      type: 'refresh-token',
      clientId: 'c',
      clientSecret: 's',
      refreshToken: 'r',
    } as const;
    expect(await tokenGrant(settings, credentials).form()).toEqual({
      grant_type: 'refresh_token',
      client_id: 'c',
      client_secret: 's',
      refresh_token: 'r',
    });
  });

  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  it.each([
    ['nothing of JSON', 'not json secret-text', /not JSON/],
    ['another kind of file', JSON.stringify({ ...file, type: 'authorized_user' }), /service_account/],
    ['no address', JSON.stringify({ ...file, client_email: undefined }), /client_email/],
    ['no key', JSON.stringify({ ...file, private_key: 'secret-text' }), /private_key/],
    [
      'a key of another kind',
      JSON.stringify({ ...file, private_key: elliptic.export({ type: 'pkcs8', format: 'pem' }) }),
      /RSA/,
    ],
  ])('refuses %s, without repeating any of it', (_, text, message) => {
    expect(() => readKeyFile(text)).toThrow(message);
    expect(() => readKeyFile(text)).not.toThrow(/secret-text/);
  });

  it('says what to do about each code', () => {
    const key = { type: 'service-account', key: '' } as const;
    expect(signInRemedy('unauthorized_client', settings, key)).toContain(settings.scopes.join(','));
    expect(signInRemedy('invalid_grant', settings, key)).toMatch(/active user/);
    const client = { type: 'refresh-token', clientId: '', clientSecret: '', refreshToken: '' } as const;
    expect(signInRemedy('invalid_grant', settings, client)).toMatch(/consent again/);
  });

  it('does not ask for groups where there are none', () => {
    const { scopes } = completeSettings({ domain: 'contoso.example', groups: false });
    expect(scopes.some((scope) => scope.endsWith('.group'))).toBe(false);
  });
});
