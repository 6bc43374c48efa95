const urns = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
};

export interface Operation {
  op: string;
  path?: string;
  value?: unknown;
}

export interface Person {
  userName: string;
  externalId: string;
  givenName: string;
  familyName: string;
  title: string;
  department: string;
  city: string;
}

/** Talks to the hub as the provisioning service of Entra ID does. */
export class Entra {
  /** When the hub answered last, in epoch milliseconds. */
  answeredAt = 0;

  constructor(
    private readonly scimUrl: string,
    private readonly token: string,
  ) {}

  /** The look for a name that nobody has, with which every cycle begins. */
  async probe(): Promise<number> {
    return (await this.find('Users', 'userName', crypto.randomUUID())).length;
  }

  /** Matches first, as Entra does; then creates. The manager comes later, in a pass of its own. */
  async createUser(person: Person): Promise<string> {
    const { userName, externalId, givenName, familyName, title, department, city } = person;
    const [known] = await this.find('Users', 'userName', userName);
    if (known) return known.id;
    return this.create('Users', {
      schemas: [urns.user, urns.enterprise],
      externalId,
      userName,
      active: true,
      displayName: `${givenName} ${familyName}`,
      title,
      emails: [{ primary: true, type: 'work', value: userName }],
      meta: { resourceType: 'User' },
      name: { formatted: `${givenName} ${familyName}`, familyName, givenName },
      addresses: [{ type: 'work', locality: city, country: 'UK' }],
      phoneNumbers: null,
      [urns.enterprise]: { department },
    });
  }

  /** Without members: those come one PATCH each. */
  async createGroup(displayName: string, externalId: string): Promise<string> {
    const [known] = await this.find('Groups', 'displayName', displayName);
    if (known) return known.id;
    return this.create('Groups', {
      schemas: [urns.group, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      externalId,
      displayName,
      meta: { resourceType: 'Group' },
    });
  }

  /** The dialect of today: one operation an attribute, each with its path, verbs in capitals. */
  async patch(type: 'Users' | 'Groups', id: string, ...operations: Operation[]): Promise<void> {
    await this.call('PATCH', `/${type}/${id}`, { schemas: [urns.patch], Operations: operations });
  }

  /** The dialect of tenants with the flag in their tenant URL: one operation without a path, dotted keys. */
  async patchWithFlag(type: 'Users' | 'Groups', id: string, value: Record<string, unknown>): Promise<void> {
    await this.call('PATCH', `/${type}/${id}?aadOptscim062020`, {
      schemas: [urns.patch],
      Operations: [{ op: 'replace', value }],
    });
  }

  async delete(type: 'Users' | 'Groups', id: string): Promise<void> {
    await this.call('DELETE', `/${type}/${id}`);
  }

  private async find(type: 'Users' | 'Groups', attribute: string, value: string): Promise<{ id: string }[]> {
    const withoutMembers = type === 'Groups' ? 'excludedAttributes=members&' : '';
    const found = await this.call('GET', `/${type}?${withoutMembers}filter=${attribute}+eq+"${value}"`);
    return (found as { Resources: { id: string }[] }).Resources;
  }

  private async create(type: 'Users' | 'Groups', body: object): Promise<string> {
    return ((await this.call('POST', `/${type}`, body)) as { id: string }).id;
  }

  private async call(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(this.scimUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        accept: 'application/scim+json',
        ...(body && { 'content-type': 'application/scim+json; charset=utf-8' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    this.answeredAt = Date.now();
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
}
