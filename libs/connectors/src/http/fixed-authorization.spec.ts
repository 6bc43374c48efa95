import { expect, it } from 'vitest';
import { fixedAuthorization, type FixedCredentials } from './fixed-authorization.js';

it.each<[FixedCredentials, Record<string, string>, string[]]>([
  [
    { type: 'basic', username: 'hub', password: 'pä:ss' },
    { authorization: 'Basic aHViOnDDpDpzcw==' },
    ['aHViOnDDpDpzcw==', 'pä:ss'],
  ],
  [{ type: 'bearer', token: 't1' }, { authorization: 'Bearer t1' }, ['t1']],
  [{ type: 'header', name: 'X-Api-Key', value: 'k1' }, { 'x-api-key': 'k1' }, ['k1']],
])('%j', (credentials, headers, secrets) => {
  expect(fixedAuthorization(credentials)).toEqual({ headers, secrets });
});
