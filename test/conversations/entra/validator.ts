import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { groupBody, type Json, urns, userBody } from '../scim-client.js';
import { type Conversation, expectList, expectScimError } from './conversation.js';

const random = () => randomUUID().replaceAll('-', '').slice(0, 10);

/** What Microsoft's SCIM Validator asks, in its order. */
export function validator(talk: Conversation): void {
  it('users: 1 to 14', async () => {
    const userName = `${random()}@Contoso.example`;
    const attributes: Json = {
      userName,
      active: true,
      displayName: random(),
      title: random(),
      emails: [{ type: 'work', value: `${random()}@contoso.example`, primary: true }],
      preferredLanguage: 'sv',
      name: { givenName: random(), familyName: random(), formatted: random() },
      addresses: [{ type: 'work', formatted: random(), streetAddress: random(), locality: random() }],
      phoneNumbers: [{ type: 'work', value: random() }],
      externalId: random(),
      timezone: random(),
      locale: random(),
      roles: [{ primary: 'True', display: random(), value: random(), type: random() }],
      [urns.enterprise]: { employeeNumber: random(), department: random(), costCenter: random() },
    };
    const roles = (attributes.roles as Json[]).map((role) => ({ ...role, primary: true }));
    const id = await talk.newUser(attributes, { ...attributes, roles });
    let expected: Json = { ...attributes, roles };
    const change = async (after: Json, ...operations: unknown[]) => {
      const answer = await talk.client.patch(`/Users/${id}`, ...operations);
      expect(answer, answer.text).toMatchObject({ status: 200 });
      expected = { ...expected, ...after };
      await talk.userIs(id, expected);
    };

    expectScimError(await talk.client.post('/Users', userBody(attributes)), 409, 'uniqueness');
    expectList(await talk.client.find('Users', `userName eq "${userName}"`), [id]);
    expectList(await talk.client.find('Users', `userName eq "${random()}"`), []);
    expectList(await talk.client.find('Users', `userName eq "${userName.toUpperCase()}"`), [id]);

    await change(
      { displayName: 'Compact', name: { givenName: 'C', familyName: 'D', formatted: 'C D' }, title: 'T' },
      { op: 'replace', path: 'emails[type eq "work"].primary', value: true },
      {
        op: 'replace',
        value: {
          displayName: 'Compact',
          title: 'T',
          'name.givenName': 'C',
          'name.familyName': 'D',
          'name.formatted': 'C D',
        },
      },
    );
    const role = { ...roles[0], display: 'D2', value: 'V2' };
    await change(
      { displayName: 'Verbose', roles: [role] },
      { op: 'replace', path: 'displayName', value: 'Verbose' },
      { op: 'replace', path: 'roles[primary eq "True"].display', value: 'D2' },
      { op: 'replace', path: 'roles[primary eq "True"].value', value: 'V2' },
    );
    await change(
      { nickName: 'Nick', roles: [{ ...role, type: 'T3' }] },
      { op: 'add', path: 'nickName', value: 'Nick' },
      { op: 'add', path: 'roles[primary eq "True"].type', value: 'T3' },
    );
    const renamed = `${random()}@contoso.example`;
    await change({ userName: renamed }, { op: 'replace', value: { userName: renamed } });
    await change({ active: false }, { op: 'replace', path: 'active', value: false });
    const found = await talk.client.find('Users', `userName eq "${renamed}"`);
    expect((found.body.Resources as Json[])[0]!.active).toBe(false);

    const enterprise = attributes[urns.enterprise] as Json;
    const managed = (value: string) => ({ [urns.enterprise]: { ...enterprise, manager: { value } } });
    await change(managed('made-up-1'), { op: 'add', path: urns.manager, value: 'made-up-1' });
    await change(managed('made-up-2'), { op: 'replace', path: urns.manager, value: { value: 'made-up-2' } });
    await change({ [urns.enterprise]: enterprise }, { op: 'replace', path: urns.manager, value: '' });

    expect(await talk.client.delete(`/Users/${id}`)).toMatchObject({ status: 204 });
    talk.userIsGone(id);
    expectScimError(await talk.client.get(`/Users/${id}`), 404);
  });

  it('groups: 15 to 26', async () => {
    const member = await talk.newUser({ userName: `${random()}@contoso.example` });
    const displayName = `Group ${random()}`;
    const externalId = random();
    const id = await talk.newGroup({ displayName, externalId });
    const seen = await talk.client.get(`/Groups/${id}?excludedAttributes=members`);
    expect(seen).toMatchObject({ status: 200, body: { id, displayName, externalId } });
    const find = (name: string) =>
      talk.client.find('Groups', `displayName eq "${name}"`, '&excludedAttributes=members');
    expectList(await find(displayName), [id]);
    expectList(await find(random()), []);
    expectList(await find(displayName.toUpperCase()), [id]);
    expectScimError(
      await talk.client.post('/Groups', groupBody({ displayName, externalId })),
      409,
      'uniqueness',
    );

    await talk.patchGroup(id, { op: 'replace', value: { externalId: 'replaced' } });
    await talk.groupIs(id, { displayName, externalId: 'replaced' }, []);
    await talk.patchGroup(id, { op: 'replace', path: 'displayName', value: `${displayName} renamed` });
    const after = { displayName: `${displayName} renamed`, externalId: 'replaced' };
    await talk.groupIs(id, after, []);
    await talk.patchGroup(id, { op: 'replace', path: 'members', value: [{ value: member }] });
    await talk.groupIs(id, after, [member]);
    await talk.patchGroup(id, { op: 'remove', path: `members[value eq "${member}"]` });
    await talk.groupIs(id, after, []);
    expect(await talk.client.delete(`/Groups/${id}`)).toMatchObject({ status: 204 });
    talk.groups.delete(id);
    expectScimError(await talk.client.get(`/Groups/${id}`), 404);
  });

  it('preview: one attribute removed, added and replaced in a request; deletes of what is not there', async () => {
    const userName = `${random()}@contoso.example`;
    const id = await talk.newUser({ userName, displayName: 'Before' });
    const answer = await talk.client.patch(
      `/Users/${id}`,
      { op: 'remove', path: 'displayName' },
      { op: 'add', path: 'displayName', value: 'Added' },
      { op: 'replace', path: 'displayName', value: 'Replaced' },
    );
    expect(answer).toMatchObject({ status: 200 });
    await talk.userIs(id, { userName, displayName: 'Replaced', active: true });
    for (const kind of ['Users', 'Groups'])
      expectScimError(await talk.client.delete(`/${kind}/${randomUUID()}`), 404);
  });

  it('gallery: empty strings, then nulls', async () => {
    const userName = `${random()}@contoso.example`;
    const id = await talk.newUser({
      userName,
      displayName: 'D',
      title: 'T',
      [urns.enterprise]: { department: 'X' },
    });
    const all = (value: unknown) =>
      ['displayName', 'title', urns.department].map((path) => ({ op: 'replace', path, value }));
    expect(await talk.client.patch(`/Users/${id}`, ...all(''))).toMatchObject({ status: 200 });
    expect(await talk.client.patch(`/Users/${id}`, ...all(null))).toMatchObject({ status: 200 });
    await talk.userIs(id, { userName, active: true });
  });

  it('discovery: schemas that hold every attribute of the gallery mapping', async () => {
    const schemas = await talk.client.get('/Schemas');
    expect(schemas).toMatchObject({ status: 200, body: { schemas: [urns.list], totalResults: 3 } });
    expect(schemas.text).not.toContain('null');
    const names = (schemas.body.Resources as Json[]).flatMap(flatten);
    for (const name of [
      'userName',
      'active',
      'displayName',
      'title',
      'emails[type eq "work"].value',
      'name.givenName',
      'name.familyName',
      'addresses[type eq "work"].streetAddress',
      'addresses[type eq "work"].postalCode',
      'phoneNumbers[type eq "mobile"].value',
      'timezone',
      'userType',
      urns.department,
      urns.manager,
      'members',
    ])
      expect(names, name).toContain(name);
    for (const path of [
      '/ServiceProviderConfig',
      '/ResourceTypes',
      `/Schemas/${urns.user}`,
      '/ResourceTypes/User',
    ])
      expect(await talk.client.get(path), path).toMatchObject({ status: 200 });
    expect((await talk.client.get('/ServiceProviderConfig')).body).toMatchObject({
      patch: { supported: true },
      filter: { supported: true },
      bulk: { supported: true },
    });
    expectScimError(await talk.client.get('/Schemas/urn:none'), 404);
  });
}

/** The names that an administrator can map, as the gallery test spells them. */
function flatten(schema: Json): string[] {
  const prefix = schema.id === urns.enterprise ? `${urns.enterprise}:` : '';
  return (schema.attributes as Json[]).flatMap((attribute) => {
    const name = `${prefix}${String(attribute.name)}`;
    const subs = (attribute.subAttributes ?? []) as Json[];
    const types = (subs.find((sub) => sub.name === 'type')?.canonicalValues ?? []) as string[];
    if (!attribute.multiValued) return [name, ...subs.map((sub) => `${name}.${String(sub.name)}`)];
    return [
      name,
      ...types.flatMap((type) => subs.map((sub) => `${name}[type eq "${type}"].${String(sub.name)}`)),
    ];
  });
}
