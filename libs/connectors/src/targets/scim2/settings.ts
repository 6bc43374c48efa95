/** What an admin sets for a SCIM 2.0 connection. Described for the form in settings-schema.ts. */
export interface Scim2Settings {
  baseUrl: string;
  preset: string;
  timeoutMs: number;
  maxAnswerBytes: number;
  connections: number;
  pageSize: number;
  contentType: 'application/scim+json' | 'application/json';
  groups: boolean;
  membersPerCall: number;
  memberRemoval: 'filter' | 'values';
  caCertificates?: string;
}

export type Scim2Credentials =
  | { type: 'bearer'; token: string }
  | { type: 'basic'; username: string; password: string }
  | {
      type: 'oauth2-client-credentials';
      tokenUrl: string;
      clientId: string;
      clientSecret: string;
      scope?: string;
      clientAuthentication?: 'header' | 'body';
    };

export const defaultSettings: Omit<Scim2Settings, 'baseUrl'> = {
  preset: 'generic',
  timeoutMs: 30_000,
  maxAnswerBytes: 16 << 20,
  connections: 32,
  pageSize: 100,
  contentType: 'application/scim+json',
  groups: true,
  membersPerCall: 100,
  memberRemoval: 'filter',
};

export interface Preset {
  id: string;
  name: string;
  /** Where the admin finds what is still to be filled in. */
  note?: string;
  settings: Partial<Scim2Settings>;
}

export const presets: Preset[] = [
  { id: 'generic', name: 'Any SCIM 2.0 app', settings: {} },
  {
    id: 'exium',
    name: 'Exium',
    note: 'The bearer token is in the Exium workspace profile under SCIM Configuration.',
    settings: { baseUrl: 'https://subapi.exium.net/scim' },
  },
  {
    id: 'elium',
    name: 'Elium',
    note: 'Base URL: the tenant URL followed by /scim/v2. Tenant URL and token are in the Elium profile under Settings, Security.',
    settings: {},
  },
];

/** The admin's settings over the preset's over the defaults. */
export function completeSettings(given: Partial<Scim2Settings>): Scim2Settings {
  const preset = presets.find(({ id }) => id === given.preset);
  const settings = { ...defaultSettings, ...preset?.settings, ...given };
  if (settings.baseUrl === undefined) throw new TypeError('baseUrl is missing: the SCIM address of the app.');
  return settings as Scim2Settings;
}
