import { ScimSource, type Json } from '../harness/scim-source.js';

export const contoso = 'urn:ietf:params:scim:schemas:extension:Contoso:2.0:User';
export const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export interface AdminAnswer {
  status: number;
  body: Json;
}

/** A tenant of its own with a source, spoken to over HTTP through any process of the hub. */
export class SchemaTenant {
  private constructor(
    readonly adminKey: string,
    readonly token: string,
  ) {}

  static async make(url: string, operatorKey: string, client = 'entra'): Promise<SchemaTenant> {
    const tenant = await ask(url, operatorKey, 'POST', 'tenants', { name: `t${Math.random()}` });
    const { adminKey } = tenant.body;
    const source = await ask(url, adminKey, 'POST', 'sources', { name: 'Source', client });
    return new SchemaTenant(adminKey, source.body.token);
  }

  admin(url: string, method: string, path: string, body?: unknown): Promise<AdminAnswer> {
    return ask(url, this.adminKey, method, path, body);
  }

  scim(url: string): ScimSource {
    return new ScimSource(`${url}/scim/v2`, this.token);
  }

  async define(url: string, attributes: object[], more: object = {}): Promise<void> {
    const answer = await this.admin(url, 'POST', 'schemas', { id: contoso, attributes, ...more });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  }
}

async function ask(
  url: string,
  key: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<AdminAnswer> {
  const response = await fetch(`${url}/api/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : undefined };
}
