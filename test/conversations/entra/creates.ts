import { expect, it } from 'vitest';
import { type Json, urns, userBody } from '../scim-client.js';
import { type Conversation, expectScimError } from './conversation.js';

const acme = 'urn:ietf:params:scim:schemas:extension:Acme:2.0:User';

export function creates(talk: Conversation): void {
  it('answers 201 with the whole resource, its place and its version', async () => {
    const attributes = {
      externalId: 'ada.lovelace',
      userName: 'Ada.Lovelace@contoso.example',
      active: true,
      displayName: 'Ada Lovelace',
      name: { formatted: 'Ada Lovelace', givenName: 'Ada', familyName: 'Lovelace' },
      emails: [{ primary: true, type: 'work', value: 'Ada.Lovelace@contoso.example' }],
      addresses: [
        {
          type: 'work',
          streetAddress: '12 St James’s Square',
          locality: 'London',
          region: 'Greater London',
          postalCode: 'SW1Y 4JH',
          country: 'GB',
        },
      ],
      phoneNumbers: [
        { type: 'work', value: '+44 (0)20 7946-0958 ext. 12' },
        { type: 'mobile', value: '07700 900123' },
        { type: 'fax', value: '020.7946.0959' },
      ],
      title: 'Analyst',
      preferredLanguage: 'en-GB',
      timezone: 'Europe/London',
      userType: 'Member',
      [urns.enterprise]: { department: 'Engines', employeeNumber: '000042' },
    };
    const created = await talk.client.post('/Users', userBody(attributes));
    expect(created, created.text).toMatchObject({ status: 201, body: attributes });
    const { id, meta, schemas } = created.body as { id: string; meta: Json; schemas: string[] };
    expect(created.headers['content-type']).toMatch(/^application\/scim\+json/);
    expect(created.headers.location).toBe(`${talk.hub.url}/scim/v2/Users/${id}`);
    expect(created.headers.etag).toBe(meta.version);
    expect(meta).toMatchObject({ resourceType: 'User', location: created.headers.location });
    expect(Date.parse(String(meta.created))).toBeLessThanOrEqual(Date.now());
    expect(schemas.toSorted()).toEqual([urns.user, urns.enterprise].toSorted());
    await talk.userIs(id, attributes);
  });

  it('C1 enterprise among the schemas without its object', async () => {
    await talk.newUser(
      { userName: 'c1a@contoso.example', schemas: [urns.user, urns.enterprise] },
      {
        userName: 'c1a@contoso.example',
      },
    );
  });

  it('C1 an extension object whose URN is not among the schemas', async () => {
    const attributes = { userName: 'c1b@contoso.example', [acme]: { badge: '17', floors: [1, 2] } };
    const id = await talk.newUser({ ...attributes, schemas: [urns.user] }, attributes);
    expect((await talk.client.get(`/Users/${id}`)).body.schemas).toEqual([urns.user, acme]);
  });

  it('C2 enterprise URN without its last colon', async () => {
    await talk.newUser(
      {
        userName: 'c2@contoso.example',
        schemas: [urns.user, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User'],
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0User': { department: 'Ops' },
      },
      { userName: 'c2@contoso.example', [urns.enterprise]: { department: 'Ops' } },
    );
  });

  it('C3 explicit nulls and empty arrays', async () => {
    await talk.newUser(
      {
        userName: 'c3@contoso.example',
        addresses: null,
        phoneNumbers: null,
        department: null,
        manager: null,
        nickName: null,
        roles: [],
        [urns.enterprise]: { department: null, manager: null },
      },
      { userName: 'c3@contoso.example' },
    );
  });

  it('C4 meta and id of the client are ignored', async () => {
    const id = await talk.newUser(
      { userName: 'c4@contoso.example', id: 'mine' },
      { userName: 'c4@contoso.example' },
    );
    expect(id).not.toBe('mine');
  });

  it('C5 booleans as text', async () => {
    await talk.newUser(
      { userName: 'c5@contoso.example', active: 'True', roles: [{ value: 'Admin', primary: 'True' }] },
      { userName: 'c5@contoso.example', active: true, roles: [{ value: 'Admin', primary: true }] },
    );
    await talk.newUser(
      { userName: 'c5b@contoso.example', active: 'False' },
      { userName: 'c5b@contoso.example', active: false },
    );
  });

  it('C6 keys in odd case', async () => {
    await talk.newUser(
      {
        UserName: 'c6@contoso.example',
        DISPLAYNAME: 'Six',
        emails: [{ Primary: true, Type: 'work', Value: 'c6@contoso.example' }],
        [urns.enterprise.toUpperCase()]: { Department: 'Ops' },
      },
      {
        userName: 'c6@contoso.example',
        displayName: 'Six',
        emails: [{ primary: true, type: 'work', value: 'c6@contoso.example' }],
        [urns.enterprise]: { department: 'Ops' },
      },
    );
  });

  it('C7 a guest with a name only', async () => {
    await talk.newUser({ userName: 'guest_fabrikam.example@contoso.example' });
  });

  it('a person who is disabled from the start', async () => {
    await talk.newUser({ userName: 'disabled@contoso.example', active: false });
  });

  it('values come back byte for byte', async () => {
    await talk.newUser({
      userName: 'Ünï.Cödé+tag@contoso.example',
      displayName:
        '  Ｆｕｌｌｗｉｄｔｈ é (composed) e\u0301 (not) \u200d\u{1f469}\u{1f3fd}\u200d\u{1f680} \u202eabc\u202c\t\n<b>&amp;"\\ ',
      externalId: 'case.Sensitive/%2F?x=1#y',
      nickName: 'x'.repeat(9_000) + 'é'.repeat(1_000),
      name: { formatted: '𝒜da', familyName: '李', givenName: 'أمل' },
      phoneNumbers: [
        { type: 'work', value: ' +1 (425) 555-0100 x123 ' },
        { type: 'mobile', value: '٠١٢٣' },
      ],
      emails: [{ type: 'work', value: '"quoted local"@Contoso.Example' }],
      timezone: 'q8wZ}!~ random',
      locale: 'not a locale',
    });
  });

  it('attributes of no schema are kept and given back', async () => {
    await talk.newUser({
      userName: 'unknown@contoso.example',
      badgeColour: 'blue',
      shoeSize: 43.5,
      consents: [{ purpose: 'news', given: false, at: null }],
      name: { givenName: 'Una', phoneticGivenName: 'yoona' },
      emails: [{ type: 'work', value: 'u@contoso.example', verified: true }],
      [urns.enterprise]: { department: 'Ops', floor: 3 },
      [acme]: { constructor: 'kept', nested: { deeper: ['a', { b: '' }] } },
    });
  });

  it('409 with uniqueness for a userName in use, whatever its case; nothing is written', async () => {
    const id = await talk.newUser({ userName: 'taken@contoso.example', title: 'First' });
    for (const userName of ['taken@contoso.example', 'TAKEN@Contoso.Example']) {
      const again = await talk.client.post('/Users', userBody({ userName, title: 'Second' }));
      expectScimError(again, 409, 'uniqueness', /userName/);
    }
    await talk.userIs(id, { userName: 'taken@contoso.example', title: 'First', active: true });
  });

  it('a create that races with itself makes one user', async () => {
    const userName = 'race@contoso.example';
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => talk.client.post('/Users', userBody({ userName }))),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([201, ...Array<number>(7).fill(409)]);
    const winner = answers.find(({ status }) => status === 201)!;
    await talk.userIs(winner.body.id as string, { userName, active: true });
  });
}
