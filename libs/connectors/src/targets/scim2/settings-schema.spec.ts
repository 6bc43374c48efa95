import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { checkAttribute } from './attribute-path.js';
import { manifest } from './manifest.js';
import { completeSettings } from './complete-settings.js';

const ajv = new Ajv({ allErrors: true, discriminator: true });
addFormats.default(ajv);
const settings = ajv.compile(manifest.settingsSchema);
const credentials = ajv.compile(manifest.credentialsSchema);

describe('settings', () => {
  it.each([
    { baseUrl: 'https://app.example.com/scim/v2' },
    { baseUrl: 'http://127.0.0.1:4000/scim/v2', preset: 'elium', pageSize: 10 },
    { preset: 'exium' },
  ])('takes %j', (given) => {
    expect(settings(given), JSON.stringify(settings.errors)).toBe(true);
    expect(completeSettings(given)).toMatchObject({
      timeoutMs: 30_000,
      baseUrl: expect.stringMatching(/^https?:/),
    });
  });

  it.each([
    [{}, 'baseUrl'],
    [{ preset: 'elium' }, 'baseUrl'],
    [{ baseUrl: 'app.example.com' }, 'baseUrl'],
    [{ baseUrl: 'ftp://app.example.com' }, 'baseUrl'],
    [{ baseUrl: 'https://user:secret@app.example.com' }, 'baseUrl'],
    [{ baseUrl: 'https://a.example', timeoutMs: 5 }, 'timeoutMs'],
    [{ baseUrl: 'https://a.example', preset: 'nosuch' }, 'preset'],
    [{ baseUrl: 'https://a.example', token: 'x' }, 'token'],
  ])('refuses %j and names %s', (given, field) => {
    expect(settings(given)).toBe(false);
    expect(JSON.stringify(settings.errors)).toContain(field);
  });

  it('takes what the preset knows unless told otherwise', () => {
    expect(completeSettings({ preset: 'exium' }).baseUrl).toBe('https://subapi.exium.net/scim');
    expect(completeSettings({ preset: 'exium', baseUrl: 'http://127.0.0.1:1' }).baseUrl).toBe(
      'http://127.0.0.1:1',
    );
  });
});

describe('credentials', () => {
  it.each([
    { type: 'bearer', token: 'abc.def' },
    { type: 'basic', username: 'hub', password: 'päss word' },
    {
      type: 'oauth2-client-credentials',
      tokenUrl: 'https://a.example/token',
      clientId: 'hub',
      clientSecret: 's',
    },
  ])('takes $type', (given) => {
    expect(credentials(given), JSON.stringify(credentials.errors)).toBe(true);
  });

  it.each([
    [{}, 'type'],
    [{ type: 'magic' }, 'type'],
    [{ type: 'bearer' }, 'token'],
    [{ type: 'bearer', token: 'abc\n' }, 'token'],
    [{ type: 'basic', username: 'a:b', password: 'x' }, 'username'],
    [{ type: 'bearer', token: 'x', password: 'y' }, 'password'],
  ])('refuses %j and names %s', (given, field) => {
    expect(credentials(given)).toBe(false);
    expect(JSON.stringify(credentials.errors)).toContain(field);
  });
});

describe('default mappings', () => {
  it('write only to attributes that can be written', () => {
    const { users, groups } = manifest.defaultMappings;
    for (const { target } of users.attributes) expect(checkAttribute('user', target)).toBeUndefined();
    for (const { target } of groups!.attributes) expect(checkAttribute('group', target)).toBeUndefined();
  });
});
