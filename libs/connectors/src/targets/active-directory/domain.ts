import type { Client, Entry } from 'ldapts';
import type { ConnectorRuntime, Refusal, SubjectType } from '../../contract.js';
import { noBase } from '../ldap/refusals.js';
import { isCode, Refused, resultCode } from '../ldap/result-codes.js';
import { type Request, type SearchFor, ServerLink, textsOf, type Work } from '../ldap/server-link.js';
import { explain } from './explain-code.js';
import { basesOf, bindCredentials, type DomainCredentials, type DomainSettings } from './settings.js';

/** What the domain controller says of itself (rootDSE, MS-ADTS section 3.1.1.3.2). */
export interface Facts {
  domain: string;
  subschema: string;
  /** Where its own settings lie: tells it from the other domain controllers. */
  service: string;
  capabilities: Set<string>;
}

/** One domain controller. */
export class Domain extends ServerLink<DomainSettings> {
  private read: Promise<Facts> | undefined;

  constructor(settings: DomainSettings, credentials: DomainCredentials, runtime: ConnectorRuntime) {
    super(settings, bindCredentials(credentials), runtime, binaryAttributes, explain);
  }

  basesOf(type: SubjectType): string[] {
    return basesOf(type, this.settings);
  }

  /** objectCategory is indexed, and leaves computers out, which are users, too. */
  filterOf(type: SubjectType, further = ''): string {
    const { userFilter = '' } = this.settings;
    return type === 'user'
      ? `(&(objectCategory=person)(objectClass=user)${userFilter}${further})`
      : `(&(objectCategory=group)${further})`;
  }

  async searchAll(work: Work, type: SubjectType, options: SearchFor): Promise<Entry[]> {
    const found: Entry[] = [];
    for (const base of this.basesOf(type)) {
      try {
        found.push(...(await this.search(work, base, options)));
      } catch (error) {
        if (isCode(error, resultCode.noSuchObject)) throw new Refused(noBase(base), error.code);
        throw error;
      }
    }
    return found;
  }

  /**
   * On an object that is there. Rights are lacking for that one as a rule, so the others go on: it was moved to another
   * OU, or is in a protected group, from which AdminSDHolder takes what was delegated.
   */
  async write<T>(request: Omit<Request, 'write'>, operate: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await this.run({ ...request, write: true }, operate);
    } catch (error) {
      if (!isCode(error, resultCode.insufficientAccessRights)) throw error;
      const { message, answer } = error.refusal as Extract<Refusal, { kind: 'denied' }>;
      throw new Refused(
        { kind: 'rejected', code: 'no-rights', message, remedy: noRights, answer },
        error.code,
      );
    }
  }

  /** Read once; again after a failure. */
  facts(work: Work): Promise<Facts> {
    this.read ??= this.readFacts(work).catch((error: unknown) => {
      this.read = undefined;
      throw error;
    });
    return this.read;
  }

  /** The number of the last change this domain controller has made. */
  async lastChange(work: Work): Promise<bigint> {
    const [root] = await this.search(work, '', { scope: 'base', attributes: ['highestCommittedUSN'] });
    return BigInt(textsOf(root, 'highestCommittedUSN')[0] ?? '0');
  }

  private async readFacts(work: Work): Promise<Facts> {
    const names = ['defaultNamingContext', 'subschemaSubentry', 'dsServiceName', 'supportedCapabilities'];
    const [root] = await this.search(work, '', { scope: 'base', attributes: names });
    const [domain = '', subschema = '', service = ''] = names.map((name) => textsOf(root, name)[0]);
    return { domain, subschema, service, capabilities: new Set(textsOf(root, 'supportedCapabilities')) };
  }
}

const noRights =
  'Look where the object lies and whether it is, or was, in a group of administrators (adminCount is 1): there what was delegated to the service account does not hold. Move it, or give the right there.';

/** Capabilities (MS-ADTS section 3.1.1.3.4.3). */
export const capability = {
  activeDirectory: '1.2.840.113556.1.4.800',
  readOnlyCopy: '1.2.840.113556.1.4.1920',
} as const;

/** Values that are bytes rather than text; in attributes they are base64. */
export const binaryAttributes = [
  'objectGUID',
  'objectSid',
  'invocationId',
  'mS-DS-ConsistencyGuid',
  'msExchMailboxGuid',
  'msExchArchiveGUID',
  'thumbnailPhoto',
  'thumbnailLogo',
  'jpegPhoto',
  'photo',
  'audio',
  'userCertificate',
  'userSMIMECertificate',
  'userPKCS12',
  'logonHours',
  'sIDHistory',
  'msDS-KeyCredentialLink',
  'terminalServer',
  'replPropertyMetaData',
];
