import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { type Sandbox, startSandbox } from '../../apps/sandbox/src/start-sandbox.js';
import { createTestDatabase, startHubHere, type TestDatabase, waitFor } from '../harness/index.js';

/* eslint-disable @typescript-eslint/no-explicit-any */
const token = 'sandbox-token';

describe('previews and simulations over the admin API, to the sandbox', () => {
  let store: TestDatabase;
  let hub: RunningHub;
  let app: Sandbox;
  let source: { scimUrl: string; token: string };

  beforeAll(async () => {
    store = await createTestDatabase();
    app = await startSandbox({ port: 0, token });
    hub = await startHubHere({ DATABASE_URL: store.url });
    source = (await call('POST', 'sources', { name: 'Entra', client: 'entra' })).body;
  });
  afterAll(async () => {
    await hub?.stop();
    await app?.stop();
    await store?.drop();
  });

  async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
    const answer = await fetch(`${hub.url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${hub.keys.adminKey}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : undefined };
  }

  async function make(userName: string, more: object = {}): Promise<string> {
    const answer = await fetch(`${source.scimUrl}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${source.token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ userName, active: true, ...more }),
    });
    return ((await answer.json()) as { id: string }).id;
  }

  it('shows what would be done, does it on demand, and simulates a draft for everybody', async () => {
    const connection = (
      await call('POST', 'connections', {
        name: 'Sandbox',
        connector: 'scim2',
        settings: { baseUrl: app.baseUrl },
        credentials: { type: 'bearer', token },
        scope: { rule: 'userType eq "Employee"' },
      })
    ).body.id as string;
    const at = `connections/${connection}`;
    const ann = await make('ann@example.com', { userType: 'Employee', title: 'Clerk' });
    await make('gus@example.com', { userType: 'Guest' });

    const preview = await call('POST', `${at}/preview`, { userId: ann });
    expect(preview.status).toBe(200);
    expect(preview.body).toMatchObject({
      subject: { display: 'ann@example.com' },
      plan: { action: 'create' },
      calls: [{ method: 'POST', url: expect.stringContaining('/Users') }],
    });
    expect(app.accounts()).toEqual([]);
    const drafted = await call('POST', `${at}/preview`, {
      userId: ann,
      configuration: { scope: { rule: 'userType eq "Guest"' } },
    });
    expect(drafted.body).toMatchObject({ draft: true, plan: { action: 'none', code: 'never-provisioned' } });
    expect((await call('POST', `${at}/provision-on-demand`, { userId: ann })).status).toBe(409);

    const scope = await call('POST', `${at}/scope/preview`, {
      scope: { rule: 'userType eq "Guest"' },
      list: 'leaving',
    });
    expect(scope.body).toMatchObject({
      counts: { total: 2, in: 1, entering: 1, leaving: 1 },
      items: [{ id: ann }],
    });

    const started = await call('POST', `${at}/simulations`, { scope: {} });
    expect(started.status).toBe(202);
    const simulation = await waitFor(
      async () => {
        const { body } = await call('GET', `${at}/simulations/${started.body.id}`);
        return body.state === 'done' && body;
      },
      { what: 'the simulation to be done', timeoutMs: 30_000 },
    );
    expect(simulation.result).toMatchObject({
      draft: { user: { create: 2 } },
      live: { user: { create: 1, none: 1 } },
      transitions: { user: { 'none > create': 1 } },
    });
    const listed = await call('GET', `${at}/simulations/${started.body.id}/subjects?differs=true`);
    expect(listed.body.items).toMatchObject([{ subject: { display: 'gus@example.com' }, draft: 'create' }]);
    const cancelled = await call('POST', `${at}/simulations/${started.body.id}/cancel`);
    expect(cancelled.body.state).toBe('done');

    await call('POST', `${at}/enable`);
    const done = await call('POST', `${at}/preview`, { userId: ann, execute: true });
    expect(done.status).toBe(200);
    expect(['succeeded', 'nothing']).toContain(done.body.outcome.status);
    expect(app.accounts()).toMatchObject([{ userName: 'ann@example.com' }]);
  });

  it('refuses what cannot be, naming the field', async () => {
    const { items } = (await call('GET', 'connections')).body;
    const at = `connections/${items[0].id}`;
    const ann = await make('ada@example.com', { userType: 'Employee' });
    const fieldOf = async (path: string, body: object) => {
      const { status, body: problem } = await call('POST', `${at}/${path}`, body);
      return [status, problem.errors?.[0]?.field];
    };
    expect(await fieldOf('preview', {})).toEqual([400, 'userId']);
    expect(await fieldOf('preview', { userId: ann, execute: true, whatIf: {} })).toEqual([400, 'whatIf']);
    expect(await fieldOf('preview', { userId: ann, whatIf: { set: { titel: 'x' } } })).toEqual([
      400,
      'whatIf.set',
    ]);
    expect(await fieldOf('preview', { userId: ann, configuration: { scope: { rule: 'x eq' } } })).toEqual([
      400,
      'scope.rule',
    ]);
    expect(await fieldOf('simulations', { policy: { users: { create: 'no' } } })).toEqual([
      400,
      'policy.users.create',
    ]);
    expect(await fieldOf('scope/preview', { list: 'nobody' })).toEqual([400, 'list']);
    const nobody = '00000000-0000-4000-8000-000000000000';
    expect((await call('POST', `${at}/preview`, { userId: nobody })).status).toBe(404);
    expect((await call('GET', `${at}/simulations/${nobody}`)).status).toBe(404);
    expect((await call('POST', `connections/${nobody}/preview`, { userId: ann })).status).toBe(404);
  });
});
