import { ResultCodeError, type Client, type Control, type Entry, escapeFilter } from 'ldapts';
import type { ConnectorRuntime, SubjectType, WireCall } from '../../contract.js';
import { Connection } from './connection.js';
import { ConnectionPool } from './connection-pool.js';
import { AssertId } from './request-controls.js';
import { gone, lost, noBase, openingRefusal, stopped, tooLong } from './refusals.js';
import { isCode, Refused, refusalOf, resultCode, type Refusal } from './result-codes.js';
import { readSchema, type DirectorySchema } from './directory-schema.js';
import { groupBaseOf, userBases, type LdapCredentials, type LdapSettings } from './settings.js';

/** One operation of the connector: its calls as they were made, and whether a change has been carried out. */
export interface Work {
  calls: WireCall[];
  changed: boolean;
  signal?: AbortSignal;
}

export const newWork = (signal?: AbortSignal): Work => ({ calls: [], changed: false, signal });

export interface ServerFeatures {
  controls: Set<string>;
  extensions: Set<string>;
  namingContexts: string[];
  subschema: string;
}

interface Request {
  work: Work;
  call: WireCall;
  write?: boolean;
  /** Attributes that are written, to name the one that a refusal is about. */
  writing?: string[];
}

const mostNames = 50_000;

/** Operations on the server, one attempt each, over a few connections that are opened as they are needed. */
export class Session {
  private readonly pool: ConnectionPool;
  private readonly names = new Map<string, string>();
  private features: Promise<ServerFeatures> | undefined;
  private schemaRead: Promise<DirectorySchema> | undefined;

  constructor(
    readonly settings: LdapSettings,
    private readonly credentials: LdapCredentials,
    private readonly runtime: ConnectorRuntime,
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
        throw new Refused(refusalOf(error, writing ?? []), error.code);
      connection.end();
      if (work.signal?.aborted) throw new Refused(stopped(write === true));
      if (connection.tooLong) throw new Refused(tooLong);
      throw new Refused(lost(error as Error, write === true));
    } finally {
      work.signal?.removeEventListener('abort', stop);
    }
  }

  async search(
    work: Work,
    base: string,
    options: { filter?: string; scope?: 'base' | 'one' | 'sub'; attributes: string[]; sizeLimit?: number },
  ): Promise<Entry[]> {
    const { filter, scope = 'sub', attributes } = options;
    const call = this.call('SEARCH', base, { scope, ...(filter && { filter }), attributes });
    const { searchEntries } = await this.run({ work, call }, (client) =>
      client.search(base, { ...options, scope, explicitBufferAttributes: binaryAttributes }),
    );
    return searchEntries;
  }

  basesOf(type: SubjectType): string[] {
    return type === 'user' ? userBases(this.settings) : [groupBaseOf(this.settings)];
  }

  /** Which entries are accounts or groups. */
  filterOf(type: SubjectType, further = ''): string {
    const { userObjectClasses, userFilter = '', groupObjectClass } = this.settings;
    const objectClass = type === 'user' ? userObjectClasses[0]! : groupObjectClass;
    return `(&(objectClass=${objectClass})${type === 'user' ? userFilter : ''}${further})`;
  }

  /** In each place where such entries may lie; a place that is not there holds none. */
  async searchAll(
    work: Work,
    type: SubjectType,
    options: { filter: string; attributes: string[]; sizeLimit?: number },
  ): Promise<Entry[]> {
    const found: Entry[] = [];
    for (const [at, base] of this.basesOf(type).entries()) {
      try {
        found.push(...(await this.search(work, base, options)));
      } catch (error) {
        if (!isCode(error, resultCode.noSuchObject)) throw error;
        if (at === 0) throw new Refused(noBase(base), resultCode.noSuchObject);
      }
    }
    return found;
  }

  /**
   * Works on the entry with this id. The name known from before is used where the server can be told to look
   * at the id first, and looked up again when it is not that entry's any more.
   * @throws Refused not-found when there is no such entry
   */
  async at<T>(
    work: Work,
    type: SubjectType,
    id: string,
    operate: (dn: string, controls: Control[]) => Promise<T>,
  ): Promise<T> {
    const { controls } = await this.server(work);
    const asserting = controls.has(AssertId.oid) ? [new AssertId(id)] : [];
    const known = this.names.get(id);
    if (known !== undefined && asserting.length > 0) {
      try {
        return await operate(known, asserting);
      } catch (error) {
        if (!isCode(error, resultCode.noSuchObject, resultCode.assertionFailed)) throw error;
        this.names.delete(id);
      }
    }
    const [entry] = await this.searchAll(work, type, {
      filter: this.filterOf(type, escapeFilter`(entryUUID=${id})`),
      attributes: ['entryUUID'],
    });
    if (!entry) throw new Refused(gone);
    this.remember(id, entry.dn);
    try {
      return await operate(entry.dn, asserting);
    } catch (error) {
      if (isCode(error, resultCode.assertionFailed)) throw new Refused(gone);
      throw error;
    }
  }

  remember(id: string, dn: string): void {
    this.names.delete(id);
    this.names.set(id, dn);
    if (this.names.size > mostNames) this.names.delete(this.names.keys().next().value!);
  }

  forget(id: string): void {
    this.names.delete(id);
  }

  nameOf(id: string): string | undefined {
    return this.names.get(id);
  }

  /** Read once; again after a failure. */
  server(work: Work): Promise<ServerFeatures> {
    this.features ??= this.readFeatures(work).catch((error: unknown) => {
      this.features = undefined;
      throw error;
    });
    return this.features;
  }

  schema(work: Work): Promise<DirectorySchema> {
    this.schemaRead ??= this.server(work)
      .then(({ subschema }) =>
        this.search(work, subschema, {
          scope: 'base',
          attributes: ['attributeTypes', 'objectClasses'],
        }),
      )
      .then(([entry]) => readSchema(textsOf(entry, 'attributeTypes'), textsOf(entry, 'objectClasses')))
      .catch((error: unknown) => {
        this.schemaRead = undefined;
        throw error;
      });
    return this.schemaRead;
  }

  private async readFeatures(work: Work): Promise<ServerFeatures> {
    const [root] = await this.search(work, '', {
      scope: 'base',
      attributes: ['supportedControl', 'supportedExtension', 'namingContexts', 'subschemaSubentry'],
    });
    return {
      controls: new Set(textsOf(root, 'supportedControl')),
      extensions: new Set(textsOf(root, 'supportedExtension')),
      namingContexts: textsOf(root, 'namingContexts'),
      subschema: textsOf(root, 'subschemaSubentry')[0] ?? 'cn=Subschema',
    };
  }

  private unopened(error: unknown): Refusal {
    return openingRefusal(error, this.secrets());
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

/** Values that are bytes rather than text; in attributes they are base64. */
export const binaryAttributes = ['jpegPhoto', 'photo', 'audio', 'userCertificate;binary', 'userPKCS12'];
