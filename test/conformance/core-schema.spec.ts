import { expect } from 'vitest';
import type { Json, ScimSource } from '../harness/scim-source.js';
import { at, expectError, newGroup, newUser, patch, requirements, unique, urn } from './requirement.js';

const schema = async (scim: ScimSource, id: string) => (await scim.get(`/Schemas/${id}`)).body;
const attributeOf = async (scim: ScimSource, id: string, ...names: string[]): Promise<Json> => {
  let found: Json = { subAttributes: (await schema(scim, id)).attributes };
  for (const name of names) found = found.subAttributes.find((one: Json) => one.name === name);
  return found;
};

requirements('Core schema', [
  [
    '7643 2.1',
    'attribute names are compared regardless of case',
    async ({ scim }) => {
      const userName = unique();
      const made = await scim.post('/Users', { USERNAME: userName, NickName: 'N' });
      expect(made).toMatchObject({ status: 201, body: { userName, nickName: 'N' } });
    },
  ],
  [
    '7643 2.2',
    'every attribute of a schema tells all its characteristics',
    async ({ scim }) => {
      const check = (attribute: Json) => {
        expect(attribute).toEqual(
          expect.objectContaining({
            name: expect.stringMatching(/^[$A-Za-z][\w-]*$/),
            type: expect.stringMatching(
              /^(string|boolean|decimal|integer|dateTime|reference|binary|complex)$/,
            ),
            multiValued: expect.any(Boolean),
            description: expect.stringMatching(/./),
            required: expect.any(Boolean),
            caseExact: expect.any(Boolean),
            mutability: expect.stringMatching(/^(readOnly|readWrite|immutable|writeOnly)$/),
            returned: expect.stringMatching(/^(always|never|default|request)$/),
            uniqueness: expect.stringMatching(/^(none|server|global)$/),
          }),
        );
        if (attribute.type === 'reference') expect(attribute.referenceTypes.length).toBeGreaterThan(0);
        expect(attribute.type === 'complex').toBe('subAttributes' in attribute);
        for (const sub of attribute.subAttributes ?? []) check(sub);
      };
      const { Resources } = (await scim.get('/Schemas')).body;
      expect(Resources).toHaveLength(3);
      for (const { attributes } of Resources) for (const attribute of attributes) check(attribute);
    },
  ],
  [
    '7643 2.3.1',
    'text is kept as it was sent, whatever its script',
    async ({ scim }) => {
      const displayName = 'Zoë 😀 \u200f ﬁ  "\\';
      const made = await newUser(scim, { displayName });
      expect((await scim.get(at(made))).body.displayName).toBe(displayName);
    },
  ],
  [
    '7643 2.3.2',
    'a boolean attribute takes no other value than true and false',
    async ({ scim }) => expectError(await newUser(scim, { active: 'perhaps' }), 400, 'invalidValue'),
  ],
  [
    '7643 2.3.2',
    'a boolean attribute takes no text',
    async ({ scim }) => {
      const made = await newUser(scim, { active: 'False' });
      expect(made).toMatchObject({ status: 201, body: { active: false } });
    },
    'the texts "True" and "False", which Microsoft Entra ID sends, are taken as booleans',
  ],
  [
    '7643 2.3.5',
    'a dateTime has the form of xsd:dateTime',
    async ({ scim }) => {
      const { body } = await newUser(scim);
      expect(body.meta.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    },
  ],
  [
    '7643 2.3.6',
    'a binary value is base64, and refused when it is not',
    async ({ scim }) => {
      const good = await newUser(scim, { x509Certificates: [{ value: 'TUlJ' }] });
      expect(good.body.x509Certificates).toEqual([{ value: 'TUlJ' }]);
      expectError(await newUser(scim, { x509Certificates: [{ value: '%%' }] }), 400, 'invalidValue');
    },
  ],
  [
    '7643 2.3.7',
    'a reference to a resource is its address, which can be read',
    async ({ scim }) => {
      const user = await newUser(scim);
      const group = await newGroup(scim, { members: [{ value: user.body.id }] });
      const [{ $ref }] = group.body.members;
      expect($ref).toBe(user.body.meta.location);
      expect((await scim.get($ref.slice(scim.baseUrl.length))).body.id).toBe(user.body.id);
    },
  ],
  [
    '7643 2.4',
    'the primary value of a multi-valued attribute is at most one',
    async ({ scim }) => {
      const emails = [
        { value: 'a@x', primary: true },
        { value: 'b@x', primary: true },
      ];
      expectError(await newUser(scim, { emails }), 400, 'invalidValue');
    },
  ],
  [
    '7643 2.5',
    'null, an empty list and no value at all are the same',
    async ({ scim }) => {
      const made = await newUser(scim, { title: null, emails: [], name: {} });
      expect(made.status).toBe(201);
      for (const name of ['title', 'emails', 'name']) expect(made.body).not.toHaveProperty(name);
    },
  ],
  [
    '7643 3',
    'a resource names the schemas it uses, and its extensions stand under their URN',
    async ({ scim }) => {
      const plain = await newUser(scim);
      expect(plain.body.schemas).toEqual([urn.user]);
      const extended = await newUser(scim, { [urn.enterprise]: { department: 'D' } });
      expect(extended.body.schemas).toEqual([urn.user, urn.enterprise]);
      expect(extended.body[urn.enterprise]).toEqual({ department: 'D' });
    },
  ],
  [
    '7643 3',
    'a resource that does not name its schema is refused',
    async ({ scim }) => {
      const made = await scim.post('/Users', { userName: unique() });
      expect(made).toMatchObject({ status: 201, body: { schemas: [urn.user] } });
    },
    'the endpoint says what it is, and clients leave schemas out',
  ],
  [
    '7643 3.1',
    'the id is given by the server, unique, and never that of the client',
    async ({ scim }) => {
      const one = await newUser(scim, { id: 'mine' });
      const two = await newUser(scim, { id: 'mine' });
      expect(one.body.id).not.toBe('mine');
      expect(one.body.id).not.toBe(two.body.id);
    },
  ],
  [
    '7643 3.1',
    'the id stays the same when the resource changes',
    async ({ scim }) => {
      const made = await newUser(scim);
      const changed = await scim.send('PUT', at(made), { userName: unique(), id: 'other' });
      expect(changed.body.id).toBe(made.body.id);
    },
  ],
  [
    '7643 3.1',
    'externalId is kept as the client gave it and compared with its case',
    async ({ scim }) => {
      const externalId = unique('Ext');
      const made = await newUser(scim, { externalId });
      const found = async (value: string) =>
        (await scim.list('/Users', { filter: `externalId eq "${value}"` })).totalResults;
      expect(made.body.externalId).toBe(externalId);
      expect(await found(externalId)).toBe(1);
      expect(await found(externalId.toLowerCase())).toBe(0);
    },
  ],
  [
    '7643 3.1',
    'externalId may be the same in two organisations',
    async ({ scim, stranger }) => {
      const externalId = unique('shared');
      expect((await newUser(scim, { externalId })).status).toBe(201);
      expect((await newUser(stranger, { externalId })).status).toBe(201);
    },
  ],
  [
    '7643 3.1',
    'meta tells type, creation, last change, address and version, and ignores what the client says',
    async ({ scim }) => {
      const { body } = await newUser(scim, { meta: { resourceType: 'X', created: '2001-01-01T00:00:00Z' } });
      expect(body.meta).toEqual({
        resourceType: 'User',
        created: expect.stringMatching(/^20[2-9]/),
        lastModified: body.meta.created,
        location: `${scim.baseUrl}/Users/${body.id}`,
        version: expect.stringMatching(/^W\/".+"$/),
      });
    },
  ],
  [
    '7643 3.1',
    'lastModified and version change with the resource, created does not',
    async ({ scim }) => {
      const made = await newUser(scim);
      const { body } = await patch(scim, at(made), { op: 'add', path: 'title', value: 'T' });
      expect(body.meta.created).toBe(made.body.meta.created);
      expect(body.meta.version).not.toBe(made.body.meta.version);
      expect(Date.parse(body.meta.lastModified)).toBeGreaterThanOrEqual(
        Date.parse(made.body.meta.lastModified),
      );
    },
  ],
  [
    '7643 4.1.1',
    'userName is required and has a value',
    async ({ scim }) => {
      for (const body of [{}, { userName: '' }, { userName: null }]) {
        expectError(await scim.post('/Users', { schemas: [urn.user], ...body }), 400, 'invalidValue');
      }
    },
  ],
  [
    '7643 4.1.1',
    'userName is unique regardless of case',
    async ({ scim }) => {
      const { body } = await newUser(scim, { userName: unique('Case') });
      expectError(await newUser(scim, { userName: body.userName.toUpperCase() }), 409, 'uniqueness');
    },
  ],
  [
    '7643 4.1.1',
    'every single-valued attribute of User is kept and returned',
    async ({ scim }) => {
      const attributes = {
        name: {
          formatted: 'Ms. Barbara J Jensen, III',
          familyName: 'Jensen',
          givenName: 'Barbara',
          middleName: 'Jane',
          honorificPrefix: 'Ms.',
          honorificSuffix: 'III',
        },
        displayName: 'Babs Jensen',
        nickName: 'Babs',
        profileUrl: 'https://login.example.com/bjensen',
        title: 'Tour Guide',
        userType: 'Employee',
        preferredLanguage: 'en-US',
        locale: 'en-US',
        timezone: 'America/Los_Angeles',
        active: false,
      };
      const made = await newUser(scim, attributes);
      expect((await scim.get(at(made))).body).toMatchObject(attributes);
    },
  ],
  [
    '7643 4.1.1',
    'a password is accepted and never returned, nor found by a filter',
    async ({ scim }) => {
      const made = await newUser(scim, { password: 't1meMa$heen' });
      expect(made.status).toBe(201);
      const read = await scim.get(`${at(made)}?attributes=password,userName`);
      for (const { body } of [made, read]) expect(JSON.stringify(body)).not.toContain('t1me');
      expectError(await scim.get(`/Users?filter=${encodeURIComponent('password pr')}`), 400, 'invalidFilter');
    },
  ],
  [
    '7643 4.1.2',
    'every multi-valued attribute of User is kept and returned',
    async ({ scim }) => {
      const attributes = {
        emails: [
          { value: 'b@example.com', type: 'work', primary: true },
          { value: 'b@home.example', type: 'home', display: 'B' },
        ],
        phoneNumbers: [{ value: 'tel:+1-201-555-0123', type: 'mobile' }],
        ims: [{ value: 'someaimhandle', type: 'aim' }],
        photos: [{ value: 'https://photos.example.com/p', type: 'photo' }],
        addresses: [
          {
            type: 'work',
            streetAddress: '100 Universal City Plaza',
            locality: 'Hollywood',
            region: 'CA',
            postalCode: '91608',
            country: 'US',
            formatted: '100 Universal City Plaza\nHollywood, CA 91608 USA',
            primary: true,
          },
        ],
        entitlements: [{ value: 'seat' }],
        roles: [{ value: 'guide', primary: true }],
        x509Certificates: [{ value: 'TUlJRFF6Q0NBcXlnQXdJQkFnSUNFQUF3' }],
      };
      const made = await newUser(scim, attributes);
      expect((await scim.get(at(made))).body).toMatchObject(attributes);
    },
  ],
  [
    '7643 4.1.2',
    'groups of a user are derived, read-only, with id, address and name, direct and indirect',
    async ({ scim }) => {
      const user = await newUser(scim, { groups: [{ value: 'mine' }] });
      expect(user.body).not.toHaveProperty('groups');
      const inner = await newGroup(scim, { members: [{ value: user.body.id }] });
      const outer = await newGroup(scim, { members: [{ value: inner.body.id }] });
      const entry = (group: Json, type: string) => ({
        value: group.id,
        $ref: group.meta.location,
        display: group.displayName,
        type,
      });
      const { body } = await scim.get(at(user));
      expect(body.groups).toEqual([entry(inner.body, 'direct'), entry(outer.body, 'indirect')]);
    },
  ],
  [
    '7643 4.2',
    'a group has a required displayName and members that are users and groups',
    async ({ scim }) => {
      expectError(await scim.post('/Groups', { schemas: [urn.group] }), 400, 'invalidValue');
      const user = await newUser(scim);
      const inner = await newGroup(scim);
      const group = await newGroup(scim, { members: [{ value: user.body.id }, { value: inner.body.id }] });
      const types = Object.fromEntries(group.body.members.map(({ value, type }: Json) => [value, type]));
      expect(types).toEqual({ [user.body.id]: 'User', [inner.body.id]: 'Group' });
    },
  ],
  [
    '7643 4.3',
    'the enterprise extension is kept and returned',
    async ({ scim }) => {
      const manager = await newUser(scim);
      const extension = {
        employeeNumber: '701984',
        costCenter: '4130',
        organization: 'Universal Studios',
        division: 'Theme Park',
        department: 'Tour Operations',
        manager: { value: manager.body.id },
      };
      const made = await newUser(scim, { [urn.enterprise]: extension });
      expect((await scim.get(at(made))).body[urn.enterprise]).toMatchObject(extension);
    },
  ],
  [
    '7643 5',
    'ServiceProviderConfig tells every feature, and that each is or is not supported',
    async ({ scim }) => {
      const { body } = await scim.get('/ServiceProviderConfig');
      for (const feature of ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag']) {
        expect(body[feature].supported, feature).toBe(feature !== 'changePassword');
      }
      expect(body.bulk).toMatchObject({ maxOperations: 1000, maxPayloadSize: expect.any(Number) });
      expect(body.filter.maxResults).toBe(1000);
      const texts = { name: expect.any(String), description: expect.any(String) };
      expect(body.authenticationSchemes).toEqual([
        { type: 'oauthbearertoken', primary: true, ...texts },
        { type: 'oauth2', ...texts },
      ]);
      expect(body.schemas).toEqual(['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig']);
    },
  ],
  [
    '7643 6',
    'ResourceTypes tell name, endpoint, schema and extensions of each type',
    async ({ scim }) => {
      const { Resources } = (await scim.get('/ResourceTypes')).body;
      expect(Resources).toEqual([
        expect.objectContaining({
          id: 'User',
          name: 'User',
          endpoint: '/Users',
          schema: urn.user,
          schemaExtensions: [{ schema: urn.enterprise, required: false }],
        }),
        expect.objectContaining({ id: 'Group', name: 'Group', endpoint: '/Groups', schema: urn.group }),
      ]);
    },
  ],
  [
    '7643 7',
    'each schema can be read by its URN, as the list has it',
    async ({ scim }) => {
      for (const one of (await scim.get('/Schemas')).body.Resources as Json[]) {
        expect(await schema(scim, one.id)).toEqual(one);
        expect(one.meta).toEqual({ resourceType: 'Schema', location: `${scim.baseUrl}/Schemas/${one.id}` });
      }
    },
  ],
  [
    '7643 7',
    'a sub-attribute that is read-only is accepted and not taken over',
    async ({ scim }) => {
      const manager = { value: 'x', displayName: 'Invented' };
      const made = await newUser(scim, { [urn.enterprise]: { manager } });
      expect(made.body[urn.enterprise].manager.displayName).not.toBe('Invented');
    },
  ],
  [
    '7643 8.7.1',
    'the schemas say the characteristics that the RFC gives',
    async ({ scim }) => {
      const told = (id: string, ...names: string[]) => attributeOf(scim, id, ...names);
      expect(await told(urn.user, 'userName')).toMatchObject({
        required: true,
        caseExact: false,
        uniqueness: 'server',
      });
      expect(await told(urn.user, 'password')).toMatchObject({ mutability: 'writeOnly', returned: 'never' });
      expect(await told(urn.user, 'groups')).toMatchObject({ mutability: 'readOnly', multiValued: true });
      expect(await told(urn.user, 'groups', 'type')).toMatchObject({
        canonicalValues: ['direct', 'indirect'],
      });
      expect(await told(urn.user, 'emails', 'type')).toMatchObject({
        canonicalValues: ['work', 'home', 'other'],
      });
      expect(await told(urn.user, 'profileUrl')).toMatchObject({
        type: 'reference',
        referenceTypes: ['external'],
      });
      expect(await told(urn.group, 'members', 'value')).toMatchObject({ mutability: 'immutable' });
      expect(await told(urn.enterprise, 'manager', 'displayName')).toMatchObject({ mutability: 'readOnly' });
    },
  ],
]);
