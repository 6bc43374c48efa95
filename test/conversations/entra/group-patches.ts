import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { groupBody, ids, type Json, urns, userBody } from '../scim-client.js';
import { type Conversation, expectList, expectScimError } from './conversation.js';

/** Members by their place among people who exist; {n} in an operation stands for the id of the nth. */
interface Row {
  row: string;
  before: number[];
  operations: unknown[];
  after: number[];
  displayName?: string;
}

const of = (...places: number[]) => places.map((place) => ({ value: `{${place}}` }));

const rows: Row[] = [
  {
    row: 'G2 add with null $ref',
    before: [],
    operations: [{ op: 'Add', path: 'members', value: [{ $ref: null, value: '{0}' }] }],
    after: [0],
  },
  {
    row: 'several values in one operation, several operations in one PATCH',
    before: [0],
    operations: [
      { op: 'Add', path: 'members', value: of(1, 2) },
      { op: 'Add', path: 'members', value: of(3) },
    ],
    after: [0, 1, 2, 3],
  },
  {
    row: 'G3 remove with a value array removes only those',
    before: [0, 1, 2, 3],
    operations: [{ op: 'Remove', path: 'members', value: of(1) }],
    after: [0, 2, 3],
  },
  {
    row: 'G3 remove with several values and null $ref',
    before: [0, 1, 2, 3],
    operations: [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: '{0}' }, { value: '{3}' }] }],
    after: [1, 2],
  },
  {
    row: 'G4 remove with a filter removes one',
    before: [0, 1, 2],
    operations: [{ op: 'remove', path: 'members[value eq "{1}"]' }],
    after: [0, 2],
  },
  {
    row: 'G5 remove without a value empties',
    before: [0, 1],
    operations: [{ op: 'Remove', path: 'members' }],
    after: [],
  },
  {
    row: 'G6 bare strings',
    before: [0],
    operations: [
      { op: 'add', path: 'members', value: ['{1}'] },
      { op: 'add', path: 'members', value: '{2}' },
    ],
    after: [0, 1, 2],
  },
  {
    row: 'G7 replace with one, from Entra, adds it',
    before: [0, 1],
    operations: [{ op: 'replace', path: 'members', value: of(2) }],
    after: [0, 1, 2],
  },
  {
    row: 'G7 replace with several is the whole list',
    before: [0, 1],
    operations: [{ op: 'replace', path: 'members', value: of(2, 3) }],
    after: [2, 3],
  },
  ...[null, []].map((value) => ({
    row: `G8 replace with ${JSON.stringify(value)} empties`,
    before: [0, 1],
    operations: [{ op: 'replace', path: 'members', value }],
    after: [],
  })),
  {
    row: 'G9 a rename without a path leaves the members',
    before: [0, 1],
    operations: [{ op: 'replace', value: { displayName: 'Renamed without a path' } }],
    after: [0, 1],
    displayName: 'Renamed without a path',
  },
  {
    row: 'G9 a rename by path, as both dialects send it',
    before: [0, 1],
    operations: [{ op: 'Replace', path: 'displayName', value: 'Renamed by path' }],
    after: [0, 1],
    displayName: 'Renamed by path',
  },
  {
    row: 'G10 a member who is there, and one who is not',
    before: [0, 1],
    operations: [
      { op: 'Add', path: 'members', value: of(0) },
      { op: 'Remove', path: 'members', value: of(3) },
      { op: 'remove', path: 'members[value eq "{4}"]' },
    ],
    after: [0, 1],
  },
  {
    row: 'G10 the same member twice in one operation',
    before: [],
    operations: [{ op: 'Add', path: 'members', value: of(0, 0) }],
    after: [0],
  },
  {
    row: 'G14 add, then remove the same',
    before: [0],
    operations: [
      { op: 'Add', path: 'members', value: of(1) },
      { op: 'Remove', path: 'members', value: of(1) },
    ],
    after: [0],
  },
  {
    row: 'G14 remove, then add the same',
    before: [0],
    operations: [
      { op: 'Remove', path: 'members', value: of(0) },
      { op: 'Add', path: 'members', value: of(0) },
    ],
    after: [0],
  },
  {
    row: 'path-less members of both kinds beside a rename',
    before: [0],
    operations: [{ op: 'add', value: { displayName: 'Path-less members', members: of(1) } }],
    after: [0, 1],
    displayName: 'Path-less members',
  },
];

const crowd = 120;

export function groupPatches(talk: Conversation): void {
  const people: string[] = [];
  beforeAll(async () => {
    const created = await Promise.all(
      Array.from({ length: crowd }, (_, at) =>
        talk.client.post('/Users', userBody({ userName: `person.${at}@contoso.example` })),
      ),
    );
    created.forEach(({ status, body, text }, at) => {
      expect(status, text).toBe(201);
      people.push(body.id as string);
      talk.users.set(body.id as string, { userName: `person.${at}@contoso.example`, active: true });
    });
  });
  const named = (operations: unknown[]) =>
    JSON.parse(JSON.stringify(operations).replace(/\{(\d+)\}/g, (_, at) => people[Number(at)]!)) as unknown[];
  const idsOf = (places: number[]) => places.map((at) => people[at]!);

  it.each(rows)('$row', async ({ row, before, operations, after, displayName = `Group of ${row}` }) => {
    const id = await talk.newGroup(
      { displayName: `Group of ${row}`, externalId: randomUUID() },
      idsOf(before),
    );
    const { externalId } = talk.groups.get(id)!.attributes;
    await talk.patchGroup(id, ...named(operations));
    await talk.groupIs(id, { displayName, externalId }, idsOf(after));
  });

  it('G1 create with the old marker among the schemas, and members null', async () => {
    const displayName = 'Marked';
    const marker = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';
    const created = await talk.client.post('/Groups', {
      schemas: [urns.group, marker],
      displayName,
      externalId: 'marked',
      members: null,
      meta: { resourceType: 'Group' },
    });
    expect(created, created.text).toMatchObject({
      status: 201,
      body: { schemas: [urns.group], displayName },
    });
    expect(created.headers.location).toBe(`${talk.hub.url}/scim/v2/Groups/${String(created.body.id)}`);
    await talk.groupIs(created.body.id as string, { displayName, externalId: 'marked' }, []);
  });

  it('a create with members', async () => {
    const created = await talk.client.post(
      '/Groups',
      groupBody({ displayName: 'Born full', members: named(of(0, 1)) }),
    );
    expect(created, created.text).toMatchObject({ status: 201 });
    await talk.groupIs(created.body.id as string, { displayName: 'Born full' }, idsOf([0, 1]));
  });

  it('G7 replace with one, from a client that keeps to the RFC, is the whole list', async () => {
    for (const name of ['okta', 'generic']) {
      const client = await talk.newClient(name);
      const id = await talk.newGroup({ displayName: `Of ${name}` }, idsOf([0, 1]));
      const [operation] = named([{ op: 'replace', path: 'members', value: of(2) }]);
      expect(await client.patch(`/Groups/${id}`, operation)).toMatchObject({ status: 204 });
      await talk.groupIs(id, { displayName: `Of ${name}` }, idsOf([2]));
      client.close();
    }
  });

  it.each([
    ['an id nobody has', randomUUID()],
    ['no id at all', 'CN=Ada,OU=People'],
  ])('G11 %s: refused, and nothing of the request is kept', async (what, value) => {
    const displayName = `Refuses ${what}`;
    const id = await talk.newGroup({ displayName }, idsOf([0]));
    const refused = await talk.client.patch(
      `/Groups/${id}`,
      { op: 'Replace', path: 'displayName', value: 'Changed' },
      { op: 'Add', path: 'members', value: [...(named(of(1)) as Json[]), { value }] },
    );
    expectScimError(refused, 400, 'invalidValue', /members/);
    expect(refused.body.detail).toContain(value);
    await talk.groupIs(id, { displayName }, idsOf([0]));
  });

  it('G12 a group in a group', async () => {
    const child = await talk.newGroup({ displayName: 'Child' }, idsOf([0]));
    const parent = await talk.newGroup({ displayName: 'Parent' }, [child, people[1]!]);
    const { members } = (await talk.client.get(`/Groups/${parent}`)).body as { members: Json[] };
    expect(members.find(({ value }) => value === child)).toMatchObject({
      type: 'Group',
      $ref: `${talk.hub.url}/scim/v2/Groups/${child}`,
    });
    expect(members.find(({ value }) => value === people[1])).toMatchObject({ type: 'User' });
  });

  it('G13 more than a hundred members, in one PATCH and one by one', async () => {
    const at = await talk.newGroup({ displayName: 'At once' }, people);
    expect((await talk.client.get(`/Groups/${at}`)).body.members).toHaveLength(crowd);
    const one = await talk.newGroup({ displayName: 'One by one' });
    const answers = await Promise.all(
      people.map((value) =>
        talk.client.patch(`/Groups/${one}`, { op: 'Add', path: 'members', value: [{ $ref: null, value }] }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(people.map(() => 204));
    await talk.groupIs(one, { displayName: 'One by one' }, people);
  });

  it('excludedAttributes=members is obeyed on every read', async () => {
    const displayName = 'Seen without members';
    const id = await talk.newGroup({ displayName }, idsOf([0, 1]));
    for (const spelling of ['members', 'Members', `${urns.group}:members`]) {
      const query = `excludedAttributes=${encodeURIComponent(spelling)}`;
      const one = await talk.client.get(`/Groups/${id}?${query}`);
      expect(one).toMatchObject({ status: 200, body: { id, displayName } });
      expect(one.body).not.toHaveProperty('members');
      const found = await talk.client.find('Groups', `displayName eq "${displayName}"`, `&${query}`);
      expectList(found, [id]);
      const all = await talk.client.get(`/Groups?${query}&count=1000`);
      for (const group of [...(found.body.Resources as Json[]), ...(all.body.Resources as Json[])])
        expect(group).not.toHaveProperty('members');
    }
    const withMembers = await talk.client.find('Groups', `displayName eq "SEEN without MEMBERS"`);
    expect((withMembers.body.Resources as Json[])[0]!.members).toHaveLength(2);
  });

  it.each(['members', 'members.value', 'members[value eq "{0}"]'])('id eq … and %s …', async (attribute) => {
    const displayName = `Asked by ${attribute.replace(/\W+/g, ' ')}`;
    const id = await talk.newGroup({ displayName }, idsOf([0]));
    const look = (memberId: string) => {
      const compare = attribute.includes('{0}')
        ? attribute.replace('{0}', memberId)
        : `${attribute} eq "${memberId}"`;
      return talk.client.get(
        `/Groups?excludedAttributes=members&filter=${encodeURIComponent(`id eq "${id}" and ${compare}`)}`,
      );
    };
    const found = await look(people[0]!);
    expectList(found, [id]);
    expect((found.body.Resources as Json[])[0]).not.toHaveProperty('members');
    expectList(await look(people[1]!), []);
    expectList(await look('nobody'), []);
    await talk.patchGroup(id, { op: 'Remove', path: 'members', value: [{ value: people[0] }] });
    expectList(await look(people[0]!), []);
    await talk.groupIs(id, { displayName }, []);
  });

  it('409 with uniqueness for a displayName in use, on create and on rename', async () => {
    const first = await talk.newGroup({ displayName: 'Unique Name' }, idsOf([0]));
    const second = await talk.newGroup({ displayName: 'Other Name' }, idsOf([1]));
    const again = await talk.client.post('/Groups', groupBody({ displayName: 'unique NAME' }));
    expectScimError(again, 409, 'uniqueness', /displayName/);
    const rename = await talk.client.patch(`/Groups/${second}`, {
      op: 'replace',
      value: { displayName: 'UNIQUE name' },
    });
    expectScimError(rename, 409, 'uniqueness', /displayName/);
    await talk.groupIs(first, { displayName: 'Unique Name' }, idsOf([0]));
    await talk.groupIs(second, { displayName: 'Other Name' }, idsOf([1]));
  });

  it('a deleted group is gone, its name is free, its members stay', async () => {
    const id = await talk.newGroup({ displayName: 'Short-lived' }, idsOf([0, 1]));
    expect(await talk.client.delete(`/Groups/${id}`)).toMatchObject({ status: 204, text: '' });
    talk.groups.delete(id);
    expectScimError(await talk.client.get(`/Groups/${id}`), 404, undefined, new RegExp(id));
    expectScimError(await talk.client.delete(`/Groups/${id}`), 404);
    expectScimError(await talk.client.patch(`/Groups/${id}`, { op: 'Add', path: 'members', value: [] }), 404);
    expectScimError(await talk.client.delete(`/Groups/${randomUUID()}`), 404);
    expectList(await talk.client.find('Groups', 'displayName eq "Short-lived"'), []);
    expectList(await talk.client.find('Groups', `id eq "${id}"`), []);
    await talk.newGroup({ displayName: 'Short-lived' }, idsOf([2]));
    expect(await talk.client.get(`/Users/${people[0]!}`)).toMatchObject({ status: 200 });
  });

  it('every group is in the list once', async () => {
    const all = await talk.client.get('/Groups?count=1000&excludedAttributes=members');
    expect(ids(all).toSorted()).toEqual([...talk.groups.keys()].toSorted());
  });
}
