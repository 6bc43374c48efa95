/** What an admin sets for a Workday connection. Described for the form in settings-schema.ts. */
export interface WorkdaySettings {
  /** Scheme and host of the tenant's web services. */
  url: string;
  tenant: string;
  /** IANA name: whose midnight ends a last day. */
  timeZone: string;
  mode: 'soap' | 'raas';
  apiVersion: string;
  workerTypes: 'all' | 'employees' | 'contingent-workers';
  preHireDays: number;
  accessEnds: 'after-last-day' | 'before-last-day';
  /** Attribute and where its value is: XPath 1.0 from the parent of wd:Worker, prefix wd. */
  xpaths: Record<string, string>;
  /** Names of further Include_ elements of the Response_Group. */
  include: string[];
  pageSize: number;
  overlapMinutes: number;
  /** owner/report, as in the report's URL. */
  report?: string;
  reportFormat: 'json' | 'csv';
  reportPrompts: Record<string, string>;
  /** Attribute and the column it comes from. Other columns are attributes of their own name. */
  reportColumns: Record<string, string>;
  updatedFromPrompt?: string;
  updatedThroughPrompt?: string;
  workerPrompt?: string;
  writeBack: boolean;
  /** ISO 3166-1 alpha-3: of numbers without a calling code, and which of several countries with the same. */
  phoneCountry: string;
  probeWorkerId?: string;
  timeoutMs: number;
  maxAnswerBytes: number;
  maxReportBytes: number;
  connections: number;
  caCertificates?: string;
}

export type WorkdayCredentials =
  | { type: 'isu'; username: string; password: string }
  | {
      type: 'oauth-refresh-token';
      clientId: string;
      clientSecret: string;
      refreshToken: string;
      tokenUrl?: string;
    }
  | {
      type: 'oauth-jwt-bearer';
      clientId: string;
      username: string;
      privateKey: string;
      audience?: string;
      tokenUrl?: string;
    };

export const defaultSettings = {
  mode: 'soap',
  apiVersion: 'v42.0',
  workerTypes: 'all',
  preHireDays: 0,
  accessEnds: 'after-last-day',
  xpaths: {},
  include: [],
  pageSize: 100,
  overlapMinutes: 10,
  reportFormat: 'json',
  reportPrompts: {},
  reportColumns: {},
  writeBack: true,
  phoneCountry: 'USA',
  timeoutMs: 120_000,
  maxAnswerBytes: 64 << 20,
  maxReportBytes: 2 ** 31,
  connections: 4,
} satisfies Partial<WorkdaySettings>;

export function completeSettings(given: Partial<WorkdaySettings>): WorkdaySettings {
  const { url, tenant, timeZone } = given;
  if (url === undefined || tenant === undefined || timeZone === undefined)
    throw new TypeError('url, tenant and timeZone are needed: see the settings of the connector.');
  return { ...defaultSettings, ...given, url, tenant, timeZone };
}

/** `v42.0` is 42. */
export const versionOf = ({ apiVersion }: Pick<WorkdaySettings, 'apiVersion'>): number =>
  Number(apiVersion.slice(1));

/** Before, Change_Work_Contact_Information is missing or takes phone numbers in parts. Each tenant has all versions. */
export const firstVersionWithWriteBack = 36;
