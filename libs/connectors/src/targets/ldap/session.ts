import { type Control, type Entry, escapeFilter } from 'ldapts';
import type { ConnectorRuntime, SubjectType } from '../../contract.js';
import { readSchema, type DirectorySchema } from './directory-schema.js';
import { gone, noBase } from './refusals.js';
import { AssertId } from './request-controls.js';
import { isCode, Refused, resultCode } from './result-codes.js';
import { ServerLink, textsOf, type Work } from './server-link.js';
import { groupBaseOf, userBases, type LdapCredentials, type LdapSettings } from './settings.js';

export interface ServerFeatures {
  controls: Set<string>;
  extensions: Set<string>;
  namingContexts: string[];
  subschema: string;
}

const mostNames = 50_000;

/** A directory server, with the names of entries that have been seen. */
export class Session extends ServerLink<LdapSettings> {
  private readonly names = new Map<string, string>();
  private features: Promise<ServerFeatures> | undefined;
  private schemaRead: Promise<DirectorySchema> | undefined;

  constructor(settings: LdapSettings, credentials: LdapCredentials, runtime: ConnectorRuntime) {
    super(settings, credentials, runtime, binaryAttributes);
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
}

/** Values that are bytes rather than text; in attributes they are base64. */
export const binaryAttributes = ['jpegPhoto', 'photo', 'audio', 'userCertificate;binary', 'userPKCS12'];
