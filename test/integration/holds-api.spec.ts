import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { type ScimTarget, startScimTarget } from '../doubles/scim-target/scim-target.mjs';
import { createTestDatabase, startHubHere, type TestDatabase, waitFor } from '../harness/index.js';

/* eslint-disable @typescript-eslint/no-explicit-any */
describe('safety over the admin API', () => {
  let store: TestDatabase;
  let hub: RunningHub;
  let target: ScimTarget;
  let source: { scimUrl: string; token: string };

  beforeAll(async () => {
    store = await createTestDatabase();
    target = await startScimTarget();
    hub = await startHubHere({ DATABASE_URL: store.url });
    source = (await call('POST', 'sources', { name: 'Entra', client: 'entra' })).body;
  });
  afterAll(async () => {
    await hub?.stop();
    await target?.stop();
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

  async function employ(name: string, count: number, userType = 'Employee'): Promise<any[]> {
    const make = (at: number) =>
      fetch(`${source.scimUrl}/Users`, {
        method: 'POST',
        headers: { authorization: `Bearer ${source.token}`, 'content-type': 'application/scim+json' },
        body: JSON.stringify({
          schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
          userName: `${name}${at}@example.com`,
          active: true,
          userType,
        }),
      }).then((answer) => answer.json());
    return Promise.all(Array.from({ length: count }, (_, at) => make(at)));
  }

  async function connect(name: string, policy: object, scope: object = {}): Promise<string> {
    const { body } = await call('POST', 'connections', {
      name,
      connector: 'scim2',
      settings: { baseUrl: target.baseUrl },
      credentials: { type: 'bearer', token: target.token },
      policy,
      scope,
    });
    await call('POST', `connections/${body.id}/enable`);
    return body.id;
  }
  const idle = (id: string) =>
    waitFor(async () => (await call('GET', `connections/${id}/progress`)).body.phase === 'idle', {
      what: 'nothing to be due',
    });
  const active = async (userName: string) =>
    (await target.report()).accounts.find((account) => account.userName === userName)?.active;

  it('lists what the guard holds with names and reasons, and takes decisions', async () => {
    const people = await employ('contractor', 6, 'Contractor');
    const id = await connect('Guarded', { guard: { deactivations: { above: 2, abovePercent: 10 } } });
    await waitFor(async () => (await target.report()).accounts.length === 6, { what: 'everybody there' });
    await idle(id);
    await call('PATCH', `connections/${id}`, { scope: { rule: 'userType eq "Employee"' } });
    const hold = await waitFor(
      async () => {
        const { items } = (await call('GET', `holds?connection=${id}&state=open`)).body;
        return items[0]?.counts.held === 6 && items[0];
      },
      { what: 'six to be held' },
    );
    expect(hold).toMatchObject({
      connection: { id, name: 'Guarded' },
      action: 'deactivate',
      state: 'open',
      cause: { kind: 'configuration', version: 2 },
      threshold: { live: 6, above: 2, abovePercent: 10 },
    });
    await idle(id);
    expect((await call('GET', `connections/${id}/progress`)).body.held).toBe(6);
    const first = (await call('GET', `holds/${hold.id}/items?limit=4`)).body;
    const rest = (await call('GET', `holds/${hold.id}/items?limit=4&cursor=${first.nextCursor}`)).body;
    const names = [...first.items, ...rest.items].map(({ subject }: any) => subject.display).sort();
    expect(names).toEqual(people.map(({ userName }) => userName).sort());
    expect(first.items[0].reason).toContain('userType eq "Employee"');
    const standing = (await call('GET', `users/${people[0].id}/targets`)).body.items;
    expect(standing[0].work.state).toBe('held');

    const wrong: [string, string, object, number][] = [
      ['allow', hold.id, {}, 400],
      ['allow', hold.id, { all: true, subjectIds: [people[0].id] }, 400],
      ['allow', hold.id, { subjectIds: ['nobody'] }, 400],
      ['deny', hold.id, { subjectIds: [randomUUID()] }, 400],
      ['deny', randomUUID(), { all: true }, 404],
      ['allow', 'odd', { all: true }, 404],
    ];
    for (const [verb, holdId, body, status] of wrong) {
      const answer = await call('POST', `holds/${holdId}/${verb}`, body);
      expect([answer.status, answer.body.detail.length > 10]).toEqual([status, true]);
    }
    expect((await call('GET', `holds?state=odd`)).body.errors[0].field).toBe('state');
    expect((await call('GET', `holds/${randomUUID()}/items`)).status).toBe(404);

    const allowed = await call('POST', `holds/${hold.id}/allow`, {
      subjectIds: [people[0].id, people[1].id],
    });
    expect(allowed.body).toMatchObject({ decided: 2, hold: { state: 'open' } });
    const denied = await call('POST', `holds/${hold.id}/deny`, { all: true, note: 'they stay until June' });
    expect(denied.body).toMatchObject({ decided: 4, hold: { state: 'partly-allowed' } });
    await waitFor(async () => (await active('contractor1@example.com')) === false, {
      what: 'the allowed to go',
    });
    const told = await waitFor(
      async () => {
        const { items } = (await call('GET', `reports/provisioning?connection=${id}&status=skipped`)).body;
        return items.length === 4 && items;
      },
      { what: 'the denials in the report' },
    );
    expect(told[0].reason).toContain('they stay until June');
    // A denial is taken back by allowing.
    const again = await call('POST', `holds/${hold.id}/allow`, { subjectIds: [people[5].id] });
    expect(again.body.decided).toBe(1);
    await waitFor(async () => (await active('contractor5@example.com')) === false, {
      what: 'one more to go',
    });
    expect(await active('contractor4@example.com')).toBe(true);
    expect((await call('DELETE', `connections/${id}`)).status).toBe(204);
    expect((await call('GET', 'holds')).body.items).toEqual([]);
  });

  it('pauses and resumes, and says so', async () => {
    const id = await connect('Paused', {});
    await idle(id);
    for (const [body, field] of [
      [{ until: '2020-01-01T00:00:00Z' }, 'until'],
      [{ until: 'tomorrow' }, 'until'],
      [{ reason: '' }, 'reason'],
    ] as const) {
      const { status, body: problem } = await call('POST', `connections/${id}/pause`, body);
      expect([status, problem.errors[0].field]).toEqual([400, field]);
    }
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const paused = await call('POST', `connections/${id}/pause`, { until, reason: 'the app is upgraded' });
    expect(paused.body.paused).toMatchObject({ until, reason: 'the app is upgraded', by: 'admin:operator' });
    const progress = (await call('GET', `connections/${id}/progress`)).body;
    expect(progress).toMatchObject({ phase: 'paused', reason: 'the app is upgraded', waitsUntil: until });
    expect((await call('POST', `connections/${id}/pause`)).body.paused.until).toBeNull();
    expect((await call('POST', `connections/${id}/resume`)).body.paused).toBeNull();
    expect((await call('POST', `connections/${randomUUID()}/pause`)).status).toBe(404);
    await call('DELETE', `connections/${id}`);
  });

  it('shows what is planned for leavers, cancels it and restores it', async () => {
    const [person] = await employ('leaver', 1, 'Temp');
    const rule = { rule: 'userType eq "Temp"' };
    const id = await connect(
      'Leavers',
      { users: { onDeletedAtSource: 'delete', deleteAfterHours: 24 } },
      rule,
    );
    await waitFor(async () => (await active('leaver0@example.com')) === true, { what: 'the account' });
    await fetch(`${source.scimUrl}/Users/${person.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${source.token}` },
    });
    const step = await waitFor(
      async () => (await call('GET', `scheduled-steps?connection=${id}&user=${person.id}`)).body.items[0],
      { what: 'the step' },
    );
    expect(step).toMatchObject({
      id: `${id}.${person.id}`,
      action: 'delete',
      because: 'deleted-at-source',
      state: 'scheduled',
      connection: { name: 'Leavers' },
    });
    await idle(id);
    const cancelled = await call('POST', `scheduled-steps/${step.id}/cancel`, { note: 'a lawyer asks' });
    expect(cancelled.body).toMatchObject({ state: 'cancelled', cancelled: { note: 'a lawyer asks' } });
    await idle(id);
    expect((await call('POST', `scheduled-steps/${step.id}/cancel`, {})).status).toBe(409);
    expect((await call('GET', 'scheduled-steps?state=scheduled')).body.items).toEqual([]);
    expect((await call('POST', `scheduled-steps/${step.id}/restore`)).body).toMatchObject({
      state: 'scheduled',
      cancelled: null,
      at: step.at,
    });
    await idle(id);
    expect((await call('POST', `scheduled-steps/${step.id}/restore`)).status).toBe(409);
    for (const path of [`scheduled-steps/${id}.${randomUUID()}/cancel`, 'scheduled-steps/odd/cancel']) {
      expect((await call('POST', path)).status).toBe(404);
    }
    const wrong = await call('GET', 'scheduled-steps?cursor=odd');
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'cursor']);
    await call('DELETE', `connections/${id}`);
  });

  it('groups dead letters by what they have in common, and retries a group', async () => {
    await target.setFaults({ fail: { every: 1, status: 400 } });
    await employ('refused', 5, 'Refused');
    const id = await connect('Refusing', {}, { rule: 'userType eq "Refused"' });
    const [group] = await waitFor(
      async () => {
        const { items } = (await call('GET', `connections/${id}/dead-letters/groups`)).body;
        return items[0]?.count === 5 && items;
      },
      { what: 'a group of five' },
    );
    expect(group.example.subject.display).toMatch(/^refused\d@example\.com$/);
    expect(group.cause).not.toContain('refused');
    const both = await call('POST', `connections/${id}/retries`, { cause: group.cause, all: true });
    expect([both.status, both.body.errors[0].field]).toEqual([400, 'subjectIds']);
    await target.setFaults({});
    expect((await call('POST', `connections/${id}/retries`, { cause: 'another' })).body.retried).toBe(0);
    expect((await call('POST', `connections/${id}/retries`, { cause: group.cause })).body.retried).toBe(5);
    await waitFor(async () => (await active('refused4@example.com')) === true, { what: 'them to arrive' });
    await idle(id);
    expect((await call('GET', `connections/${id}/dead-letters/groups`)).body.items).toEqual([]);
  });
});
