import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { createTestDatabase, startHubHere, type TestDatabase } from '../harness/index.js';
import type { Json, ScimSource } from '../harness/scim-source.js';
import { contoso, patchOp, SchemaTenant } from './custom-schemas-rig.js';

const groupUrn = 'urn:ietf:params:scim:schemas:extension:Contoso:2.0:Group';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const attributes = [
  { name: 'badgeNumber', type: 'integer' },
  { name: 'site', caseExact: true },
  { name: 'nick', canonicalValues: ['Ace', 'Bee'] },
  { name: 'tags', multiValued: true },
  { name: 'hired', type: 'dateTime', returned: 'request' },
  { name: 'origin', mutability: 'immutable' },
  {
    name: 'desks',
    type: 'complex',
    multiValued: true,
    subAttributes: [
      { name: 'value', required: true },
      { name: 'floor', type: 'integer' },
      { name: 'primary', type: 'boolean' },
    ],
  },
];

let store: TestDatabase;
let hub: RunningHub;
beforeAll(async () => {
  store = await createTestDatabase();
  hub = await startHubHere({ DATABASE_URL: store.url });
});
afterAll(async () => {
  await hub?.stop();
  await store?.drop();
});

let tenant: SchemaTenant;
let source: ScimSource;
beforeEach(async () => {
  tenant = await SchemaTenant.make(hub.url, hub.keys.adminKey);
  source = tenant.scim(hub.url);
});

const admin = (method: string, path: string, body?: unknown) => tenant.admin(hub.url, method, path, body);
const define = (list: object[] = attributes, more: object = {}) => tenant.define(hub.url, list, more);
const patch = (id: string, ...Operations: object[]) =>
  source.send('PATCH', `/Users/${id}`, { schemas: [patchOp], Operations });
const user = (userName: string, custom?: Json) => ({ userName, ...(custom && { [contoso]: custom }) });
const found = async (filter: string, more: Record<string, string> = {}) =>
  (await source.list('/Users', { filter, ...more })).Resources.map(({ userName }: Json) => userName);

describe('schemas over the admin API', () => {
  it('are defined, listed beside those of the standard, read, changed and removed', async () => {
    const made = await admin('POST', 'schemas', {
      id: contoso,
      name: 'Badges',
      attributes: [{ name: 'badge' }],
    });
    expect(made).toMatchObject({
      status: 201,
      body: { id: contoso, name: 'Badges', resourceType: 'User', standard: false },
    });
    const list = await admin('GET', 'schemas');
    expect(list.body.items.map(({ id, standard }: Json) => [id, standard])).toEqual([
      ['urn:ietf:params:scim:schemas:core:2.0:User', true],
      [enterprise, true],
      ['urn:ietf:params:scim:schemas:core:2.0:Group', true],
      [contoso, false],
    ]);
    expect((await admin('GET', `schemas/${contoso.toLowerCase()}`)).body).toEqual(made.body);
    expect((await admin('GET', `schemas/${enterprise}`)).body).toMatchObject({
      name: 'EnterpriseUser',
      standard: true,
    });
    const changed = await admin('PATCH', `schemas/${contoso}`, { description: 'Of the gate.' });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Badges', description: 'Of the gate.' } });
    expect((await admin('DELETE', `schemas/${contoso}`)).status).toBe(204);
    expect((await admin('GET', `schemas/${contoso}`)).status).toBe(404);
    expect((await admin('DELETE', `schemas/${contoso}`)).status).toBe(404);
  });

  it('are described by the API’s own description', async () => {
    const { paths, components } = (await (await fetch(`${hub.url}/api/openapi.json`)).json()) as Json;
    expect(Object.keys(paths['/api/v1/schemas'])).toEqual(['get', 'post']);
    expect(Object.keys(paths['/api/v1/schemas/{urn}'])).toEqual(['get', 'patch', 'delete']);
    const body = paths['/api/v1/schemas'].post.requestBody.content['application/json'].schema;
    expect(body.$ref).toBe('#/components/schemas/NewSchema');
    expect(components.schemas.SchemaAttribute.properties.subAttributes.items.$ref).toMatch(
      /SchemaAttribute$/,
    );
  });

  it('say by field what is wrong, and change nothing', async () => {
    const bad = await admin('POST', 'schemas', { id: contoso, attributes: [{ name: 'a', type: 'text' }] });
    expect(bad.status).toBe(400);
    expect(bad.body.errors).toEqual([
      { field: 'attributes.0.type', message: expect.stringContaining('integer') },
    ]);
    await define([{ name: 'a' }]);
    const again = await admin('POST', 'schemas', {
      id: contoso.toUpperCase().replace('URN', 'urn'),
      attributes: [{ name: 'b' }],
    });
    expect(again).toMatchObject({ status: 409, body: { errors: [{ field: 'id' }] } });
    const moved = await admin('PATCH', `schemas/${contoso}`, { resourceType: 'Group' });
    expect(moved).toMatchObject({ status: 400, body: { errors: [{ field: 'resourceType' }] } });
    expect((await admin('PATCH', `schemas/${enterprise}`, { name: 'x' })).status).toBe(403);
    expect((await admin('DELETE', `schemas/${enterprise}`)).status).toBe(403);
    expect(
      (await admin('POST', 'schemas', { id: enterprise, attributes: [{ name: 'x' }] })).body.errors[0]
        .message,
    ).toMatch(/schema of their own/);
    expect((await admin('PATCH', `schemas/${contoso}`, [])).status).toBe(400);
    expect((await admin('GET', `schemas/${contoso}`)).body.attributes.map(({ name }: Json) => name)).toEqual([
      'a',
    ]);
  });
});

describe('a schema of the tenant', () => {
  it('is shown by /Schemas and /ResourceTypes as it is, and not to others', async () => {
    await define();
    await admin('POST', 'schemas', {
      id: groupUrn,
      resourceType: 'Group',
      required: true,
      attributes: [{ name: 'cost' }],
    });
    const shown = await source.get(`/Schemas/${contoso}`);
    expect(shown.body.attributes.map(({ name }: Json) => name)).toEqual(attributes.map(({ name }) => name));
    expect(shown.body.attributes[0]).toMatchObject({
      type: 'integer',
      multiValued: false,
      mutability: 'readWrite',
      uniqueness: 'none',
    });
    expect(shown.body).not.toHaveProperty('resourceType');
    expect((await source.list('/Schemas')).totalResults).toBe(5);
    const types = (await source.list('/ResourceTypes')).Resources;
    expect(types.map(({ schemaExtensions }: Json) => schemaExtensions)).toEqual([
      [
        { schema: enterprise, required: false },
        { schema: contoso, required: false },
      ],
      [{ schema: groupUrn, required: true }],
    ]);
    const other = (await SchemaTenant.make(hub.url, hub.keys.adminKey)).scim(hub.url);
    expect((await other.get(`/Schemas/${contoso}`)).status).toBe(404);
    expect((await other.list('/Schemas')).totalResults).toBe(3);
  });

  it('types what POST and PUT bring, whatever the letters, and refuses by name what is wrong', async () => {
    await define();
    const sent = { BADGENUMBER: '17', tags: 'one', desks: [{ value: 'A', floor: '3' }], nick: 'Ace' };
    const made = await source.post('/Users', { userName: 'u', [contoso.toLowerCase()]: sent });
    expect(made.status).toBe(201);
    const custom = { badgeNumber: 17, tags: ['one'], desks: [{ value: 'A', floor: 3 }], nick: 'Ace' };
    expect(made.body[contoso]).toEqual(custom);
    expect(made.body.schemas).toContain(contoso);
    expect((await source.get(`/Users/${made.body.id}`)).body[contoso]).toEqual(custom);
    const bad = await source.post('/Users', user('v', { badgeNumber: 'seventeen' }));
    expect(bad).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
    expect(bad.body.detail).toContain(`${contoso}:badgeNumber`);
    expect((await source.post('/Users', user('v', { desks: [{ floor: 1 }] }))).body.detail).toContain(
      'desks.value',
    );
    const put = await source.send('PUT', `/Users/${made.body.id}`, user('u', { site: 'B' }));
    expect(put.body[contoso]).toEqual({ site: 'B' });
    const plain = await source.send('PUT', `/Users/${made.body.id}`, user('u'));
    expect(plain.body).not.toHaveProperty([contoso]);
    expect(plain.body.schemas).not.toContain(contoso);
  });

  it('understands PATCH in the forms that Entra and others send', async () => {
    await define();
    const id = await source.make('/Users', user('u'));
    const shown = async () => (await source.get(`/Users/${id}`)).body[contoso];
    await patch(id, { op: 'Add', path: `${contoso}:badgeNumber`, value: '5' });
    expect(await shown()).toEqual({ badgeNumber: 5 });
    await patch(
      id,
      { op: 'Replace', path: `${contoso}:badgeNumber`, value: 6 },
      { op: 'add', path: `${contoso}:tags`, value: ['a', 'b'] },
    );
    await patch(id, { op: 'replace', value: { [contoso]: { site: 'X' }, [`${contoso}:nick`]: 'Bee' } });
    expect(await shown()).toEqual({ badgeNumber: 6, tags: ['a', 'b'], site: 'X', nick: 'Bee' });
    await patch(id, { op: 'remove', path: `${contoso}:tags[value eq "a"]` });
    await patch(id, { op: 'add', path: `${contoso}:desks[value eq "D"].floor`, value: 2 });
    expect(await shown()).toMatchObject({ tags: ['b'], desks: [{ value: 'D', floor: 2 }] });
    await patch(id, { op: 'add', path: 'badgeNumber', value: 8 });
    expect(await shown()).toMatchObject({ badgeNumber: 8 });
    const bad = await patch(id, { op: 'replace', path: `${contoso}:badgeNumber`, value: 'x' });
    expect(bad).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
    await patch(id, { op: 'add', path: `${contoso}:origin`, value: 'HR' });
    const immutable = await patch(id, { op: 'replace', path: `${contoso}:origin`, value: 'IT' });
    expect(immutable).toMatchObject({ status: 400, body: { scimType: 'mutability' } });
    expect((await source.send('PUT', `/Users/${id}`, user('u', { origin: 'IT' }))).body.scimType).toBe(
      'mutability',
    );
    expect((await source.send('PUT', `/Users/${id}`, user('u', { site: 'Y' }))).body[contoso]).toEqual({
      origin: 'HR',
      site: 'Y',
    });
    await patch(id, { op: 'remove', path: contoso });
    expect(await shown()).toBeUndefined();
  });

  it('is searched, sorted and chosen by', async () => {
    await define();
    for (const [userName, custom] of Object.entries({
      ada: { badgeNumber: 2, site: 'Berlin', nick: 'ACE', tags: ['x'], hired: '2026-01-01T00:00:00+01:00' },
      bob: {
        badgeNumber: 10,
        site: 'berlin',
        desks: [
          { value: 'D1', floor: 3 },
          { value: 'D2', floor: 4 },
        ],
      },
      cy: { badgeNumber: 1, tags: ['y', 'z'] },
      dee: undefined,
    })) {
      await source.make('/Users', user(userName, custom));
    }
    for (const [filter, expected] of [
      [`${contoso}:badgeNumber gt 1`, ['ada', 'bob']],
      [`${contoso}:badgeNumber eq 10`, ['bob']],
      [`${contoso}:site eq "Berlin"`, ['ada']],
      [`nick eq "ace"`, ['ada']],
      [`${contoso.toUpperCase()}:TAGS eq "Y"`, ['cy']],
      [`${contoso}:hired lt "2026-01-01T00:00:00Z"`, ['ada']],
      [`${contoso}:desks[floor gt 3].value eq "d2"`, ['bob']],
      [`${contoso}:desks.floor eq 3`, ['bob']],
      [`not (${contoso}:badgeNumber pr)`, ['dee']],
      [`userName eq "ada" and ${contoso}:badgeNumber eq 2`, ['ada']],
      [`userName eq "ada" and ${contoso}:badgeNumber eq 3`, []],
    ] as const) {
      expect((await found(filter)).toSorted(), filter).toEqual(expected);
    }
    expect(await found('userName pr', { sortBy: `${contoso}:badgeNumber` })).toEqual([
      'cy',
      'ada',
      'bob',
      'dee',
    ]);
    expect(await found('userName pr', { sortBy: 'badgeNumber', sortOrder: 'descending' })).toEqual([
      'dee',
      'bob',
      'ada',
      'cy',
    ]);
    expect(
      (await source.get(`/Users?${new URLSearchParams({ filter: `${contoso}:nothing eq 1` }).toString()}`))
        .body,
    ).toMatchObject({ status: '400', scimType: 'invalidFilter' });
    const searched = await source.post('/.search', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: `${contoso}:badgeNumber le 2`,
      sortBy: `${contoso}:badgeNumber`,
      attributes: [`${contoso}:badgeNumber`],
    });
    expect(searched.body.Resources.map((one: Json) => one[contoso])).toEqual([
      { badgeNumber: 1 },
      { badgeNumber: 2 },
    ]);

    const only = async (parameters: Record<string, string>) =>
      (await source.list('/Users', { filter: 'userName eq "ada"', ...parameters })).Resources[0];
    expect(await only({})).not.toHaveProperty([contoso, 'hired']);
    expect((await only({ attributes: `${contoso}:hired` }))[contoso]).toEqual({
      hired: '2026-01-01T00:00:00+01:00',
    });
    expect(await only({ excludedAttributes: contoso })).not.toHaveProperty([contoso]);
    expect((await only({ attributes: contoso }))[contoso]).toMatchObject({ badgeNumber: 2, nick: 'ACE' });
  });

  it('counts within a bulk, and of groups', async () => {
    await define();
    await admin('POST', 'schemas', {
      id: groupUrn,
      resourceType: 'Group',
      attributes: [{ name: 'cost', type: 'decimal' }],
    });
    const bulk = await source.post('/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [
        { method: 'POST', path: '/Users', bulkId: 'a', data: user('u', { badgeNumber: '3' }) },
        { method: 'POST', path: '/Users', bulkId: 'b', data: user('v', { badgeNumber: 'x' }) },
        {
          method: 'POST',
          path: '/Groups',
          bulkId: 'c',
          data: { displayName: 'G', [groupUrn]: { cost: '1.5' } },
        },
      ],
    });
    expect(bulk.body.Operations.map(({ status }: Json) => status)).toEqual(['201', '400', '201']);
    expect(await found(`${contoso}:badgeNumber eq 3`)).toEqual(['u']);
    const groups = await source.list('/Groups', { filter: `${groupUrn}:cost lt 2` });
    expect(groups.Resources[0][groupUrn]).toEqual({ cost: 1.5 });
    const id = groups.Resources[0].id;
    await source.send('PATCH', `/Groups/${id}`, {
      schemas: [patchOp],
      Operations: [{ op: 'replace', path: `${groupUrn}:cost`, value: 3 }],
    });
    expect((await source.get(`/Groups/${id}`)).body[groupUrn]).toEqual({ cost: 3 });
    expect((await source.list('/Groups', { filter: 'displayName eq "g" and cost gt 2' })).totalResults).toBe(
      1,
    );
  });

  it('that is required is asked of new resources, and stands in nobody’s way who came before', async () => {
    const id = await source.make('/Users', user('before'));
    await define([{ name: 'site', required: true }], { required: true });
    expect((await source.post('/Users', user('new'))).body.detail).toContain(contoso);
    expect((await source.post('/Users', user('new', { site: 'A' }))).status).toBe(201);
    expect((await patch(id, { op: 'Replace', path: 'active', value: 'False' })).body).toMatchObject({
      active: false,
    });
  });

  it('may be another with the same URN in another tenant', async () => {
    await define([{ name: 'code', type: 'integer' }]);
    const other = await SchemaTenant.make(hub.url, hub.keys.adminKey);
    await other.define(hub.url, [{ name: 'code' }, { name: 'note' }]);
    const theirs = other.scim(hub.url);
    await source.make('/Users', user('u', { code: '007' }));
    await theirs.make('/Users', user('u', { code: '007' }));
    const filter = (value: string) => ({ filter: `${contoso}:code eq ${value}` });
    expect((await source.list('/Users', filter('7'))).Resources[0][contoso]).toEqual({ code: 7 });
    expect((await theirs.list('/Users', filter('"007"'))).Resources[0][contoso]).toEqual({ code: '007' });
    expect((await theirs.list('/Users', filter('"7"'))).totalResults).toBe(0);
  });
});

describe('values that are older than the schema', () => {
  it('are read, found, sorted and changed as the schema says now', async () => {
    const id = await source.make('/Users', user('u', { BadgeNumber: '9', TAGS: 'solo' }));
    await source.make('/Users', user('v', { badgeNumber: '10' }));
    expect(await found(`${contoso}:badgenumber eq "9"`)).toEqual(['u']);
    await define();
    expect((await source.get(`/Users/${id}`)).body[contoso]).toEqual({ badgeNumber: 9, tags: ['solo'] });
    expect(await found(`${contoso}:badgeNumber eq 9`)).toEqual(['u']);
    expect(await found(`${contoso}:badgeNumber pr`, { sortBy: 'badgeNumber' })).toEqual(['u', 'v']);
    await patch(id, { op: 'add', path: `${contoso}:tags`, value: ['more'] });
    expect((await source.get(`/Users/${id}`)).body[contoso]).toEqual({
      badgeNumber: 9,
      tags: ['solo', 'more'],
    });
  });

  it('stop a definition that they do not fit, with one who has such a value', async () => {
    const id = await source.make('/Users', user('u', { badgeNumber: 'B-9' }));
    const refused = await admin('POST', 'schemas', { id: contoso, attributes });
    expect(refused).toMatchObject({ status: 409, body: { errors: [{ field: 'attributes.0.type' }] } });
    expect(refused.body.errors[0].message).toContain(id);
    await patch(id, { op: 'replace', path: `${contoso}:badgeNumber`, value: '9' });
    await define();
  });

  it('keep an attribute’s kind as it is', async () => {
    await define();
    const id = await source.make('/Users', user('u', { badgeNumber: 1 }));
    const change = (list: object[]) => admin('PATCH', `schemas/${contoso}`, { attributes: list });
    const others = attributes.slice(1);
    const refused = await change([{ name: 'badgeNumber' }, ...others]);
    expect(refused).toMatchObject({ status: 409, body: { errors: [{ field: 'attributes.0.type' }] } });
    expect(refused.body.errors[0].message).toMatch(/1 user has .* remove its values first/);
    expect(
      await change([{ name: 'badgeNumber', type: 'integer', multiValued: true }, ...others]),
    ).toMatchObject({
      status: 409,
      body: { errors: [{ field: 'attributes.0.multiValued' }] },
    });
    expect((await change([...attributes.slice(0, 1), { name: 'site' }, ...attributes.slice(2)])).status).toBe(
      200,
    );
    await patch(id, { op: 'remove', path: `${contoso}:badgeNumber` });
    expect((await change([{ name: 'badgeNumber' }, ...others])).status).toBe(200);
  });

  it('of an attribute that was removed stay, unseen, through every change, and come back with it', async () => {
    await define([{ name: 'badgeNumber', type: 'integer' }, { name: 'site' }]);
    const id = await source.make('/Users', user('u', { badgeNumber: 4, site: 'A' }));
    await admin('PATCH', `schemas/${contoso}`, { attributes: [{ name: 'site' }] });
    expect((await source.get(`/Users/${id}`)).body[contoso]).toEqual({ site: 'A' });
    expect(
      (
        await source.get(
          `/Users?${new URLSearchParams({ filter: `${contoso}:badgeNumber eq 4` }).toString()}`,
        )
      ).body.scimType,
    ).toBe('invalidFilter');
    const put = await source.send('PUT', `/Users/${id}`, user('u', { site: 'B' }));
    expect(put.body[contoso]).toEqual({ site: 'B' });
    await patch(id, { op: 'replace', path: `${contoso}:site`, value: 'C' });

    expect((await admin('DELETE', `schemas/${contoso}`)).status).toBe(204);
    const bare = (await source.get(`/Users/${id}`)).body;
    expect(bare).not.toHaveProperty([contoso]);
    expect(bare.schemas).not.toContain(contoso);
    expect(await found(`${contoso}:badgeNumber eq 4 or ${contoso}:site pr`)).toEqual([]);
    // Entra goes on sending what is mapped: it is taken, kept and not shown.
    const sent = await patch(id, { op: 'replace', path: `${contoso}:badgeNumber`, value: '5' });
    expect(sent.status).toBe(200);
    expect(sent.body).not.toHaveProperty([contoso]);

    await define([{ name: 'badgeNumber', type: 'integer' }, { name: 'site' }]);
    expect((await source.get(`/Users/${id}`)).body[contoso]).toEqual({ badgeNumber: 5, site: 'C' });
    expect(await found(`${contoso}:badgeNumber eq 5`)).toEqual(['u']);
  });
});
