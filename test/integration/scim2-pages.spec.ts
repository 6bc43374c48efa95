import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { connectorModules } from '@rollcall/connectors';
import { createTestDatabase, startHubHere, type TestDatabase } from '../harness/index.js';

interface Entry {
  page: string;
  settings?: Record<string, unknown>;
}

describe('the catalogue of connectors', () => {
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

  async function send(method: string, path: string, body?: object, key = hub.keys.adminKey): Promise<any> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await fetch(hub.url + path, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
  const get = (path: string) => send('GET', path);
  const catalogue = async () => (await get('/api/v1/connectors')).items as (Entry & Record<string, any>)[];

  it('tells of every connector and preset what it needs and can', async () => {
    const items = await catalogue();
    expect(items.map(({ type }) => type)).toEqual(connectorModules.map(({ manifest }) => manifest.type));
    const scim2 = items.find(({ type }) => type === 'scim2')!;
    expect(scim2).toMatchObject({
      name: 'SCIM 2.0',
      capabilities: { create: true, groups: true },
      page: 'docs/connectors/scim2.md',
      rights: [expect.any(String)],
    });
    const preset = (id: string) => scim2.presets.find((each: { id: string }) => each.id === id);
    expect(preset('exium').defaultMappings.users.attributes).toHaveLength(16);
    expect(preset('exium').defaultMappings.groups.attributes).toHaveLength(1);
    expect(preset('zoom')).toMatchObject({ capabilities: { groups: false }, requestsPerSecond: 1 });
    expect(preset('aws')).toMatchObject({
      capabilities: { members: { maxPerCall: 100, readable: false } },
      limits: expect.arrayContaining([expect.stringContaining('100 members')]),
    });
  });

  it('has mappings that can be saved, and are used where a connection has none', async () => {
    const scim2 = (await catalogue()).find(({ type }) => type === 'scim2')!;
    const { token } = await send('POST', '/api/v1/sources', { name: 'Entra', client: 'entra' });
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
    const user = { schemas, userName: 'Augusta.Ada.King.Lovelace@example.com', externalId: 'x' };
    const { id } = await send('POST', '/scim/v2/Users', user, token);
    for (const { id: preset, defaultMappings: mappings } of scim2.presets) {
      const settings = { preset, baseUrl: 'http://127.0.0.1:1/scim' };
      const given = { connector: 'scim2', settings, credentials: { type: 'bearer', token: 't' } };
      const saved = { ...given, name: `${preset} saved`, mappings, ignoreTargetSchema: true };
      expect(await send('POST', '/api/v1/connections', saved)).toMatchObject({ warnings: [] });
      const { id: connection } = await send('POST', '/api/v1/connections', { ...given, name: preset });
      const made = await send('POST', `/api/v1/connections/${connection}/mappings/try`, { userId: id });
      const userName = JSON.stringify(made).includes('"augusta.ada.king.love"');
      expect(userName, preset).toBe(preset === 'slack');
    }
  });

  it('is described in the OpenAPI document', async () => {
    const { paths, components } = await get('/api/openapi.json');
    const answer = paths['/api/v1/connectors'].get.responses['200'].content['application/json'].schema;
    expect(answer).toEqual({ $ref: '#/components/schemas/ConnectorList' });
    expect(Object.keys(components.schemas.ConnectorView.properties)).toEqual(
      expect.arrayContaining(['settingsSchema', 'credentialsSchema', 'presets', 'rights', 'limits', 'page']),
    );
  });

  it('links pages that lead to a green test and name every setting', async () => {
    for (const item of await catalogue()) {
      const { properties } = item.settingsSchema;
      const credentials = (item.credentialsSchema.oneOf ?? [item.credentialsSchema]) as Record<string, any>[];
      const secrets = credentials.flatMap((kind) => Object.keys(kind.properties));
      expect(await missing(item.page, [...Object.keys(properties), ...secrets])).toEqual([]);
      for (const { page, settings } of item.presets as Entry[])
        expect(await missing(page, Object.keys(settings ?? {}))).toEqual([]);
    }
  });
});

/** What the page does not name, and the headings it lacks. */
async function missing(page: string, names: string[]): Promise<string[]> {
  const text = await readFile(new URL(`../../${page}`, import.meta.url), 'utf8');
  const unnamed = names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
  const lacking = ['## From nothing to a green test', '/test'].filter((each) => !text.includes(each));
  return [...unnamed, ...lacking].map((each) => `${page}: ${each}`);
}
