import { afterAll, beforeAll, expect } from 'vitest';
import { scimHub } from '../harness/scim-source.js';
import { type Answer, type Json, ScimClient } from './scim-client.js';

/** A hub with one source, of this kind of client, in a tenant of its own. */
export function talkAs(kind: string, headers: Record<string, string> = {}): { client: ScimClient } {
  const hub = scimHub();
  const talk = {} as { client: ScimClient };
  beforeAll(async () => {
    const { token } = await hub.newSource(kind);
    talk.client = new ScimClient(new URL(hub.url).origin, token, headers);
  });
  afterAll(() => talk.client?.close());
  return talk;
}

/** @returns the body */
export function answered(answer: Answer, status: number): Json {
  expect(answer, answer.text).toMatchObject({ status });
  return answer.body;
}

/** @returns the id */
export const created = (answer: Answer) => answered(answer, 201).id as string;

export async function memberIds(client: ScimClient, groupId: string): Promise<unknown[]> {
  const { members = [] } = answered(await client.get(`/Groups/${groupId}`), 200);
  return (members as Json[]).map(({ value }) => value).toSorted();
}
