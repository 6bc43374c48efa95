import { createPrivateKey } from 'node:crypto';
import type { Wrong } from '../../contract.js';
import { checkAuthorities } from '../../http/check-certificates.js';
import { Path } from './parse-xml.js';
import { isKnownCountry } from './phone-number.js';
import {
  completeSettings,
  firstVersionWithWriteBack,
  versionOf,
  type WorkdayCredentials,
  type WorkdaySettings,
} from './settings.js';
import { dayAt } from './tenant-time.js';
import { workedOut } from './worker-attributes.js';

/** What the JSON Schemas cannot say. */
export function checkParts({ settings, credentials }: { settings?: object; credentials?: object }): Wrong[] {
  return [
    ...(settings ? checkSettings(settings as Partial<WorkdaySettings>) : []),
    ...(credentials ? checkCredentials(credentials as WorkdayCredentials) : []),
  ];
}

function checkSettings(given: Partial<WorkdaySettings>): Wrong[] {
  if (given.url === undefined || given.tenant === undefined || given.timeZone === undefined) return [];
  const settings = completeSettings(given);
  const wrong: Wrong[] = [];
  const add = (field: string, message: string) => wrong.push({ field: `settings.${field}`, message });
  if (!URL.canParse(settings.url)) add('url', 'is no address: https://host.');
  if (!works(() => dayAt(0, settings.timeZone)))
    add('timeZone', 'is not a time zone: give its IANA name, such as America/Los_Angeles.');
  if (settings.mode === 'raas' && settings.report === undefined)
    add('report', 'is missing: owner/report, from the URL of the report.');
  if (settings.writeBack && versionOf(settings) < firstVersionWithWriteBack)
    add(
      'apiVersion',
      `is too old for writing back: v${firstVersionWithWriteBack}.0 or later, or switch write-back off.`,
    );
  if (!isKnownCountry(settings.phoneCountry))
    add('phoneCountry', 'is not a country with a calling code: ISO 3166-1 alpha-3, such as USA.');
  for (const [name, expression] of Object.entries(settings.xpaths)) {
    if (workedOut(name)) add(`xpaths.${name}`, 'is worked out by the connector: give yours another name.');
    else if (!works(() => new Path(expression)))
      add(`xpaths.${name}`, 'is not XPath 1.0. Escape no characters; the only prefix is wd.');
    else if (!expression.includes('wd:Worker'))
      add(`xpaths.${name}`, 'does not begin at wd:Worker, so it finds nothing.');
  }
  return [...wrong, ...checkAuthorities(settings)];
}

function checkCredentials(credentials: WorkdayCredentials): Wrong[] {
  if (credentials.type !== 'oauth-jwt-bearer') return [];
  const field = 'credentials.privateKey';
  try {
    if (createPrivateKey(credentials.privateKey).asymmetricKeyType === 'rsa') return [];
    return [{ field, message: 'is not an RSA key: Workday takes assertions signed with RS256.' }];
  } catch {
    return [
      {
        field,
        message: 'is not a private key in PEM without a passphrase: remove the passphrase with openssl.',
      },
    ];
  }
}

function works(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
