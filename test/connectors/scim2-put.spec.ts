import { afterEach, expect, it } from 'vitest';
import { startVendorApp } from '../doubles/scim-vendors/vendor-app.js';
import { waitFor } from '../harness/index.js';
import { enterprise, openHub, type Json } from './hub-rig.js';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});

/** RFC 7644 section 3.5.1: what a PUT leaves out may be cleared; this app does, and does not return all it has. */
const profile = {
  basePath: '/scim/v2',
  patch: 'none' as const,
  unreturned: ['title', 'addresses', 'externalId', enterprise],
};

it('an app that takes PUT alone keeps what it does not return', async () => {
  const app = await startVendorApp(profile);
  cleanUp.push(() => app.stop());
  const rig = await openHub({
    connector: 'scim2',
    settings: { baseUrl: `${app.origin}/scim/v2` },
    credentials: { type: 'bearer', token: app.token },
  });
  cleanUp.push(() => rig.stop());
  const { admin, connection, join, settled, source } = rig;
  await admin('POST', `connections/${connection}/enable`);
  const ada = await join('ada@contoso.example', 'Ada', 'Lovelace');
  const team = await source.createGroup('Makers', [], { externalId: 'object-makers' });
  await settled(2);
  const account = (): Json => [...app.users.values()][0]!;
  const group = (): Json => [...app.groups.values()][0]!;

  await source.patch('Users', ada, { op: 'replace', path: 'name.familyName', value: 'King' });
  await source.patch('Groups', team, { op: 'add', path: 'members', value: [{ value: ada }] });
  await waitFor(() => account().name.familyName === 'King' && group().members?.length === 1, {
    what: 'the move and the member',
  });
  const kept = {
    title: 'Engineer',
    externalId: 'ada@contoso.example',
    addresses: [{ type: 'work', locality: 'London', country: 'UK' }],
    [enterprise]: { department: 'Engineering' },
  };
  expect(account()).toMatchObject({ ...kept, name: { givenName: 'Ada', familyName: 'King' } });
  expect(account().schemas).toContain(enterprise);
  expect(group()).toMatchObject({ displayName: 'Makers', externalId: 'object-makers' });

  await source.patch(
    'Users',
    ada,
    { op: 'remove', path: 'title' },
    { op: 'replace', path: `${enterprise}:department`, value: 'Analysis' },
    { op: 'replace', path: 'active', value: false },
  );
  await waitFor(() => account().active === false, { what: 'Ada to lose access' });
  expect(account()).toMatchObject({ externalId: kept.externalId, [enterprise]: { department: 'Analysis' } });
  expect(account()).not.toHaveProperty('title');
  expect(app.calls.filter(({ method, status }) => method === 'PUT' && status >= 400)).toEqual([]);
});
