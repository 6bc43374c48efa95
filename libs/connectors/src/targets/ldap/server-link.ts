import { ResultCodeError, type Client, type Control, type Entry, type Filter } from 'ldapts';
import type { ConnectorRuntime, WireCall } from '../../contract.js';
import { Connection } from './connection.js';
import { ConnectionPool } from './connection-pool.js';
import { lost, openingRefusal, stopped, tooLong } from './refusals.js';
import { type Explain, Refused, refusalOf } from './result-codes.js';
import type { LdapCredentials, ServerSettings } from './settings.js';

/** One operation of the connector: its calls as they were made, and whether a change has been carried out. */
export interface Work {
  calls: WireCall[];
  changed: boolean;
  signal?: AbortSignal;
}

export const newWork = (signal?: AbortSignal): Work => ({ calls: [], changed: false, signal });

export interface Request {
  work: Work;
  call: WireCall;
  write?: boolean;
  /** Attributes that are written, to name the one that a refusal is about. */
  writing?: string[];
}

export interface SearchFor {
  filter?: string | Filter;
  scope?: 'base' | 'one' | 'sub';
  attributes: string[];
  sizeLimit?: number;
  controls?: Control[];
}

/** Operations on a server, one attempt each, over a few connections that are opened as they are needed. */
export class ServerLink<Settings extends ServerSettings = ServerSettings> {
  private readonly pool: ConnectionPool;

  /**
   * @param binaryAttributes those whose values are bytes rather than text
   * @param explain what refusals mean at this kind of server
   */
  constructor(
    readonly settings: Settings,
    private readonly credentials: LdapCredentials,
    private readonly runtime: ConnectorRuntime,
    readonly binaryAttributes: string[],
    readonly explain: Explain = refusalOf,
  ) {
    this.pool = new ConnectionPool(settings.connections, () => this.open());
  }

  open(): Promise<Connection> {
    return Connection.open(this.settings, this.credentials, this.runtime);
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  /** As it is shown: no secrets, and the entry as an LDAP URL (RFC 4516). */
  call(method: string, dn: string, body?: unknown): WireCall {
    const { protocol, host } = new URL(this.settings.url);
    return {
      method,
      url: `${protocol}//${host}/${encodeURIComponent(dn).replaceAll('%2C', ',').replaceAll('%3D', '=')}`,
      ...(body !== undefined && { body }),
    };
  }

  /** @throws Refused */
  async run<T>(request: Request, operate: (client: Client) => Promise<T>): Promise<T> {
    const { signal } = request.work;
    if (signal?.aborted) throw new Refused(stopped(false));
    request.work.calls.push(request.call);
    const connection = await this.pool.take().catch((error: unknown) => {
      throw new Refused(this.unopened(error));
    });
    try {
      return await this.runOn(connection, request, operate);
    } finally {
      this.pool.give(connection);
    }
  }

  async runOn<T>(
    connection: Connection,
    { work, write, writing }: Request,
    operate: (client: Client) => Promise<T>,
  ): Promise<T> {
    if (work.signal?.aborted) throw new Refused(stopped(false));
    const stop = () => connection.end();
    work.signal?.addEventListener('abort', stop, { once: true });
    connection.begin();
    try {
      const running = operate(connection.client);
      running.catch(() => undefined);
      const result = await Promise.race([running, connection.ended]);
      if (write) work.changed = true;
      return result;
    } catch (error) {
      if (error instanceof ResultCodeError && error.code !== 248)
        throw new Refused(this.explain(error, writing ?? []), error.code);
      connection.end();
      if (work.signal?.aborted) throw new Refused(stopped(write === true));
      if (connection.tooLong) throw new Refused(tooLong);
      throw new Refused(lost(error as Error, write === true));
    } finally {
      work.signal?.removeEventListener('abort', stop);
    }
  }

  async search(work: Work, base: string, options: SearchFor): Promise<Entry[]> {
    const { filter, scope = 'sub', attributes, sizeLimit, controls } = options;
    const call = this.call('SEARCH', base, {
      scope,
      ...(filter && { filter: filter.toString() }),
      attributes,
    });
    const { searchEntries } = await this.run({ work, call }, (client) =>
      client.search(
        base,
        { filter, scope, attributes, sizeLimit, explicitBufferAttributes: this.binaryAttributes },
        controls,
      ),
    );
    return searchEntries;
  }

  unopened(error: unknown): ReturnType<typeof openingRefusal> {
    return openingRefusal(error, this.secrets(), this.explain);
  }

  secrets(): string[] {
    return this.credentials.type === 'simple' ? [this.credentials.password] : [this.credentials.privateKey];
  }
}

/** Values of an attribute, which a server may spell in another case. */
export function valuesOf(entry: Entry | undefined, attribute: string): (string | Buffer)[] {
  if (!entry) return [];
  const lower = attribute.toLowerCase();
  const name = Object.keys(entry).find((each) => each.toLowerCase() === lower);
  return name === undefined ? [] : [entry[name]!].flat();
}

export const textsOf = (entry: Entry | undefined, attribute: string): string[] =>
  valuesOf(entry, attribute).map(String);
