import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { ids, type Json, urns, userBody } from '../scim-client.js';
import { type Conversation, expectList, expectScimError } from './conversation.js';

interface Row {
  row: string;
  /** Beside userName and active. */
  before?: Json;
  operations: unknown[];
  /** All there is afterwards beside userName and active, unless it names them. */
  after: Json;
}

/** Stands for the id of a user who exists, in rows that are written down before there is one. */
const boss = '{boss}';
const stranger = randomUUID();

const work = (sub: string, attribute = 'addresses') => `${attribute}[type eq "work"].${sub}`;
const address = {
  streetAddress: '1 Elm',
  locality: 'Oslo',
  region: 'Viken',
  postalCode: '0150',
  country: 'NO',
};
const acme = 'urn:ietf:params:scim:schemas:extension:Acme:2.0:User';
const inner = '{"id":"18d14569-c3bd-439b-9a66-3a2aee01d14f","value":"Admin","displayName":"Administrator"}';
const wide = Object.fromEntries(Array.from({ length: 26 }, (_, at) => [`custom${at}`, `value ${at}`]));

const rows: Row[] = [
  ...['Replace', 'replace', 'REPLACE', 'rEPLACE'].map((op) => ({
    row: `Q1 op ${op}`,
    operations: [{ op, path: 'title', value: 'Engineer' }],
    after: { title: 'Engineer' },
  })),
  ...['False', 'false', 'FALSE', false].map((value) => ({
    row: `Q2 active ${JSON.stringify(value)}`,
    operations: [{ op: 'Replace', path: 'active', value }],
    after: { active: false },
  })),
  {
    row: 'Q2 active "True" on a user who was disabled',
    before: { active: false },
    operations: [{ op: 'Replace', path: 'active', value: 'True' }],
    after: { active: true },
  },
  {
    row: 'Q2 text stays text',
    operations: [{ op: 'Replace', path: 'nickName', value: 'True' }],
    after: { nickName: 'True' },
  },
  {
    row: 'Q3 Add on a single value that is there',
    before: { title: 'Engineer' },
    operations: [
      { op: 'Add', path: 'active', value: 'False' },
      { op: 'Add', path: 'title', value: 'Lead' },
    ],
    after: { active: false, title: 'Lead' },
  },
  ...['Add', 'Replace', 'add', 'replace'].map((op) => ({
    row: `Q4 ${op} through a filter on an element that is not there`,
    operations: [{ op, path: work('streetAddress'), value: '1 Elm' }],
    after: { addresses: [{ type: 'work', streetAddress: '1 Elm' }] },
  })),
  {
    row: 'Q4 beside an element of another type',
    before: { emails: [{ type: 'home', value: 'home@contoso.example', primary: true }] },
    operations: [{ op: 'Replace', path: work('value', 'emails'), value: 'q4@contoso.example' }],
    after: {
      emails: [
        { type: 'home', value: 'home@contoso.example', primary: true },
        { type: 'work', value: 'q4@contoso.example' },
      ],
    },
  },
  {
    row: 'Q5 several operations with one filter land in one element',
    operations: Object.entries(address).map(([sub, value]) => ({ op: 'Add', path: work(sub), value })),
    after: { addresses: [{ type: 'work', ...address }] },
  },
  {
    row: 'Q6 sub-attributes of the selecting element',
    before: { emails: [{ type: 'work', value: 'q6@contoso.example' }] },
    operations: [
      { op: 'Add', path: work('primary', 'emails'), value: 'true' },
      { op: 'Add', path: work('type', 'emails'), value: 'work' },
    ],
    after: { emails: [{ type: 'work', value: 'q6@contoso.example', primary: true }] },
  },
  {
    row: 'Q7 no path, dotted keys',
    before: { name: { familyName: 'Lovelace' } },
    operations: [{ op: 'replace', value: { 'name.givenName': 'Ada', displayName: 'B' } }],
    after: { name: { familyName: 'Lovelace', givenName: 'Ada' }, displayName: 'B' },
  },
  {
    row: 'Q8 no path, URN keys',
    before: { [urns.enterprise]: { employeeNumber: '7' } },
    operations: [{ op: 'replace', value: { [urns.department]: 'R&D' } }],
    after: { [urns.enterprise]: { employeeNumber: '7', department: 'R&D' } },
  },
  {
    row: 'Q9 no path, add',
    operations: [{ op: 'add', value: { title: 'X', 'name.familyName': 'Y', [urns.department]: 'Z' } }],
    after: { title: 'X', name: { familyName: 'Y' }, [urns.enterprise]: { department: 'Z' } },
  },
  {
    row: 'Q10 path into the extension',
    operations: [{ op: 'Add', path: urns.department, value: 'Ops' }],
    after: { [urns.enterprise]: { department: 'Ops' } },
  },
  {
    row: 'Q11 dot behind the extension URN',
    operations: [{ op: 'Add', path: `${urns.enterprise}.manager`, value: boss }],
    after: { [urns.enterprise]: { manager: { value: boss } } },
  },
  {
    row: 'Q12 manager as a bare string',
    operations: [{ op: 'Add', path: urns.manager, value: boss }],
    after: { [urns.enterprise]: { manager: { value: boss } } },
  },
  {
    row: 'Q13 manager as an object',
    before: { [urns.enterprise]: { manager: { value: stranger, $ref: `../Users/${stranger}` } } },
    operations: [{ op: 'replace', path: urns.manager, value: { value: boss } }],
    after: { [urns.enterprise]: { manager: { value: boss } } },
  },
  {
    row: 'Q14 manager as an array, path without URN',
    operations: [{ op: 'Add', path: 'manager', value: [{ $ref: `http://x/Users/${boss}`, value: boss }] }],
    after: { [urns.enterprise]: { manager: { $ref: `http://x/Users/${boss}`, value: boss } } },
  },
  ...[
    { op: 'replace', path: urns.manager, value: { value: '' } },
    { op: 'replace', path: urns.manager, value: '' },
    { op: 'replace', path: urns.manager, value: null },
    { op: 'Remove', path: urns.manager },
    { op: 'remove', path: `${urns.manager}[value eq "${boss}"]` },
    { op: 'replace', value: { [urns.manager]: '' } },
  ].map((operation) => ({
    row: `Q15 manager removed by ${JSON.stringify(operation).replaceAll(urns.enterprise, 'urn:…:User')}`,
    before: { [urns.enterprise]: { department: 'Ops', manager: { value: boss } } },
    operations: [operation],
    after: { [urns.enterprise]: { department: 'Ops' } },
  })),
  {
    row: 'Q16 manager nobody knows',
    operations: [{ op: 'Add', path: urns.manager, value: stranger }],
    after: { [urns.enterprise]: { manager: { value: stranger } } },
  },
  {
    row: 'Q16 manager by an external id',
    operations: [{ op: 'Add', path: urns.manager, value: 'ceo-4711' }],
    after: { [urns.enterprise]: { manager: { value: 'ceo-4711' } } },
  },
  ...['roles[primary eq "True"].value', 'roles[primary eq true].value'].flatMap((path) => [
    {
      row: `Q17 ${path}, element not there`,
      operations: [{ op: 'Replace', path, value: 'Admin' }],
      after: { roles: [{ primary: true, value: 'Admin' }] },
    },
    {
      row: `Q17 ${path}, element there`,
      before: { roles: [{ primary: 'True', value: 'User', display: 'U' }, { value: 'Other' }] },
      operations: [{ op: 'Replace', path, value: 'Admin' }],
      after: { roles: [{ primary: true, value: 'Admin', display: 'U' }, { value: 'Other' }] },
    },
  ]),
  {
    row: 'Q18 roles as JSON in a string',
    operations: [
      {
        op: 'Add',
        path: 'roles',
        value: [{ value: inner, type: 'WindowsAzureActiveDirectoryRole', primary: false }],
      },
    ],
    after: { roles: [{ value: inner, type: 'WindowsAzureActiveDirectoryRole', primary: false }] },
  },
  {
    row: 'Q19 roles replaced as a whole',
    before: { roles: [{ value: 'A' }, { value: 'B' }] },
    operations: [{ op: 'replace', path: 'roles', value: [{ value: 'B' }, { value: 'C' }] }],
    after: { roles: [{ value: 'B' }, { value: 'C' }] },
  },
  {
    row: 'Q20 replacing a complex attribute merges',
    before: { name: { givenName: 'Ada', familyName: 'Byron', formatted: 'Ada Byron' } },
    operations: [{ op: 'replace', path: 'name', value: { familyName: 'Lovelace' } }],
    after: { name: { givenName: 'Ada', familyName: 'Lovelace', formatted: 'Ada Byron' } },
  },
  {
    row: 'Q21 remove with a stray value',
    before: { emails: [{ type: 'work', value: 'q21@contoso.example' }], title: 'Engineer' },
    operations: [{ op: 'Remove', path: work('value', 'emails'), value: 'other@contoso.example' }],
    after: { title: 'Engineer' },
  },
  {
    row: 'Q22 replace with null',
    before: { nickName: 'Countess', title: 'Engineer' },
    operations: [{ op: 'replace', path: 'nickName', value: null }],
    after: { title: 'Engineer' },
  },
  {
    row: 'Q23 what is not sent is not removed',
    before: { nickName: 'Countess', title: 'Engineer', addresses: [{ type: 'work', ...address }] },
    operations: [{ op: 'Replace', path: 'title', value: 'Lead' }],
    after: { nickName: 'Countess', title: 'Lead', addresses: [{ type: 'work', ...address }] },
  },
  {
    row: 'Q24 thirty-six operations',
    operations: [
      ...Object.entries(wide).map(([path, value]) => ({ op: 'Add', path, value })),
      ...Object.entries(address).map(([sub, value]) => ({ op: 'Add', path: work(sub), value })),
      { op: 'Add', path: 'name.givenName', value: 'Grace' },
      { op: 'Add', path: 'name.familyName', value: 'Hopper' },
      { op: 'Add', path: urns.department, value: 'Navy' },
      { op: 'Add', path: work('value', 'phoneNumbers'), value: '1' },
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '2' },
    ],
    after: {
      ...wide,
      addresses: [{ type: 'work', ...address }],
      name: { givenName: 'Grace', familyName: 'Hopper' },
      [urns.enterprise]: { department: 'Navy' },
      phoneNumbers: [
        { type: 'work', value: '1' },
        { type: 'mobile', value: '2' },
      ],
    },
  },
  {
    row: 'Q25 userName by path',
    operations: [{ op: 'Replace', path: 'userName', value: 'Renamed.By.Path@contoso.example' }],
    after: { userName: 'Renamed.By.Path@contoso.example' },
  },
  {
    row: 'Q25 userName without a path',
    operations: [{ op: 'replace', value: { userName: 'renamed.without@contoso.example' } }],
    after: { userName: 'renamed.without@contoso.example' },
  },
  {
    row: 'Q26 dotted key into a multi-valued attribute',
    before: {
      emails: [
        { type: 'home', value: 'home@contoso.example' },
        { type: 'work', value: 'old@contoso.example', primary: true },
      ],
    },
    operations: [{ op: 'replace', value: { 'emails.value': 'q26@contoso.example' } }],
    after: {
      emails: [
        { type: 'home', value: 'home@contoso.example' },
        { type: 'work', value: 'q26@contoso.example', primary: true },
      ],
    },
  },
  ...[['B'], [{ value: 'B' }]].map((value) => ({
    row: `Q27 ${JSON.stringify(value)} for a plain value`,
    operations: [{ op: 'Add', path: 'displayName', value }],
    after: { displayName: 'B' },
  })),
  { row: 'Q28 no operations', before: { title: 'Engineer' }, operations: [], after: { title: 'Engineer' } },
  {
    row: 'Q30 an added e-mail does not become primary',
    before: { emails: [{ type: 'work', value: 'q30@contoso.example', primary: true }] },
    operations: [{ op: 'Add', path: 'emails[type eq "home"].value', value: 'home30@contoso.example' }],
    after: {
      emails: [
        { type: 'work', value: 'q30@contoso.example', primary: true },
        { type: 'home', value: 'home30@contoso.example' },
      ],
    },
  },
  {
    row: 'Q31 attributes of no schema',
    operations: [
      { op: 'Add', path: 'badgeColour', value: 'blue' },
      { op: 'Add', path: `${acme}:floor`, value: '3' },
      { op: 'Add', path: 'name.phoneticGivenName', value: 'eyda' },
      { op: 'Replace', path: 'BADGECOLOUR', value: 'red' },
    ],
    after: { badgeColour: 'red', [acme]: { floor: '3' }, name: { phoneticGivenName: 'eyda' } },
  },
  {
    row: 'several replaces, old dialect: one operation for each attribute',
    before: { displayName: 'Old', name: { givenName: 'Old', familyName: 'Old' } },
    operations: [
      { op: 'Replace', path: 'displayName', value: 'New' },
      { op: 'Replace', path: 'name.givenName', value: 'New' },
      { op: 'Replace', path: urns.department, value: 'New' },
      { op: 'Replace', path: work('value', 'emails'), value: 'new@contoso.example' },
      { op: 'Replace', path: `${urns.enterprise}:employeeNumber`, value: '9' },
    ],
    after: {
      displayName: 'New',
      name: { givenName: 'New', familyName: 'Old' },
      emails: [{ type: 'work', value: 'new@contoso.example' }],
      [urns.enterprise]: { department: 'New', employeeNumber: '9' },
    },
  },
  {
    row: 'several replaces, new dialect: filtered paths alone, the others in one operation',
    before: { displayName: 'Old', name: { givenName: 'Old', familyName: 'Old' } },
    operations: [
      { op: 'replace', path: work('value', 'emails'), value: 'new2@contoso.example' },
      { op: 'replace', path: work('locality'), value: 'Bergen' },
      {
        op: 'replace',
        value: {
          displayName: 'New',
          'name.givenName': 'New',
          [urns.department]: 'New',
          [`${urns.enterprise}:employeeNumber`]: '9',
          active: false,
        },
      },
    ],
    after: {
      active: false,
      displayName: 'New',
      name: { givenName: 'New', familyName: 'Old' },
      emails: [{ type: 'work', value: 'new2@contoso.example' }],
      addresses: [{ type: 'work', locality: 'Bergen' }],
      [urns.enterprise]: { department: 'New', employeeNumber: '9' },
    },
  },
];

export function userPatches(talk: Conversation): void {
  let bossId: string;
  beforeAll(async () => {
    bossId = await talk.newUser({ userName: 'boss@contoso.example', displayName: 'The Boss' });
  });
  const named = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(boss, bossId)) as T;

  it.each(rows.map((row, at) => ({ ...row, userName: `row.${at}@contoso.example` })))(
    '$row',
    async ({ userName, before = {}, operations, after }) => {
      const given = named(before);
      const created = await talk.client.post('/Users', userBody({ userName, ...given }));
      expect(created, created.text).toMatchObject({ status: 201 });
      const id = created.body.id as string;
      if (after.active === false) await talk.appHas(userName);
      const isNewDialect = /"op":"[a-z]/.test(JSON.stringify(operations));
      const patched = await talk.client.patch(
        `/Users/${id}${isNewDialect ? '?aadOptscim062020' : ''}`,
        ...(named(operations) as unknown[]),
      );
      expect(patched, patched.text).toMatchObject({ status: 200 });
      const read = await talk.userIs(id, { userName, active: true, ...named(after) });
      expect(patched.body).toEqual(read.body);
      expect(patched.headers.etag).toBe(read.headers.etag);
      expect((read.body.schemas as string[]).includes(urns.enterprise)).toBe(urns.enterprise in after);
    },
  );

  describe('beyond a single change', () => {
    it('Q25 a userName in use is refused, in any case, and nothing of the request is kept', async () => {
      await talk.newUser({ userName: 'held@contoso.example' });
      const id = await talk.newUser({ userName: 'mover@contoso.example', title: 'Engineer' });
      for (const operation of [
        { op: 'Replace', path: 'userName', value: 'HELD@contoso.example' },
        { op: 'replace', value: { userName: 'held@contoso.example', title: 'Lead' } },
      ]) {
        const refused = await talk.client.patch(
          `/Users/${id}`,
          { op: 'Replace', path: 'nickName', value: 'N' },
          operation,
        );
        expectScimError(refused, 409, 'uniqueness', /userName/);
      }
      await talk.userIs(id, { userName: 'mover@contoso.example', title: 'Engineer', active: true });
    });

    it('Q25 the case of the own userName may change, and a name that was let go is free', async () => {
      const id = await talk.newUser({ userName: 'case@contoso.example' });
      await talk.client.patch(`/Users/${id}`, {
        op: 'Replace',
        path: 'userName',
        value: 'CASE@contoso.example',
      });
      await talk.userIs(id, { userName: 'CASE@contoso.example', active: true });
      await talk.client.patch(`/Users/${id}`, {
        op: 'Replace',
        path: 'userName',
        value: 'other.case@contoso.example',
      });
      await talk.userIs(id, { userName: 'other.case@contoso.example', active: true });
      await talk.newUser({ userName: 'case@contoso.example' });
    });

    it('Q28 a change to what is there already is no new version', async () => {
      const id = await talk.newUser({ userName: 'same@contoso.example', title: 'Engineer' });
      const before = await talk.client.get(`/Users/${id}`);
      const patched = await talk.client.patch(`/Users/${id}`, {
        op: 'Replace',
        path: 'title',
        value: 'Engineer',
      });
      expect(patched).toMatchObject({ status: 200, body: before.body });
    });

    it('Q29 attributes=manager without a URN', async () => {
      const id = await talk.newUser({
        userName: 'q29@contoso.example',
        [urns.enterprise]: { department: 'Ops', manager: { value: bossId } },
      });
      const read = await talk.client.get(`/Users/${id}?attributes=manager`);
      expect(read).toMatchObject({ status: 200 });
      expect(read.body).toEqual({
        schemas: [urns.user, urns.enterprise],
        id,
        [urns.enterprise]: { manager: { value: bossId } },
      });
    });

    it.each(['manager', urns.manager, `${urns.manager}.value`, 'manager.value'])(
      'id eq … and %s eq …',
      async (attribute) => {
        const userName = `managed.by.${attribute.length}@contoso.example`;
        const id = await talk.newUser({ userName, [urns.enterprise]: { manager: { value: bossId } } });
        const look = (managerId: string) =>
          talk.client.find('Users', `id eq "${id}" and ${attribute} eq "${managerId}"`, '&attributes=id');
        const found = await look(bossId);
        expectList(found, [id]);
        expect(found.body.Resources).toEqual([{ schemas: [urns.user, urns.enterprise], id }]);
        expectList(await look(id), []);
        expectList(await look('nobody'), []);
        await talk.client.patch(`/Users/${id}`, { op: 'Replace', path: urns.manager, value: '' });
        expectList(await look(bossId), []);
        await talk.userIs(id, { userName, active: true });
      },
    );

    it('a manager who is created after the report', async () => {
      const first = await talk.newUser({ userName: 'report@contoso.example' });
      const late = await talk.newUser({ userName: 'late.boss@contoso.example' });
      await talk.client.patch(`/Users/${first}`, { op: 'Add', path: urns.manager, value: late });
      await talk.userIs(first, {
        userName: 'report@contoso.example',
        active: true,
        [urns.enterprise]: { manager: { value: late } },
      });
    });

    it('two people who are each other’s manager', async () => {
      const one = await talk.newUser({ userName: 'circle.one@contoso.example' });
      const two = await talk.newUser({
        userName: 'circle.two@contoso.example',
        [urns.enterprise]: { manager: { value: one } },
      });
      await talk.client.patch(`/Users/${one}`, { op: 'Add', path: urns.manager, value: two });
      await talk.userIs(one, {
        userName: 'circle.one@contoso.example',
        active: true,
        [urns.enterprise]: { manager: { value: two } },
      });
    });

    it('many changes to one user at once all arrive', async () => {
      const id = await talk.newUser({ userName: 'busy@contoso.example' });
      const attributes = Array.from({ length: 24 }, (_, at) => [`part${at}`, `value ${at}`] as const);
      const answers = await Promise.all(
        attributes.map(([path, value]) => talk.client.patch(`/Users/${id}`, { op: 'Add', path, value })),
      );
      expect(answers.map(({ status }) => status)).toEqual(attributes.map(() => 200));
      await talk.userIs(id, {
        userName: 'busy@contoso.example',
        active: true,
        ...Object.fromEntries(attributes),
      });
    });

    it.each([
      ['op', { op: 'move', path: 'title', value: 'x' }, 'invalidSyntax', /Operations\[1\].*op/],
      ['a required attribute removed', { op: 'Remove', path: 'userName' }, 'mutability', /userName/],
      ['a read-only attribute', { op: 'Replace', path: 'id', value: 'x' }, 'mutability', /id/],
      ['a broken path', { op: 'Add', path: 'emails[type eq', value: 'x' }, 'invalidPath', /emails/],
      ['no value', { op: 'Add', path: 'title' }, 'invalidValue', /value/],
      ['a wrong type', { op: 'Replace', path: 'active', value: 'maybe' }, 'invalidValue', /active/],
    ])(
      'refused with its reason, and the operation before it undone: %s',
      async (name, bad, scimType, detail) => {
        const userName = `bad.${name.replaceAll(' ', '.')}@contoso.example`;
        const id = await talk.newUser({ userName });
        const refused = await talk.client.patch(
          `/Users/${id}`,
          { op: 'Add', path: 'nickName', value: 'N' },
          bad,
        );
        expectScimError(refused, 400, scimType, detail);
        await talk.userIs(id, { userName, active: true });
      },
    );
  });

  it('every user is in the list once, over pages as the gallery test turns them', async () => {
    const seen: unknown[] = [];
    for (let startIndex = 1, total = Infinity; startIndex <= total; startIndex += 5) {
      const page = await talk.client.get(`/Users?startIndex=${startIndex}&count=5`);
      expect(page.status).toBe(200);
      total = page.body.totalResults as number;
      expect(page.body).toMatchObject({ startIndex, itemsPerPage: ids(page).length });
      seen.push(...ids(page));
    }
    expect(seen.toSorted()).toEqual([...talk.users.keys()].toSorted());
  });
}
