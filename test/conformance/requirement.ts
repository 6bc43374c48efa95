import { beforeAll, describe, expect, it } from 'vitest';
import { type Json, type ScimAnswer, scimHub, type ScimSource } from '../harness/scim-source.js';

declare module 'vitest' {
  export interface TaskMeta {
    deviation?: string;
  }
}

export const urn = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  list: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  search: 'urn:ietf:params:scim:api:messages:2.0:SearchRequest',
  bulk: 'urn:ietf:params:scim:api:messages:2.0:BulkRequest',
  bulkResponse: 'urn:ietf:params:scim:api:messages:2.0:BulkResponse',
};

export interface Setting {
  scim: ScimSource;
  /** A source of another organisation. */
  stranger: ScimSource;
}

/**
 * Where it is written ("7644 3.3": RFC and section), what it says, and how it is seen. With a `deviation` the test
 * shows what the hub does instead, and that says why.
 */
export type Requirement = [
  where: string,
  what: string,
  check: (setting: Setting) => Promise<void>,
  deviation?: string,
];

/** One test for each requirement, named so that the report can be made from a run. */
export function requirements(topic: string, list: Requirement[]): void {
  const hub = scimHub();
  const setting = {} as Setting;
  beforeAll(async () => {
    setting.scim = await hub.newSource();
    setting.stranger = await hub.newSource();
  });
  describe(topic, () => {
    for (const [where, what, check, deviation] of list) {
      const [rfc, section] = where.split(' ');
      const name = `RFC ${rfc} section ${section}: ${what}`;
      it(name, { meta: { deviation } }, () => check(setting));
    }
  });
}

let made = 0;
export const unique = (prefix = 'name') => `${prefix}.${++made}`;

export const newUser = (scim: ScimSource, attributes: Json = {}) =>
  scim.post('/Users', { schemas: [urn.user], userName: unique(), ...attributes });

export const newGroup = (scim: ScimSource, attributes: Json = {}) =>
  scim.post('/Groups', { schemas: [urn.group], displayName: unique(), ...attributes });

export const patch = (scim: ScimSource, path: string, ...operations: unknown[]) =>
  scim.send('PATCH', path, { schemas: [urn.patch], Operations: operations });

export const at = (answer: ScimAnswer) => `/${answer.body.meta.resourceType}s/${answer.body.id}`;

export const namesOf = (list: Json): string[] =>
  list.Resources.map(({ userName, displayName }: Json) => userName ?? displayName);

/** RFC 7644 section 3.12. */
export function expectError(answer: ScimAnswer, status: number, scimType?: string): void {
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status });
  expect(answer.headers.get('content-type')).toMatch(/^application\/scim\+json/);
  expect(answer.body).toMatchObject({ schemas: [urn.error], status: String(status) });
  expect(answer.body.scimType).toBe(scimType);
  expect(answer.body.detail).toMatch(/.{10}/);
}
