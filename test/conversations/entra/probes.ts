import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { type Json, urns } from '../scim-client.js';
import { type Conversation, expectList, expectScimError } from './conversation.js';

const acme = 'urn:ietf:params:scim:schemas:extension:Acme:2.0:User';
const userAttributes = [
  'userName',
  'externalId',
  'id',
  'displayName',
  'nickName',
  'title',
  'name.familyName',
  'emails[type eq "work"].value',
  'emails[type eq "work"]',
  'emails.value',
  'phoneNumbers[type eq "mobile"].value',
  `${urns.enterprise}:employeeNumber`,
  `${acme}:badge`,
];
const groupAttributes = ['displayName', 'externalId', 'id', `${urns.group}:displayName`];

/** Every way in which a filter has been seen to come over the wire. */
const urlForms: [name: string, target: (kind: string, filter: string) => string][] = [
  ['space as +, quotes raw', (kind, filter) => `${kind}?filter=${plus(filter)}`],
  ['space as +, quotes %22', (kind, filter) => `${kind}?filter=${plus(filter).replaceAll('"', '%22')}`],
  ['everything percent-encoded', (kind, filter) => `${kind}?filter=${encodeURIComponent(filter)}`],
  ['trailing slash', (kind, filter) => `${kind}/?filter=${encodeURIComponent(filter)}`],
  ['feature flag before', (kind, filter) => `${kind}?aadOptscim062020&filter=${plus(filter)}`],
  ['feature flag behind', (kind, filter) => `${kind}/?filter=${plus(filter)}&aadOptscim062020`],
  ['unknown parameters', (kind, filter) => `${kind}?x=1&filter=${plus(filter)}&api-version=2.0&y`],
];

const plus = (filter: string) =>
  filter.replace(/[%+&#[\]]|[^\x20-\x7e]/g, encodeURIComponent).replaceAll(' ', '+');

export function probes(talk: Conversation): void {
  it.each(userAttributes)(
    'a random GUID as %s is 200 and an empty list, in every form',
    async (attribute) => {
      for (const [form, target] of urlForms) {
        const filter = `${attribute} eq "${randomUUID()}"`;
        const answer = await talk.client.get(target('/Users', filter));
        expect(answer, `${form}: ${answer.text}`).toMatchObject({ status: 200 });
        expectList(answer, []);
      }
    },
  );

  it.each(groupAttributes)('a random GUID as %s of a group, members excluded', async (attribute) => {
    for (const [form, target] of urlForms) {
      const filter = `${attribute} eq "${randomUUID()}"`;
      const path = target('/Groups', filter).replace('?', '?excludedAttributes=members&');
      const answer = await talk.client.get(path);
      expect(answer, `${form}: ${answer.text}`).toMatchObject({ status: 200 });
      expectList(answer, []);
    }
  });

  let known: { id: string; attributes: Json };
  beforeAll(async () => {
    const attributes = {
      userName: "O'Brien+tag&co@Contoso.example",
      externalId: 'obrien%20+1',
      displayName: 'Zoë "Zed" Ångström 田中',
      emails: [{ type: 'work', value: 'zoe+1@contoso.example' }],
      [acme]: { badge: 'B-17' },
    };
    known = { attributes, id: await talk.newUser(attributes) };
  });

  const hits = [
    [`userName eq "O'Brien+tag&co@Contoso.example"`],
    [`USERNAME EQ "o'brien+TAG&CO@contoso.EXAMPLE"`],
    [`${urns.user}:UserName eq "O'Brien+tag&co@Contoso.example"`],
    ['externalId eq "obrien%20+1"'],
    ['DisplayName eq "Zoë \\"Zed\\" Ångström 田中"'],
    ['displayName eq "zOË \\"zed\\" ÅNGSTRÖM 田中"'],
    ['emails[type eq "work"].value eq "zoe+1@contoso.example"'],
    ['emails[Type eq "work"] eq "ZOE+1@contoso.example"'],
    [`${acme}:badge eq "B-17"`],
    [`active eq true and userName eq "o'brien+tag&co@contoso.example"`],
  ];
  it.each(hits)('%s finds the user in every form', async (filter) => {
    for (const [form, target] of urlForms) {
      const answer = await talk.client.get(target('/Users', filter));
      expect(answer, `${form}: ${answer.text}`).toMatchObject({ status: 200 });
      expectList(answer, [known.id]);
    }
  });

  it('a value without quotes is understood or refused with a reason', async () => {
    const answer = await talk.client.get('/Users?filter=externalId%20eq%20jyoung');
    if (answer.status === 200) expectList(answer, []);
    else expectScimError(answer, 400, 'invalidFilter');
  });

  it('accepts every media type that clients name, and none', async () => {
    for (const accept of ['application/scim+json', 'application/json', '*/*', undefined]) {
      const target = `/scim/v2/Users?filter=userName+eq+"${randomUUID()}"`;
      expectList(await talk.client.send({ method: 'GET', target, headers: { accept } }), []);
    }
  });

  it('does not mind an empty User-Agent, or the headers of old versions', async () => {
    const target = `/scim/v2/Users?filter=userName+eq+"${randomUUID()}"`;
    const headers = { 'user-agent': '', adscimversion: '5.0' };
    expectList(await talk.client.send({ method: 'GET', target, headers }), []);
  });

  it('the base with its feature flag and trailing slash leads to the same users', async () => {
    expect(await talk.client.get(`/Users/${known.id}/?aadOptscim062020`)).toMatchObject({
      status: 200,
      body: { id: known.id },
    });
  });
}
