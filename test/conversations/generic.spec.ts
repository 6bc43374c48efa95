import { beforeAll, describe, expect, it } from 'vitest';
import { expectList, expectScimError } from './entra/conversation.js';
import { type Json, urns } from './scim-client.js';
import { answered, created, memberIds, talkAs } from './talk-as.js';

/** What the RFC says, where a profile could say something else. */
const talk = talkAs('generic', { accept: 'application/json' });

describe('a client that goes by RFC 7644', () => {
  const users: string[] = [];
  let group: string;
  const patch = async (...operations: unknown[]) =>
    answered(await talk.client.patch(`/Groups/${group}`, ...operations), 204);
  beforeAll(async () => {
    for (const userName of ['ann', 'ben', 'cat']) {
      users.push(created(await talk.client.post('/Users', { schemas: [urns.user], userName })));
    }
    users.sort();
    const members = users.map((value) => ({ value, type: 'User' }));
    const body = { schemas: [urns.group], displayName: 'All', members };
    group = created(await talk.client.post('/Groups', body));
  });

  it('sends application/json as well (section 3.1)', async () => {
    const answer = await talk.client.send({
      method: 'POST',
      target: '/scim/v2/Users',
      body: { schemas: [urns.user], userName: 'json' },
      headers: { 'content-type': 'application/json' },
    });
    expect(answered(answer, 201)).toMatchObject({ userName: 'json' });
    expect(answer.headers.location).toBe((answer.body.meta as Json).location);
  });

  it('means the whole list by replacing members, also with a single one (section 3.5.2.3)', async () => {
    await patch({ op: 'replace', path: 'members', value: [{ value: users[0] }] });
    expect(await memberIds(talk.client, group)).toEqual([users[0]]);
    await patch({ op: 'replace', path: 'members', value: users.map((value) => ({ value })) });
    expect(await memberIds(talk.client, group)).toEqual(users);
  });

  it('removes the member that the path selects, then all by the bare path (section 3.5.2.2)', async () => {
    await patch({ op: 'remove', path: `members[value eq "${users[1]}"]` });
    expect(await memberIds(talk.client, group)).toEqual([users[0], users[2]]);
    await patch({ op: 'remove', path: 'members' });
    expect(await memberIds(talk.client, group)).toEqual([]);
  });

  it('has operations done in order, and all or none (section 3.5.2)', async () => {
    const add = { op: 'add', path: 'members', value: [{ value: users[0] }] };
    await patch(add, { op: 'remove', path: `members[value eq "${users[0]}"]` });
    expect(await memberIds(talk.client, group)).toEqual([]);
    const wrong = { op: 'replace', path: 'displayName', value: 7 };
    const refused = await talk.client.patch(`/Groups/${group}`, add, wrong);
    expectScimError(refused, 400, 'invalidValue', /displayName/);
    expect(await memberIds(talk.client, group)).toEqual([]);
  });

  it('puts a person and means the rest to be gone; the id is the server’s (section 3.5.1)', async () => {
    const id = users[0]!;
    const { userName } = answered(await talk.client.get(`/Users/${id}`), 200);
    answered(await talk.client.put(`/Users/${id}`, { schemas: [urns.user], userName, title: 'Chief' }), 200);
    const body = { schemas: [urns.user], id: 'of-my-own', userName, nickName: 'Boss' };
    const put = answered(await talk.client.put(`/Users/${id}`, body), 200);
    expect(put).toMatchObject({ id, userName, nickName: 'Boss' });
    expect(put).not.toHaveProperty('title');
  });

  it('is refused what a filter cannot select, and a change of what is read-only (section 3.12)', async () => {
    const nowhere = { op: 'replace', path: 'emails[value co "x"].display', value: 'X' };
    expectScimError(await talk.client.patch(`/Users/${users[0]}`, nowhere), 400, 'noTarget');
    const readOnly = { op: 'replace', path: 'id', value: 'mine' };
    expectScimError(await talk.client.patch(`/Users/${users[0]}`, readOnly), 400, 'mutability', /^id /);
    expectScimError(await talk.client.find('Users', 'userName equals "ann"'), 400, 'invalidFilter');
  });

  it('asks with any operator, and searches by POST (sections 3.4.2.2 and 3.4.3)', async () => {
    const filter = 'userName sw "c" and not (title pr)';
    const found = answered(await talk.client.find('Users', filter), 200);
    expect((found.Resources as Json[]).map(({ userName }) => userName)).toEqual(['cat']);
    const search = await talk.client.post('/.search', { filter: 'displayName eq "all"' });
    expectList(search, [group]);
  });

  it('sends attributes of its own, reads them back, asks by them and changes one (RFC 7643 section 3.3)', async () => {
    const urn = 'urn:ietf:params:scim:schemas:extension:Contoso:2.0:User';
    const own = { badgeNumber: 'B-7', floor: 3 };
    const body = { schemas: [urns.user, urn], userName: 'own', [urn]: own };
    const id = created(await talk.client.post('/Users', body));
    expect(answered(await talk.client.get(`/Users/${id}`), 200)[urn]).toEqual(own);
    expectList(await talk.client.find('Users', `${urn}:badgeNumber eq "B-7"`), [id]);
    expectList(await talk.client.find('Users', `${urn}:badgeNumber eq "B-8"`), []);
    const change = { op: 'replace', path: `${urn}:badgeNumber`, value: 'B-8' };
    const patched = answered(await talk.client.patch(`/Users/${id}`, change), 200);
    expect(patched[urn]).toEqual({ ...own, badgeNumber: 'B-8' });
  });
});
