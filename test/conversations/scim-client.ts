import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export type Json = Record<string, unknown>;

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The parsed body; undefined when it is empty or no JSON. */
  body: Json;
}

export interface Sent {
  method: string;
  /** Goes on the wire exactly as it stands, unlike with fetch, which tidies addresses up. */
  target: string;
  /** Text goes as it is, anything else as JSON. */
  body?: unknown;
  /** Beside or instead of what Entra sends. Undefined leaves one out. */
  headers?: Record<string, string | undefined>;
}

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const urns = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  enterprise,
  manager: `${enterprise}:manager`,
  department: `${enterprise}:department`,
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  list: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
};

/** A SCIM client that sends what Entra sends, byte for byte, beside headers of its own. */
export class ScimClient {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    private readonly origin: string,
    private readonly token: string,
    private readonly ownHeaders: Record<string, string> = {},
  ) {}

  send({ method, target, body, headers = {} }: Sent): Promise<Answer> {
    const { hostname, port } = new URL(this.origin);
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const all = {
      authorization: `Bearer ${this.token}`,
      accept: 'application/scim+json',
      ...(payload !== undefined && {
        'content-type': 'application/scim+json; charset=utf-8',
        'content-length': String(Buffer.byteLength(payload)),
      }),
      ...this.ownHeaders,
      ...headers,
    };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new Promise((resolve, reject) => {
      const call = request(
        { hostname, port, method, path: target, headers: given as Record<string, string>, agent: this.agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({
              status: response.statusCode!,
              headers: response.headers,
              text,
              body: parsed(text) as Json,
            });
          });
        },
      );
      call.on('error', reject);
      call.end(payload);
    });
  }

  get = (path: string) => this.send({ method: 'GET', target: `/scim/v2${path}` });
  delete = (path: string) => this.send({ method: 'DELETE', target: `/scim/v2${path}` });
  post = (path: string, body: unknown) => this.send({ method: 'POST', target: `/scim/v2${path}`, body });
  put = (path: string, body: unknown) => this.send({ method: 'PUT', target: `/scim/v2${path}`, body });
  patch = (path: string, ...operations: unknown[]) =>
    this.send({
      method: 'PATCH',
      target: `/scim/v2${path}`,
      body: { schemas: [urns.patch], Operations: operations },
    });

  /** The way of the filter does not matter to the caller. */
  find = (kind: 'Users' | 'Groups', filter: string, more = '') =>
    this.get(`/${kind}?filter=${encodeURIComponent(filter)}${more}`);

  close(): void {
    this.agent.destroy();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const userBody = (attributes: Json): Json => ({
  schemas: [urns.user, urns.enterprise],
  ...attributes,
  meta: { resourceType: 'User' },
});

export const groupBody = (attributes: Json): Json => ({
  schemas: [urns.group],
  ...attributes,
  meta: { resourceType: 'Group' },
});

/** What the client wrote, out of what the server gives back: without id, schemas, meta and a user's groups. */
export function written(resource: Json): Json {
  const { schemas: _schemas, id: _id, meta: _meta, groups: _groups, ...attributes } = resource;
  return attributes;
}

export const ids = (list: Answer): unknown[] => (list.body.Resources as Json[]).map(({ id }) => id);
