import { beforeAll, describe, expect, it } from 'vitest';
import { type Json, scimHub, type ScimSource } from '../harness/scim-source.js';

const hub = scimHub();

let source: ScimSource;
const id: Record<string, string> = {};
const groupsOf = (user: Json) =>
  (user.groups ?? []).map(({ display, type }: Json) => `${display} ${type}`).toSorted();
const members = (...names: string[]) => names.map((name) => ({ value: id[name] }));
const add = (group: string, ...names: string[]) =>
  source.send('PATCH', `/Groups/${id[group]}`, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'add', path: 'members', value: members(...names) }],
  });

beforeAll(async () => {
  source = await hub.newSource();
  for (const name of ['ann', 'bob', 'cid', 'dan']) id[name] = await source.make('/Users', { userName: name });
  id.team = await source.make('/Groups', { displayName: 'Team', members: members('ann', 'bob') });
  id.unit = await source.make('/Groups', { displayName: 'Unit', members: members('team', 'cid') });
  id.firm = await source.make('/Groups', { displayName: 'Firm', members: members('unit', 'ann') });
  // A circle.
  await add('team', 'firm');
});

describe('groups of a user', () => {
  it('are the direct ones and those through nested groups, also when groups go round in a circle', async () => {
    const { body } = await source.get(`/Users/${id.bob}`);
    expect(groupsOf(body)).toEqual(['Firm indirect', 'Team direct', 'Unit indirect']);
    expect(body.groups[0]).toEqual({
      value: id.team,
      $ref: `${hub.url}/Groups/${id.team}`,
      display: 'Team',
      type: 'direct',
    });
    expect(groupsOf((await source.get(`/Users/${id.ann}`)).body)).toEqual([
      'Firm direct',
      'Team direct',
      'Unit indirect',
    ]);
    expect((await source.get(`/Users/${id.dan}`)).body).not.toHaveProperty('groups');
  });

  it('are in lists, in answers to changes, and not where the client leaves them out', async () => {
    const list = await source.list('/Users', { sortBy: 'userName' });
    expect(list.Resources.map(groupsOf).map(({ length }: string[]) => length)).toEqual([3, 3, 3, 0]);
    const byName = await source.list('/Users', { filter: 'userName eq "bob"', attributes: 'groups.display' });
    expect(byName.Resources[0].groups).toHaveLength(3);
    expect(byName.Resources[0].groups[0]).toEqual({ display: 'Team' });
    const without = await source.list('/Users', { excludedAttributes: 'groups' });
    expect(without.Resources.some((user: Json) => 'groups' in user)).toBe(false);
    const put = await source.send('PUT', `/Users/${id.bob}`, { userName: 'bob', groups: [] });
    expect(groupsOf(put.body)).toHaveLength(3);
    const patched = await source.send('PATCH', `/Users/${id.bob}`, {
      Operations: [{ op: 'replace', path: 'title', value: 'x' }],
    });
    expect(groupsOf(patched.body)).toHaveLength(3);
  });

  it('are never older than the last change of a group', async () => {
    const own = await source.make('/Users', { userName: 'mover' });
    for (let round = 0; round < 30; round++) {
      const op = round % 2 === 0 ? 'add' : 'remove';
      const changed = await source.send('PATCH', `/Groups/${id.team}`, {
        Operations: [{ op, path: 'members', value: [{ value: own }] }],
      });
      expect(changed.status).toBe(204);
      expect(groupsOf((await source.get(`/Users/${own}`)).body)).toHaveLength(op === 'add' ? 3 : 0);
    }
  });

  it('can be filtered by', async () => {
    const found = async (filter: string) =>
      (await source.list('/Users', { filter, sortBy: 'userName' })).Resources.map(
        ({ userName }: Json) => userName,
      );
    expect(await found(`groups.value eq "${id.unit}"`)).toEqual(['ann', 'bob', 'cid']);
    expect(await found(`groups eq "${id.firm}"`)).toEqual(['ann', 'bob', 'cid']);
    expect(await found(`groups.value eq "${id.firm}" and userName eq "ANN"`)).toEqual(['ann']);
    expect(await found(`groups[value eq "${id.firm}" and type eq "direct"]`)).toEqual(['ann']);
    expect(
      await found('groups.display eq "unit" and groups[display eq "Unit" and type eq "direct"]'),
    ).toEqual(['cid']);
    expect(await found('groups pr')).toEqual(['ann', 'bob', 'cid']);
    expect(await found(`not (groups.value eq "${id.team}")`)).toEqual(['dan', 'mover']);
    expect(await found('groups.value eq "nothing"')).toEqual([]);
  });

  it('are not those of a deleted group', async () => {
    const gone = await source.make('/Groups', { displayName: 'Gone', members: members('dan') });
    expect(groupsOf((await source.get(`/Users/${id.dan}`)).body)).toEqual(['Gone direct']);
    await source.send('DELETE', `/Groups/${gone}`);
    expect(groupsOf((await source.get(`/Users/${id.dan}`)).body)).toEqual([]);
  });

  it('cannot be changed through the user', async () => {
    const refused = await source.send('PATCH', `/Users/${id.dan}`, {
      Operations: [{ op: 'add', path: 'groups', value: [{ value: id.team }] }],
    });
    expect(refused).toMatchObject({ status: 400, body: { scimType: 'mutability' } });
  });
});

describe('/Me', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('%s is answered with 501 and why', async (method) => {
    const answer = await source.send(method, '/Me', method === 'GET' || method === 'DELETE' ? undefined : {});
    expect(answer).toMatchObject({
      status: 501,
      body: { status: '501', detail: expect.stringMatching(/source/) },
    });
  });
});

describe('members of a group', () => {
  it('are never those who were deleted before the question', async () => {
    const crowd = await source.make('/Groups', { displayName: 'Crowd' });
    for (let round = 0; round < 20; round++) {
      const leaver = await source.make('/Users', { userName: `leaver${round}` });
      await source.send('PATCH', `/Groups/${crowd}`, {
        Operations: [{ op: 'add', path: 'members', value: [{ value: leaver }] }],
      });
      expect((await source.get(`/Groups/${crowd}`)).body.members).toMatchObject([{ value: leaver }]);
      await source.send('DELETE', `/Users/${leaver}`);
      expect((await source.get(`/Groups/${crowd}`)).body.members ?? []).toEqual([]);
    }
  });
});
