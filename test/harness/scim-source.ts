import { afterAll, beforeAll } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { startHubHere } from './start-hub-here.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

export type Json = Record<string, any>;

export interface ScimAnswer {
  status: number;
  headers: Headers;
  body: Json;
}

/** A hub for the tests of a file, and SCIM sources of it. */
export function scimHub() {
  let test: TestDatabase;
  let hub: RunningHub;
  beforeAll(async () => {
    test = await createTestDatabase();
    hub = await startHubHere({ DATABASE_URL: test.url });
  });
  afterAll(async () => {
    await hub?.stop();
    await test?.drop();
  });
  return {
    get url() {
      return `${hub.url}/scim/v2`;
    },
    get database() {
      return test.database;
    },
    /** In a tenant of its own, so that nothing else is listed. */
    async newSource(client = 'generic'): Promise<ScimSource> {
      const { adminKey } = await admin(hub.url, hub.keys.adminKey, 'tenants', { name: `t${Math.random()}` });
      const { token } = await admin(hub.url, adminKey, 'sources', { name: 'Source', client });
      return new ScimSource(`${hub.url}/scim/v2`, token);
    },
  };
}

export class ScimSource {
  constructor(
    readonly baseUrl: string,
    readonly token: string,
  ) {}

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ScimAnswer> {
    const response = await fetch(this.baseUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body !== undefined && { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
  }

  get = (path: string, headers?: Record<string, string>) => this.send('GET', path, undefined, headers);
  post = (path: string, body: unknown) => this.send('POST', path, body);

  /** @returns the id */
  async make(path: '/Users' | '/Groups', attributes: Json): Promise<string> {
    const { status, body } = await this.post(path, attributes);
    if (status !== 201) throw new Error(`POST ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body.id as string;
  }

  async list(path: string, parameters: Record<string, string> = {}): Promise<Json> {
    const answer = await this.get(`${path}?${new URLSearchParams(parameters).toString()}`);
    if (answer.status !== 200) throw new Error(`GET ${path} answered ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

async function admin(url: string, key: string, path: string, body: unknown): Promise<Json> {
  const response = await fetch(`${url}/api/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Json;
}
