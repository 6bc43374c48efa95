import { setTimeout as wait } from 'node:timers/promises';

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export interface PatchOperation {
  op: 'add' | 'replace' | 'remove';
  path: string;
  value?: unknown;
}

/** A SCIM client that sends again while it gets no answer or one of 500 and above, as identity providers do. */
export class ScimSender {
  /** userName and id (undefined where the answer with it was lost) of everybody the hub has said yes to. */
  readonly acknowledged = new Map<string, string | undefined>();

  constructor(
    private readonly origin: () => string,
    private readonly token: string,
  ) {}

  async createUser(userName: string, attributes: Record<string, unknown> = {}): Promise<string> {
    const body = { schemas: [userSchema], userName, displayName: userName, active: true, ...attributes };
    const { status, lost, body: answer } = await this.insist('POST', '/Users', body);
    // The answer to an earlier try was lost on its way: that try did it.
    if (status !== 201 && !(status === 409 && lost))
      throw new Error(`${userName}: ${status} ${JSON.stringify(answer)}`);
    const id = answer.id as string | undefined;
    this.acknowledged.set(userName, id);
    return id ?? '';
  }

  /** So many at once that the next goes when one is done. */
  async createUsers(userNames: string[], atOnce = 32): Promise<void> {
    const left = userNames.values();
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (const userName of left) await this.createUser(userName);
      }),
    );
  }

  async idOf(userName: string): Promise<string> {
    const filter = encodeURIComponent(`userName eq "${userName}"`);
    const { body } = await this.insist('GET', `/Users?filter=${filter}`);
    return (body.Resources as { id: string }[])[0]!.id;
  }

  async createGroup(
    displayName: string,
    members: string[] = [],
    attributes: Record<string, unknown> = {},
  ): Promise<string> {
    const { status, body } = await this.insist('POST', '/Groups', {
      schemas: [groupSchema],
      displayName,
      members: members.map((value) => ({ value })),
      ...attributes,
    });
    if (status !== 201) throw new Error(`${displayName}: ${status} ${JSON.stringify(body)}`);
    return body.id as string;
  }

  async patch(type: 'Users' | 'Groups', id: string, ...operations: PatchOperation[]): Promise<void> {
    const body = { schemas: [patchSchema], Operations: operations };
    const answer = await this.insist('PATCH', `/${type}/${id}`, body);
    if (answer.status >= 300) throw new Error(`PATCH ${id}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async deleteUser(id: string): Promise<void> {
    const { status, lost } = await this.insist('DELETE', `/Users/${id}`);
    if (status !== 204 && !(status === 404 && lost)) throw new Error(`DELETE ${id}: ${status}`);
  }

  private async insist(method: string, path: string, body?: object) {
    for (let lost = false; ; lost = true) {
      try {
        const answer = await fetch(`${this.origin()}/scim/v2${path}`, {
          method,
          headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/scim+json' },
          ...(body && { body: JSON.stringify(body) }),
        });
        const text = await answer.text();
        if (answer.status < 500) {
          return {
            status: answer.status,
            lost,
            body: (text ? JSON.parse(text) : {}) as Record<string, unknown>,
          };
        }
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
      await wait(50);
    }
  }
}
