import { clouds, type Cloud } from './clouds.js';

/** What an admin sets for a Microsoft Entra tenant. Described for the form in settings-schema.ts. */
export interface GraphSettings {
  preset: Cloud;
  /** Id or a domain of the tenant. */
  tenant: string;
  /** Where tokens are issued. */
  authority: string;
  /** With the version: https://graph.microsoft.com/v1.0 */
  graphUrl: string;
  timeoutMs: number;
  connections: number;
  pageSize: number;
  maxAnswerBytes: number;
  groups: boolean;
  groupType: 'security' | 'microsoft365';
  forcePasswordChange: boolean;
  revokeSessions: boolean;
  /** Whom of the deleted users of the name a new one is. */
  restoreDeleted: 'same-person' | 'always' | 'never';
  /** Names of directory extensions that are read: extension_<app id>_<name>. */
  extensionAttributes: string[];
  caCertificates?: string;
  writeProbe: boolean;
  probeDomain?: string;
}

export type GraphCredentials =
  | { type: 'client-secret'; clientId: string; clientSecret: string }
  /** PEM. The certificate is registered at the app, the key signs an assertion (RFC 7523). */
  | { type: 'certificate'; clientId: string; certificate: string; privateKey: string };

export const defaultSettings: Omit<GraphSettings, 'tenant' | 'authority' | 'graphUrl'> = {
  preset: 'global',
  timeoutMs: 30_000,
  connections: 16,
  pageSize: 500,
  maxAnswerBytes: 32 << 20,
  groups: true,
  groupType: 'security',
  forcePasswordChange: true,
  revokeSessions: true,
  restoreDeleted: 'same-person',
  extensionAttributes: [],
  writeProbe: false,
};

/** The admin's settings over the cloud's over the defaults. */
export function completeSettings(given: Partial<GraphSettings>): GraphSettings {
  const { authority, graphUrl } = clouds[given.preset ?? defaultSettings.preset];
  const settings = { ...defaultSettings, authority, graphUrl, ...given };
  if (settings.tenant === undefined)
    throw new TypeError('tenant is missing: the id or a domain of the Entra tenant.');
  return settings as GraphSettings;
}
