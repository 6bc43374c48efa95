import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { profiles } from '../doubles/scim-vendors/profiles.js';
import { startVendorApp, type VendorApp } from '../doubles/scim-vendors/vendor-app.js';
import { createTestDatabase, startHubHere, type TestDatabase, waitFor } from '../harness/index.js';

/* eslint-disable @typescript-eslint/no-explicit-any */
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const patchOp = (...Operations: object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
});

/** As the provisioning service of Entra sends a user. */
const joiner = (name: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
  externalId: `object-${name}`,
  userName: `${name}@contoso.example`,
  active: true,
  displayName: `${name} Byron`,
  emails: [{ primary: true, type: 'work', value: `${name}@contoso.example` }],
  name: { givenName: name, familyName: 'Byron' },
  addresses: [
    {
      type: 'work',
      streetAddress: '12 St James Square',
      locality: 'London',
      region: 'Greater London',
      postalCode: 'SW1Y 4JH',
      country: 'GB',
    },
  ],
  phoneNumbers: [{ type: 'work', value: '+44 20 7946 0000' }],
  timezone: 'Europe/London',
  userType: 'Employee',
  title: 'Analyst',
  preferredLanguage: 'en-GB',
  [enterprise]: { department: 'Engines', employeeNumber: '7' },
});

describe.each(['exium', 'elium'])('from Entra to %s', (preset) => {
  let store: TestDatabase;
  let hub: RunningHub;
  let app: VendorApp;
  let source: { scimUrl: string; token: string };
  let connection: string;

  beforeAll(async () => {
    store = await createTestDatabase();
    app = await startVendorApp(profiles[preset]!);
    hub = await startHubHere({ DATABASE_URL: store.url });
    source = await admin('POST', 'sources', { name: 'Entra', client: 'entra' });
    const baseUrl = preset === 'exium' ? `${app.origin}/scim` : app.origin;
    ({ id: connection } = await admin('POST', 'connections', {
      name: preset,
      connector: 'scim2',
      settings: { preset, baseUrl },
      credentials: { type: 'bearer', token: app.token },
    }));
    const report = await admin('POST', `connections/${connection}/test`);
    expect(report).toMatchObject({ ok: true });
    await admin('POST', `connections/${connection}/enable`);
  });
  afterAll(async () => {
    await hub?.stop();
    await app?.stop();
    await store?.drop();
  });

  async function admin(method: string, path: string, body?: unknown): Promise<any> {
    return send(`${hub.url}/api/v1/${path}`, hub.keys.adminKey, method, body);
  }
  const scim = (method: string, path: string, body?: unknown) =>
    send(`${source.scimUrl}/${path}`, source.token, method, body);
  const account = (userName: string) => [...app.users.values()].find((each) => each.userName === userName);
  const group = (name: string) => [...app.groups.values()].find((each) => each.displayName === name);

  it('a joiner, a mover, a group, a leaver and a re-hire arrive as the app wants them', async () => {
    expect(
      (await scim('GET', `Users?filter=${encodeURIComponent('userName eq "Ada@contoso.example"')}`))
        .totalResults,
    ).toBe(0);
    const { id } = await scim('POST', 'Users', joiner('Ada'));
    await waitFor(() => account('Ada@contoso.example'), { what: 'the account' });
    const { title, preferredLanguage, timezone, userType, addresses, ...both } = joiner('Ada');
    const own = preset === 'exium' ? { timezone, userType, addresses } : { title, preferredLanguage };
    const { externalId, userName, displayName, emails, name, phoneNumbers } = both;
    const { id: remoteId, schemas, ...written } = account('Ada@contoso.example')!;
    expect(written).toEqual({
      externalId,
      userName,
      displayName,
      emails,
      name,
      phoneNumbers,
      ...own,
      active: true,
      [enterprise]: { department: 'Engines' },
    });
    expect(schemas).toEqual(['urn:ietf:params:scim:schemas:core:2.0:User', enterprise]);

    await scim(
      'PATCH',
      `Users/${id}`,
      patchOp(
        { op: 'Replace', path: 'name.familyName', value: 'King' },
        { op: 'Replace', path: 'emails[type eq "work"].value', value: 'king@contoso.example' },
        { op: 'Add', path: `${enterprise}:department`, value: 'Analysis' },
        { op: 'Remove', path: 'phoneNumbers[type eq "work"].value' },
      ),
    );
    await waitFor(() => account('Ada@contoso.example')?.name.familyName === 'King', { what: 'the move' });
    expect(account('Ada@contoso.example')).toMatchObject({
      id: remoteId,
      emails: [{ type: 'work', value: 'king@contoso.example' }],
      [enterprise]: { department: 'Analysis' },
    });
    expect(account('Ada@contoso.example')).not.toHaveProperty('phoneNumbers');

    const team = await scim('POST', 'Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      externalId: 'object-team',
      displayName: 'Engineers',
      members: [],
    });
    await scim('PATCH', `Groups/${team.id}`, patchOp({ op: 'Add', path: 'members', value: [{ value: id }] }));
    await waitFor(() => group('Engineers')?.members?.length === 1, { what: 'the member' });
    expect(group('Engineers')?.members).toEqual([{ value: remoteId }]);
    await scim(
      'PATCH',
      `Groups/${team.id}`,
      patchOp({ op: 'Replace', path: 'displayName', value: 'Makers' }),
    );
    await waitFor(() => group('Makers'), { what: 'the new name' });
    expect(group('Makers')?.members).toEqual([{ value: remoteId }]);

    await scim('PATCH', `Users/${id}`, patchOp({ op: 'Replace', path: 'active', value: 'False' }));
    await waitFor(() => account('Ada@contoso.example')?.active === false, {
      what: 'the leaver to lose access',
    });
    await scim('PATCH', `Users/${id}`, patchOp({ op: 'Replace', path: 'active', value: 'True' }));
    await waitFor(() => account('Ada@contoso.example')?.active === true, { what: 'the re-hire' });
    expect(account('Ada@contoso.example')?.id).toBe(remoteId);
    expect(app.users.size).toBe(1);
    const refused = app.calls.filter(({ status }) => status >= 400 && status !== 404);
    expect(refused).toEqual([]);
  });

  it('an account that is there already is adopted, not made again', async () => {
    app.users.set('grace-id', { id: 'grace-id', userName: 'Grace@contoso.example', active: true });
    await scim('POST', 'Users', joiner('Grace'));
    await waitFor(() => account('Grace@contoso.example')?.displayName, { what: 'the account to be adopted' });
    expect(account('Grace@contoso.example')).toMatchObject({ id: 'grace-id', displayName: 'Grace Byron' });
    const made = app.calls.filter(
      ({ method, path, body }) =>
        method === 'POST' && path === '/Users' && body?.userName.startsWith('Grace'),
    );
    expect(made).toEqual([]);
  });
});

async function send(url: string, token: string, method: string, body: unknown): Promise<any> {
  const answer = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}
