import type { ClientCertificate } from '../../http/check-certificates.js';

/** How one operation is asked for. Texts in {braces} are parameters: see url-template.ts. */
export interface RestRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base URL: "/users/{id}.json", or "" for the base URL itself. */
  path: string;
  /** A parameter of which a value is missing is left out. */
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** JSONata over what is known of the operation. */
  body?: string;
  /** Statuses that mean that it was done. Left out: 200 to 299. */
  success?: number[];
  /** JSONata over the answer: the object, or the list of objects. Left out: `body`. */
  result?: string;
}

export interface CreateRequest extends RestRequest {
  /** JSONata over the answer, where the id is not in the object it returns: in a Location header, say. */
  id?: string;
}

export interface FindRequest extends RestRequest {
  /** Those the app can search by. Left out: any. */
  attributes?: string[];
}

export interface Paging {
  by: 'none' | 'offset' | 'page' | 'cursor' | 'link';
  /** The number of the first object (offset) or page. Left out: 0 for offset, 1 for page. */
  first?: number;
  /** JSONata over the answer: how many objects there are in all. */
  total?: string;
  /** JSONata over the answer: the next cursor or link. Left out, for links: the header Link with rel="next". */
  next?: string;
}

/** How an object of the app is read: JSONata over the object as the app returns it. */
export interface ObjectReading {
  id: string;
  /** Left out: all that the object has. */
  attributes?: string;
  active?: string;
  /** Of a group: the ids of its members. */
  members?: string;
}

export interface KnownAttribute {
  name: string;
  /** As the app calls it in messages. */
  title?: string;
  type?: 'string' | 'boolean' | 'integer' | 'decimal' | 'dateTime' | 'complex';
  multiValued?: boolean;
  required?: boolean;
  unique?: boolean;
  caseExact?: boolean;
  /** In the requests that the test shows, and in the account that the write test makes. {random} is another each time. */
  example?: string | number | boolean;
}

export interface ObjectRequests {
  create?: CreateRequest;
  update?: RestRequest;
  /** changes: the body has what changes. whole: the object is read, changed and written back. */
  updateWith?: 'changes' | 'whole';
  get?: RestRequest;
  find?: FindRequest;
  list?: RestRequest;
  /** Where access is taken and given by requests of their own. */
  deactivate?: RestRequest;
  reactivate?: RestRequest;
  delete?: RestRequest;
  /** One member a call; or several, added and removed at once. */
  addMember?: RestRequest;
  removeMember?: RestRequest;
  changeMembers?: RestRequest;
  read?: ObjectReading;
  /** What searches and lists return is incomplete: each object is read by itself. */
  readEach?: boolean;
  paging?: Paging;
  attributes?: KnownAttribute[];
}

export type RequestName = {
  [Key in keyof ObjectRequests]-?: NonNullable<ObjectRequests[Key]> extends RestRequest ? Key : never;
}[keyof ObjectRequests];

/** What answers mean where statuses do not say it: JSONata over the answer, true or false. */
export interface AnswerMeanings {
  /** Of an answer with a status of success. */
  failed?: string;
  conflict?: string;
  notFound?: string;
  denied?: string;
  retry?: string;
  /** The text for people. */
  message?: string;
}

/** Names of headers an app tells its limits in, where they are names of its own. */
export interface RateHeaders {
  limit?: string;
  remaining?: string;
  reset?: string;
  retryAfter?: string;
}

/** How requests are signed, where the credentials have a signing secret. */
export interface SignatureForm {
  /** standard-webhooks: the headers webhook-id, webhook-timestamp, webhook-signature. custom: as the rest says. */
  style: 'standard-webhooks' | 'custom';
  header?: string;
  algorithm?: 'sha256' | 'sha512';
  encoding?: 'hex' | 'base64';
  /** What is signed: {id}, {timestamp} (epoch seconds), {method}, {path} (with the query), {body}. */
  content?: string;
  /** The header's value: {signature}, and {timestamp} and {id}. */
  value?: string;
}

/** What an admin sets for a REST connection. Described for the form in settings-schema.ts. */
export interface RestSettings {
  preset: string;
  baseUrl: string;
  timeoutMs: number;
  maxAnswerBytes: number;
  connections: number;
  pageSize: number;
  membersPerCall: number;
  bodyFormat: 'json' | 'form' | 'text';
  /** Left out: what belongs to the format. */
  contentType?: string;
  /** Sent with every request. */
  headers: Record<string, string>;
  query: Record<string, string>;
  users: ObjectRequests;
  groups?: ObjectRequests;
  /** What the test sends first. Left out: the list of users, a search or a look at one. */
  test?: RestRequest;
  answers: AnswerMeanings;
  rateHeaders: RateHeaders;
  signature: SignatureForm;
  caCertificates?: string;
  writeProbe: boolean;
}

/** Given beside each kind of credentials: two while one takes the place of the other. */
export interface SigningSecrets {
  signingSecret?: string;
  previousSigningSecret?: string;
}

export interface OAuthClient {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  scope?: string;
  clientAuthentication?: 'header' | 'body';
  tokenParameters?: Record<string, string>;
}

export type RestCredentials = ClientCertificate &
  SigningSecrets &
  (
    | { type: 'none' }
    | { type: 'signature' }
    | { type: 'certificate' }
    | { type: 'basic'; username: string; password: string }
    | { type: 'bearer'; token: string }
    | { type: 'header'; name: string; value: string }
    | { type: 'query'; name: string; value: string }
    | ({ type: 'oauth2-client-credentials' } & OAuthClient)
    | ({ type: 'oauth2-refresh-token'; refreshToken: string } & OAuthClient)
  );

export const defaultSettings: Omit<RestSettings, 'baseUrl'> = {
  preset: 'generic',
  timeoutMs: 30_000,
  maxAnswerBytes: 16 << 20,
  connections: 16,
  pageSize: 100,
  membersPerCall: 100,
  bodyFormat: 'json',
  headers: {},
  query: {},
  users: {},
  answers: {},
  rateHeaders: {},
  signature: { style: 'standard-webhooks' },
  writeProbe: false,
};
