import type { SubjectType } from '../../contract.js';
import type { ClientCertificate } from '../../http/check-certificates.js';

/** What an admin sets for a SCIM connection. Described for the form in settings-schema.ts. */
export interface Scim2Settings {
  baseUrl: string;
  preset: string;
  protocol: '2.0' | '1.1';
  /** Appended to the base URL where it does not end so already. */
  basePath?: string;
  trailingSlash: boolean;
  timeoutMs: number;
  maxAnswerBytes: number;
  connections: number;
  pageSize: number;
  paging: 'index' | 'cursor';
  contentType: 'application/scim+json' | 'application/json';
  updateWith: 'patch' | 'put';
  putBody: 'whole' | 'changes';
  operationsPerPatch: number;
  patchPaths: boolean;
  patchOpCase: 'lower' | 'capital';
  clearWith: 'remove' | 'empty';
  booleans: 'json' | 'text';
  singleValued: string[];
  enterpriseUrn: string;
  roles: 'objects' | 'texts';
  searchable: string[];
  deletion: 'delete' | 'deactivate';
  duplicateAnswers: string[];
  rules: ValueRule[];
  groups: boolean;
  groupRename: boolean;
  membersPerCall: number;
  memberRemoval: 'filter' | 'values';
  memberUpdates: 'patch' | 'put';
  membersReadable: boolean;
  caCertificates?: string;
  writeProbe: boolean;
  probeDomain: string;
}

/** What the app demands of an attribute. Checked before anything is sent. */
export interface ValueRule {
  /** Left out: user. */
  type?: SubjectType;
  /** A target attribute as in mappings, or * for every text that is written. */
  attribute: string;
  required?: boolean;
  /** Written when the object is made, and never changed. */
  immutable?: boolean;
  /** In characters. */
  maxLength?: number;
  /** None of these characters may occur. */
  forbidden?: string;
  lowerCase?: boolean;
}

export type Scim2Credentials = ClientCertificate &
  (
    | { type: 'bearer'; token: string }
    | { type: 'basic'; username: string; password: string }
    | { type: 'header'; name: string; value: string }
    | { type: 'certificate' }
    | {
        type: 'oauth2-client-credentials';
        tokenUrl: string;
        clientId: string;
        clientSecret: string;
        scope?: string;
        clientAuthentication?: 'header' | 'body';
        tokenParameters?: Record<string, string>;
      }
  );

export const defaultSettings: Omit<Scim2Settings, 'baseUrl'> = {
  preset: 'generic',
  protocol: '2.0',
  trailingSlash: false,
  timeoutMs: 30_000,
  maxAnswerBytes: 16 << 20,
  connections: 32,
  pageSize: 100,
  paging: 'index',
  contentType: 'application/scim+json',
  updateWith: 'patch',
  putBody: 'whole',
  operationsPerPatch: 1000,
  patchPaths: true,
  patchOpCase: 'lower',
  clearWith: 'remove',
  booleans: 'json',
  singleValued: [],
  enterpriseUrn: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  roles: 'objects',
  searchable: [],
  deletion: 'delete',
  duplicateAnswers: [],
  rules: [],
  groups: true,
  groupRename: true,
  membersPerCall: 100,
  memberRemoval: 'filter',
  memberUpdates: 'patch',
  membersReadable: true,
  writeProbe: false,
  probeDomain: 'example.com',
};
