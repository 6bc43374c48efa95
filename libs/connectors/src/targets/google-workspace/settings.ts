/** What an admin sets for a Google Workspace connection. Described for the form in settings-schema.ts. */
export interface GoogleSettings {
  domain: string;
  customer: string;
  baseUrl: string;
  tokenUrl: string;
  scopes: string[];
  timeoutMs: number;
  maxAnswerBytes: number;
  connections: number;
  pageSize: number;
  disableBy: 'suspend' | 'archive';
  oldAddress: 'keep' | 'remove';
  restoreDeleted: 'same-person' | 'always' | 'never';
  resolveConflictAccount: boolean;
  groups: boolean;
  membersPerCall: number;
  caCertificates?: string;
  writeProbe: boolean;
}

export type GoogleCredentials =
  | { type: 'service-account'; key: string; subject?: string }
  | { type: 'refresh-token'; clientId: string; clientSecret: string; refreshToken: string };

const scope = (name: string) => `https://www.googleapis.com/auth/admin.directory.${name}`;

const userScopes = [scope('user'), scope('userschema.readonly')];
const groupScopes = [scope('group')];

export const defaultSettings: Omit<GoogleSettings, 'domain'> = {
  customer: 'my_customer',
  baseUrl: 'https://admin.googleapis.com',
  tokenUrl: 'https://oauth2.googleapis.com/token',
  scopes: [...userScopes, ...groupScopes],
  timeoutMs: 30_000,
  maxAnswerBytes: 16 << 20,
  connections: 8,
  pageSize: 500,
  disableBy: 'suspend',
  oldAddress: 'keep',
  restoreDeleted: 'same-person',
  resolveConflictAccount: false,
  groups: true,
  membersPerCall: 50,
  writeProbe: false,
};

/** The admin's settings over the defaults. Without groups their scope is not asked for. */
export function completeSettings(given: Partial<GoogleSettings>): GoogleSettings {
  if (given.domain === undefined)
    throw new TypeError('domain is missing: the primary domain of the Google Workspace account.');
  const scopes = given.groups === false ? userScopes : defaultSettings.scopes;
  return { ...defaultSettings, scopes, ...given, domain: given.domain.toLowerCase() };
}
