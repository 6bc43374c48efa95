import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { type ScimTarget, startScimTarget } from '../doubles/scim-target/scim-target.mjs';
import { createTestDatabase, startHubHere, type TestDatabase, waitFor } from '../harness/index.js';
import { contoso, patchOp, SchemaTenant } from './custom-schemas-rig.js';

describe('connections and the attributes of a tenant’s own', () => {
  let store: TestDatabase;
  let hub: RunningHub;
  let target: ScimTarget;
  let tenant: SchemaTenant;
  beforeAll(async () => {
    store = await createTestDatabase();
    hub = await startHubHere({ DATABASE_URL: store.url });
  });
  afterAll(async () => {
    await hub?.stop();
    await store?.drop();
  });
  beforeEach(async () => {
    target = await startScimTarget();
    tenant = await SchemaTenant.make(hub.url, hub.keys.adminKey);
    return () => target.stop();
  });

  const admin = (method: string, path: string, body?: unknown) => tenant.admin(hub.url, method, path, body);
  const same = (name: string) => ({ source: name, target: name, apply: 'always' });
  const connection = (rule: string) => ({
    name: 'App',
    connector: 'scim2',
    settings: { baseUrl: target.baseUrl },
    credentials: { type: 'bearer', token: target.token },
    scope: { rule },
    mappings: {
      users: {
        matching: [{ source: 'userName', target: 'userName' }],
        attributes: [same('userName'), { source: `${contoso}:building`, target: 'title', apply: 'always' }],
      },
    },
  });
  const accounts = async () =>
    (await target.report()).accounts.map(({ userName, title }) => [userName, title]).toSorted();
  const expectAccounts = (expected: unknown[]) =>
    waitFor(async () => JSON.stringify(await accounts()) === JSON.stringify(expected), {
      what: `accounts ${JSON.stringify(expected)}`,
      timeoutMs: 40_000,
    });

  it('choose by them and write them, and look again when the schema changes', async () => {
    const source = tenant.scim(hub.url);
    const make = (userName: string, custom: object) => source.make('/Users', { userName, [contoso]: custom });
    const low = await make('low', { floor: '9', building: 'A' });
    await make('high', { floor: '10', building: 'B' });
    const made = await admin('POST', 'connections', connection(`${contoso}:floor ge 10`));
    expect(made.status).toBe(201);
    await admin('POST', `connections/${made.body.id}/enable`);
    await tenant.define(hub.url, [{ name: 'floor', type: 'integer' }, { name: 'building' }]);
    await expectAccounts([['high', 'B']]);

    await source.send('PATCH', `/Users/${low}`, {
      schemas: [patchOp],
      Operations: [{ op: 'replace', path: `${contoso}:floor`, value: '11' }],
    });
    await expectAccounts([
      ['high', 'B'],
      ['low', 'A'],
    ]);
  });

  it('are refused for attributes that the schema lacks, and hold on to those that they use', async () => {
    await tenant.define(hub.url, [
      { name: 'floor', type: 'integer' },
      { name: 'building' },
      { name: 'spare' },
    ]);
    const wrong = await admin('POST', 'connections', connection(`${contoso}:flor ge 10`));
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ field: 'scope.rule' }] } });
    const odd = connection(`${contoso}:floor ge 10`);
    odd.mappings.users.attributes[1]!.source = `${contoso}:bulding`;
    expect(await admin('POST', 'connections', odd)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'mappings.users.attributes.1.source' }] },
    });
    const made = await admin('POST', 'connections', connection(`${contoso}:floor ge 10`));
    expect(made.status).toBe(201);

    const without = (name: string) =>
      ['floor', 'building', 'spare']
        .filter((one) => one !== name)
        .map((one) => ({ name: one, ...(one === 'floor' && { type: 'integer' }) }));
    for (const name of ['floor', 'building']) {
      const refused = await admin('PATCH', `schemas/${contoso}`, { attributes: without(name) });
      expect(refused.status).toBe(409);
      expect(refused.body.detail).toContain(`"App" uses ${contoso}:${name}`);
    }
    expect((await admin('DELETE', `schemas/${contoso}`)).status).toBe(409);
    expect((await admin('PATCH', `schemas/${contoso}`, { attributes: without('spare') })).status).toBe(200);
    await admin('DELETE', `connections/${made.body.id}`);
    expect((await admin('DELETE', `schemas/${contoso}`)).status).toBe(204);
  });
});
