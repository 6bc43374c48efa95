export interface ReportRow {
  at: string;
  subject: { id: string };
  action: string;
  status: string;
  error?: { message: string; remedy?: string } | null;
}

/** The part of the admin API that a newcomer meets first. */
export class HubAdmin {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  createSource(): Promise<{ scimUrl: string; token: string }> {
    return this.call('POST', 'sources', { name: 'Contoso', client: 'entra' });
  }

  /** Leavers that the source deletes are deleted at the app at once, and not only after the days of grace. */
  async connect(baseUrl: string, token: string): Promise<string> {
    const { id } = await this.call<{ id: string }>('POST', 'connections', {
      name: 'Sandbox',
      connector: 'scim2',
      settings: { baseUrl },
      credentials: { type: 'bearer', token },
      policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 0 } },
    });
    await this.call('POST', `connections/${id}/enable`);
    return id;
  }

  /** What was done for somebody, or tried, from a moment on; the newest first. */
  async report(connection: string, subjectId: string, from: number): Promise<ReportRow[]> {
    const query = `connection=${connection}&from=${new Date(from).toISOString()}`;
    const { items } = await this.call<{ items: ReportRow[] }>('GET', `reports/provisioning?${query}`);
    return items
      .filter(({ subject }) => subject.id === subjectId)
      .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}
