import { attribute, groupType, userType, withExtension } from '@rollcall/scim';
import { describe, expect, it } from 'vitest';
import { redactBody, redactText, visibilityOf, withoutSecrets } from './redact.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const visibility = visibilityOf([userType, groupType]);
const redacted = (body: unknown) => redactBody(body, visibility).body as any;

describe('a body in the log', () => {
  it('shows what the schemas know, in any spelling', () => {
    const body = {
      schemas: [userType.schema.id],
      UserName: 'b.simon@contoso.com',
      'name.givenName': 'B',
      emails: [{ value: 'b@x', type: 'work', Primary: 'True' }],
      [enterprise]: { Department: 'R&D', manager: { value: '1' } },
      [`${enterprise}:costCenter`]: '42',
      active: null,
    };
    expect(redacted(body)).toEqual(body);
  });

  it.each([
    [{ password: 's3cret' }],
    [{ PASSWORD: { value: 's3cret' } }],
    [{ [`${userType.schema.id}:password`]: 's3cret' }],
    [{ [userType.schema.id]: { password: 's3cret' } }],
    [{ Operations: [{ op: 'add', path: 'password', value: 's3cret' }] }],
    [{ Operations: [{ op: 'add', Path: 'Password', Value: ['s3cret'] }] }],
    [{ Operations: [{ op: 'add', path: `${userType.schema.id}:password`, value: 's3cret' }] }],
    [{ Operations: [{ op: 'add', path: 'password[value eq "s3cret"]', value: 'x' }] }],
    [{ Operations: [{ op: 'add', path: 'emails[password eq "s3cret"].value', value: 'x' }] }],
    [{ Operations: [{ op: 'add', value: { password: 's3cret', 'emails[password eq "s3cret"].value': 1 } }] }],
    [{ Operations: [{ method: 'POST', path: '/Users', data: { password: 's3cret' } }] }],
    [
      {
        Operations: [
          {
            method: 'PATCH',
            path: '/Users/1',
            data: { Operations: [{ path: 'password', value: 's3cret' }] },
          },
        ],
      },
    ],
    [{ filter: 'password eq "s3cret"' }],
    [{ filter: 'userName eq "a" or password sw s3cret' }],
    [{ filter: 'password eq "s3cret' }],
  ])('never has a secret: %j', (body) => {
    const { body: shown, secrets } = redactBody(body, visibility);
    expect(JSON.stringify(shown)).not.toContain('s3cret');
    expect(secrets).toContain('s3cret');
  });

  it('takes write-only attributes and those never returned for secret, whatever their name', () => {
    const type = withExtension(userType, {
      id: 'urn:ietf:params:scim:schemas:extension:Contoso:2.0:User',
      name: 'Contoso',
      description: '',
      attributes: [
        attribute({ name: 'doorCode', description: '', returned: 'never' }),
        attribute({ name: 'pin', description: '', mutability: 'writeOnly' }),
        attribute({ name: 'badge', description: '' }),
      ],
    });
    const urn = type.extensions[1]!.urn;
    const shown = redactBody(
      { [urn]: { doorCode: '11', pin: '22', badge: '33' } },
      visibilityOf([type]),
    ).body;
    expect(shown).toEqual({
      [urn]: { doorCode: '(secret: not kept)', pin: '(secret: not kept)', badge: '33' },
    });
  });

  it('has no value of what no schema knows: it might be anything', () => {
    expect(
      redacted({ apiToken: 'x', 'urn:x:1.0:User': { a: 'x' }, name: { birth: 'x', givenName: 'B' } }),
    ).toEqual({
      apiToken: '(in no schema: not kept)',
      'urn:x:1.0:User': '(in no schema: not kept)',
      name: { birth: '(in no schema: not kept)', givenName: 'B' },
    });
    expect(
      redacted({ Operations: [{ op: 'add', path: 'urn:x:1.0:User:ssn', value: '1' }] }).Operations[0],
    ).toEqual({
      op: 'add',
      path: 'urn:x:1.0:User:ssn',
      value: '(in no schema: not kept)',
    });
  });

  it('is shortened, and says by how much', () => {
    const { title, members } = redacted({
      title: 'a'.repeat(5_000),
      members: Array.from({ length: 1_000 }, (_, n) => ({ value: `${n}` })),
    });
    expect(title).toBe(`${'a'.repeat(300)}… (5000 characters)`);
    expect(members).toHaveLength(21);
    expect(members.at(-1)).toBe('… and 980 more');
  });

  it('stays small, however large and however deep what came is', () => {
    const wide = {
      Operations: Array.from({ length: 20 }, () => ({ value: Array(20).fill({ title: 'b'.repeat(400) }) })),
    };
    const keys = Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`key${n}`, n]));
    let deep: unknown = 'x';
    for (let n = 0; n < 5_000; n++) deep = { value: deep };
    for (const body of [wide, keys, deep, [wide, keys, deep]]) {
      expect(JSON.stringify(redacted(body)).length).toBeLessThan(25_000);
    }
  });
});

describe('an address in the log', () => {
  it('has its filters without secrets', () => {
    expect(redactText('/Users?filter=userName eq "a"', visibility).text).toBe(
      '/Users?filter=userName eq "a"',
    );
    const { text, secrets } = redactText(
      '/Users?filter=userName eq "a" and password eq "s3cret"',
      visibility,
    );
    expect(text).toBe('/Users?filter=userName eq "…" and password eq "…"');
    expect(secrets).toContain('s3cret');
  });
});

it('texts lose the secrets, also where they quote only the beginning', () => {
  const long = 'p'.repeat(100);
  expect(withoutSecrets(`got "s3cret", got "${long.slice(0, 40)}..."`, ['s3cret', long])).toBe(
    'got "…", got "…..."',
  );
});
