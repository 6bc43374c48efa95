import { afterAll, beforeAll } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { type ScimTarget, startScimTarget } from '../doubles/scim-target/scim-target.mjs';
import { createTestDatabase, startHubHere, type TestDatabase, waitFor } from '../harness/index.js';

/* eslint-disable @typescript-eslint/no-explicit-any */
export interface Called {
  status: number;
  body: any;
  text: string;
}

/** A hub with a SCIM source and a SCIM app, for the tests of a file. */
export function evidenceRig(environment: Record<string, string> = {}) {
  let store: TestDatabase;
  let hub: RunningHub;
  let target: ScimTarget;
  let source: { id: string; scimUrl: string; token: string };
  const rig = {
    get store() {
      return store;
    },
    get hub() {
      return hub;
    },
    get target() {
      return target;
    },
    get source() {
      return source;
    },
    async call(method: string, path: string, body?: unknown): Promise<Called> {
      const answer = await fetch(`${hub.url}/api/v1/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${hub.keys.adminKey}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      const isJson = /[/+]json/.test(answer.headers.get('content-type') ?? '');
      return { status: answer.status, text, body: isJson && text ? JSON.parse(text) : undefined };
    },
    /** Throws when it is refused. */
    async get(path: string): Promise<any> {
      const { status, body, text } = await rig.call('GET', path);
      if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
      return body;
    },
    async scim(method: string, path: string, body?: unknown): Promise<any> {
      const answer = await fetch(`${source.scimUrl}/${path}`, {
        method,
        headers: { authorization: `Bearer ${source.token}`, 'content-type': 'application/scim+json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text ? JSON.parse(text) : undefined;
    },
    async createUser(userName: string, more: object = {}): Promise<string> {
      const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
      return (await rig.scim('POST', 'Users', { schemas, userName, active: true, ...more })).id;
    },
    patch(path: string, ...Operations: object[]): Promise<any> {
      const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
      return rig.scim('PATCH', path, { schemas, Operations });
    },
    async connect(name: string, more: object = {}, at: ScimTarget = target): Promise<string> {
      const made = await rig.call('POST', 'connections', {
        name,
        connector: 'scim2',
        settings: { baseUrl: at.baseUrl },
        credentials: { type: 'bearer', token: at.token },
        ...more,
      });
      if (made.status !== 201) throw new Error(made.text);
      const enabled = await rig.call('POST', `connections/${made.body.id}/enable`);
      if (enabled.status !== 200) throw new Error(enabled.text);
      return made.body.id;
    },
    /** Until the account at the connection has this state and nothing is due for it. */
    at(userId: string, connectionId: string, state: string): Promise<any> {
      return waitFor(
        async () => {
          const { items } = await rig.get(`users/${userId}/targets`);
          const entry = items.find((item: any) => item.connection.id === connectionId);
          return entry?.state === state && entry.work?.state === 'done' && entry;
        },
        { what: `the account to be ${state}`, timeoutMs: 60_000 },
      );
    },
    /** Until everything recorded is in the report. */
    reported(): Promise<unknown> {
      return waitFor(
        async () => {
          const { items } = await rig.get('projections');
          return items.find((item: any) => item.name === 'operations').behind === 0;
        },
        { what: 'the report to be up to date', timeoutMs: 60_000 },
      );
    },
  };
  beforeAll(async () => {
    store = await createTestDatabase();
    target = await startScimTarget();
    hub = await startHubHere({ DATABASE_URL: store.url, ...environment });
    source = (await rig.call('POST', 'sources', { name: 'Entra', client: 'entra' })).body;
  }, 120_000);
  afterAll(async () => {
    await hub?.stop();
    await target?.stop();
    await store?.drop();
  }, 60_000);
  return rig;
}
