import { expect, it } from 'vitest';
import { ids, type Json } from '../scim-client.js';
import { type Conversation, expectList, expectScimError } from './conversation.js';

export function leavers(talk: Conversation): void {
  it.each([
    [
      'old dialect',
      { op: 'Replace', path: 'active', value: 'False' },
      { op: 'Replace', path: 'active', value: 'True' },
    ],
    [
      'new dialect',
      { op: 'replace', path: 'active', value: false },
      { op: 'replace', path: 'active', value: true },
    ],
  ])('%s: a disabled user stays visible and in the groups, until enabled again', async (dialect, off, on) => {
    const userName = `soft.${dialect.slice(0, 3)}@contoso.example`;
    const attributes = { userName, externalId: `soft-${dialect}`, title: 'Engineer' };
    const id = await talk.newUser(attributes);
    const displayName = `Keeps who leaves, ${dialect}`;
    const group = await talk.newGroup({ displayName }, [id]);

    const disabled = await talk.client.patch(`/Users/${id}`, off);
    expect(disabled).toMatchObject({ status: 200, body: { active: false } });
    await talk.userIs(id, { ...attributes, active: false });
    for (const filter of [`userName eq "${userName}"`, `externalId eq "soft-${dialect}"`, `id eq "${id}"`]) {
      const found = await talk.client.find('Users', filter);
      expectList(found, [id]);
      expect((found.body.Resources as Json[])[0]!.active).toBe(false);
    }
    expect(ids(await talk.client.get('/Users?count=1000'))).toContain(id);
    await talk.groupIs(group, { displayName }, [id]);

    const enabled = await talk.client.patch(`/Users/${id}`, on);
    expect(enabled).toMatchObject({ status: 200, body: { active: true } });
    await talk.userIs(id, { ...attributes, active: true });
    await talk.groupIs(group, { displayName }, [id]);
  });

  it('a user who is disabled and stays so', async () => {
    const id = await talk.newUser({ userName: 'stays.off@contoso.example' });
    await talk.newGroup({ displayName: 'Has one who is off' }, [id]);
    await talk.appHas('stays.off@contoso.example');
    await talk.client.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' });
    await talk.userIs(id, { userName: 'stays.off@contoso.example', active: false });
  });

  it.each(['application/scim+json; charset=utf-8', 'application/json'])(
    'a DELETE without a body that says it would be %s',
    async (type) => {
      const id = await talk.newUser({ userName: `typed.${type.length}@contoso.example` });
      const target = `/scim/v2/Users/${id}`;
      const headers = { 'content-type': type };
      expect(await talk.client.send({ method: 'DELETE', target, headers })).toMatchObject({ status: 204 });
      expectScimError(await talk.client.send({ method: 'DELETE', target, headers }), 404);
      talk.userIsGone(id);
    },
  );

  it('a purged user is gone everywhere, and the userName is free for another person', async () => {
    const attributes = { userName: 'leaver@contoso.example', externalId: 'leaver' };
    const id = await talk.newUser(attributes);
    const colleague = await talk.newUser({ userName: 'colleague@contoso.example' });
    const group = await talk.newGroup({ displayName: 'Loses one' }, [id, colleague]);
    await talk.appHas('leaver@contoso.example');
    await talk.client.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' });
    await talk.appHas('leaver@contoso.example', false);

    expect(await talk.client.delete(`/Users/${id}`)).toMatchObject({ status: 204, text: '' });
    talk.userIsGone(id);
    expectScimError(await talk.client.get(`/Users/${id}`), 404, undefined, new RegExp(id));
    expectScimError(await talk.client.delete(`/Users/${id}`), 404);
    expectScimError(
      await talk.client.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'True' }),
      404,
    );
    for (const filter of ['userName eq "leaver@contoso.example"', 'externalId eq "leaver"', `id eq "${id}"`])
      expectList(await talk.client.find('Users', filter), []);
    expect(ids(await talk.client.get('/Users?count=1000'))).not.toContain(id);
    await talk.groupIs(group, { displayName: 'Loses one' }, [colleague]);
    expectList(await talk.client.find('Groups', `id eq "${group}" and members eq "${id}"`), []);

    const successor = await talk.newUser({ userName: 'LEAVER@contoso.example', title: 'Successor' });
    expect(successor).not.toBe(id);
    await talk.groupIs(group, { displayName: 'Loses one' }, [colleague]);
  });

  it('a purge without a word before', async () => {
    const id = await talk.newUser({ userName: 'gone.at.once@contoso.example' });
    expect(await talk.client.delete(`/Users/${id}`)).toMatchObject({ status: 204 });
    talk.userIsGone(id);
  });
}
