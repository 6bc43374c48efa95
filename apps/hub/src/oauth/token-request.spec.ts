import { describe, expect, it } from 'vitest';
import { TokenError } from './token-error.js';
import { readTokenRequest } from './token-request.js';

const form = 'application/x-www-form-urlencoded';
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
const read = (parts: Partial<Parameters<typeof readTokenRequest>[0]>) =>
  readTokenRequest({
    authorization: undefined,
    contentType: form,
    body: 'grant_type=client_credentials',
    query: '',
    ...parts,
  });

describe('a request for a token', () => {
  it.each([
    ['header', { authorization: basic('id:secret') }],
    ['header, both halves form-urlencoded', { authorization: basic('%69d:s%65cret') }],
    [
      'header, with the client id in the body too',
      { authorization: basic('id:secret'), body: 'grant_type=client_credentials&client_id=id' },
    ],
    ['body', { body: 'grant_type=client_credentials&client_id=id&client_secret=secret' }],
    [
      'body, charset named',
      {
        contentType: `${form}; charset=UTF-8`,
        body: 'client_secret=secret&client_id=id&grant_type=client_credentials',
      },
    ],
  ])('is read with the secret in the %s', (_, parts) => {
    expect(read(parts)).toEqual({ clientId: 'id', clientSecret: 'secret', scope: undefined });
  });

  it('decodes colons, plus signs and percent signs as section 2.3.1 encodes them', () => {
    expect(read({ authorization: basic('a%3Ab:c%2Bd+e%25:f') })).toMatchObject({
      clientId: 'a:b',
      clientSecret: 'c+d e%:f',
    });
    expect(read({ authorization: basic('id:100%') }).clientSecret).toBe('100%');
  });

  it.each([
    ['JSON', { contentType: 'application/json', body: '{}' }, 'invalid_request', 400],
    ['no media type', { contentType: undefined }, 'invalid_request', 400],
    ['no grant_type', { authorization: basic('id:secret'), body: '' }, 'invalid_request', 400],
    [
      'another grant',
      { authorization: basic('id:secret'), body: 'grant_type=password' },
      'unsupported_grant_type',
      400,
    ],
    [
      'a parameter twice',
      { body: 'grant_type=client_credentials&client_id=a&client_id=a&client_secret=x' },
      'invalid_request',
      400,
    ],
    [
      'the secret in both places',
      { authorization: basic('id:secret'), body: 'grant_type=client_credentials&client_secret=secret' },
      'invalid_request',
      400,
    ],
    [
      'two client ids',
      { authorization: basic('id:secret'), body: 'grant_type=client_credentials&client_id=other' },
      'invalid_request',
      400,
    ],
    ['the secret in the address', { query: 'a=b&client_secret=x' }, 'invalid_request', 400],
    ['no client', {}, 'invalid_client', 401],
    ['no secret', { body: 'grant_type=client_credentials&client_id=id' }, 'invalid_client', 401],
    ['another scheme', { authorization: 'Bearer abc' }, 'invalid_client', 401],
    ['no colon', { authorization: basic('id') }, 'invalid_client', 401],
  ])('is refused with %s', (_, parts, code, status) => {
    const refused = expect.objectContaining({
      code,
      status,
      message: expect.stringMatching(/^[^"\\]{20,}$/),
    });
    expect(() => read(parts)).toThrow(TokenError);
    expect(() => read(parts)).toThrow(refused);
  });
});
