import { admin, type admin_directory_v1, auth } from '@googleapis/admin';
import { connectorModule } from '@rollcall/connectors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGoogleWorkspace, type GoogleWorkspace } from '../doubles/google-workspace/google-workspace.js';
import type { Json } from './hub-rig.js';

/** Google's own client on the double: what the one says the other understands. */
describe('the SDK of Google on the double', () => {
  let google: GoogleWorkspace;
  let sdk: admin_directory_v1.Admin;

  beforeAll(async () => {
    google = await startGoogleWorkspace();
    const { clientId, clientSecret } = google.tokens.client;
    const response = await fetch(`${google.origin}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: clientId,
        client_secret: clientSecret,
        refresh_token: '1//refresh-token',
      }),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    const client = new auth.OAuth2();
    client.setCredentials({ access_token });
    sdk = admin({ version: 'directory_v1', auth: client, rootUrl: `${google.origin}/`, retry: false });
  });
  afterAll(() => google?.stop());

  const person = (name: string) => ({
    primaryEmail: `${name}@contoso.example`,
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    password: 'correct-horse',
  });

  it('inserts, gets, lists, patches, deletes and restores users', async () => {
    const inserted = await sdk.users.insert({ requestBody: person('ada') });
    expect(inserted.status).toBe(200);
    const { id } = inserted.data;
    const patched = await sdk.users.patch({
      userKey: id!,
      requestBody: { suspended: true, phones: [{ type: 'work', value: '1' }] },
    });
    expect(patched.data).toMatchObject({ id, suspended: true, phones: [{ type: 'work', value: '1' }] });
    const updated = await sdk.users.update({ userKey: id!, requestBody: { suspended: false } });
    expect(updated.data).toMatchObject({ suspended: false, name: { familyName: 'Lovelace' } });
    expect((await sdk.users.get({ userKey: 'ada@contoso.example' })).data.id).toBe(id);

    await sdk.users.insert({ requestBody: person('bob') });
    const first = await sdk.users.list({ customer: 'my_customer', maxResults: 1, orderBy: 'email' });
    expect(first.data.users?.map((user) => user.primaryEmail)).toEqual(['ada@contoso.example']);
    const { nextPageToken } = first.data;
    const last = await sdk.users.list({
      customer: 'my_customer',
      maxResults: 1,
      orderBy: 'email',
      pageToken: nextPageToken!,
    });
    expect(last.data.users?.map((user) => user.primaryEmail)).toEqual(['bob@contoso.example']);
    expect(last.data.nextPageToken).toBeUndefined();

    expect((await sdk.users.delete({ userKey: id! })).status).toBe(204);
    await sdk.users.undelete({ userKey: id!, requestBody: { orgUnitPath: '/' } });
    expect((await sdk.users.get({ userKey: id! })).status).toBe(200);
  });

  it('keeps groups, their members and aliases', async () => {
    const { data: user } = await sdk.users.insert({ requestBody: person('carol') });
    const { data: group } = await sdk.groups.insert({ requestBody: { email: 'team@contoso.example' } });
    const groupKey = group.id!;
    await sdk.members.insert({ groupKey, requestBody: { id: user.id!, role: 'MANAGER' } });
    expect((await sdk.members.list({ groupKey })).data.members).toMatchObject([
      { id: user.id, role: 'MANAGER' },
    ]);
    const isMember = await sdk.members.hasMember({ groupKey, memberKey: user.id! });
    expect(isMember.data.isMember).toBe(true);
    await sdk.members.patch({ groupKey, memberKey: user.id!, requestBody: { role: 'MEMBER' } });
    expect((await sdk.members.get({ groupKey, memberKey: user.id! })).data.role).toBe('MEMBER');
    await sdk.members.delete({ groupKey, memberKey: user.id! });
    expect((await sdk.members.list({ groupKey })).data.members).toBeUndefined();
    await sdk.groups.patch({ groupKey, requestBody: { name: 'The team' } });
    expect((await sdk.groups.get({ groupKey })).data.name).toBe('The team');
    await sdk.users.aliases.insert({ userKey: user.id!, requestBody: { alias: 'caro@contoso.example' } });
    expect((await sdk.users.aliases.list({ userKey: user.id! })).data.aliases).toHaveLength(1);
    await sdk.users.aliases.delete({ userKey: user.id!, alias: 'caro@contoso.example' });
    expect((await sdk.groups.list({ userKey: user.id! })).data.groups).toBeUndefined();
    await sdk.groups.delete({ groupKey });
  });

  it('reads errors as those of Google', async () => {
    const refusal = async (call: Promise<unknown>) => {
      const error = await call.then(
        () => undefined,
        (refused: { code: number; message: string; response: { data: Json } }) => refused,
      );
      return [error?.code, error?.response.data.error.errors[0].reason, error?.message];
    };
    expect(await refusal(sdk.users.get({ userKey: '199999999999999999999' }))).toEqual([
      404,
      'notFound',
      'Resource Not Found: userKey',
    ]);
    await sdk.users.insert({ requestBody: person('dora') });
    expect(await refusal(sdk.users.insert({ requestBody: person('dora') }))).toEqual([
      409,
      'duplicate',
      'Entity already exists.',
    ]);
    google.faults.slowDown = 'quotaExceeded';
    const slow = await refusal(sdk.users.list({ customer: 'my_customer' }));
    delete google.faults.slowDown;
    expect(slow.slice(0, 2)).toEqual([403, 'quotaExceeded']);
  });

  it('finds what the connector has made, as it has made it', async () => {
    const connector = connectorModule('google-workspace')!.open(
      { domain: 'contoso.example', baseUrl: google.origin, tokenUrl: `${google.origin}/token` },
      { type: 'service-account', key: google.tokens.keyFile, subject: 'admin@contoso.example' },
      { userAgent: 'rollcall-test' },
    );
    const attributes = {
      primaryEmail: 'erin@contoso.example',
      'name.givenName': 'Erin',
      'name.familyName': 'Moore',
      'organizations[primary eq true].title': 'Engineer',
    };
    const made = await connector.create('user', attributes, { operationId: 'o', attempt: 1, mode: 'live' });
    await connector.close();
    expect(made.kind).toBe('ok');
    const { data } = await sdk.users.get({ userKey: 'erin@contoso.example' });
    expect(data).toMatchObject({
      name: { givenName: 'Erin', familyName: 'Moore' },
      organizations: [{ primary: true, title: 'Engineer' }],
    });
  });
});
