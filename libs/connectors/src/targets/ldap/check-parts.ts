import { createPrivateKey, X509Certificate } from 'node:crypto';
import { FilterParser } from 'ldapts';
import { completeSettings, type LdapCredentials, type LdapSettings } from './settings.js';

export type Wrong = { field: string; message: string };

/** What the JSON Schemas cannot say. */
export function checkParts({ settings, credentials }: { settings?: object; credentials?: object }): Wrong[] {
  return [
    ...(settings ? checkSettings(settings as Partial<LdapSettings>) : []),
    ...(credentials ? checkCredentials(credentials as LdapCredentials) : []),
  ];
}

function checkSettings(given: Partial<LdapSettings>): Wrong[] {
  if (given.url === undefined || given.userBase === undefined) return [];
  const settings = completeSettings(given);
  const wrong: Wrong[] = [];
  const { userFilter, caCertificates, disableBy, disabledBase, disableAttribute, disabledValue } = settings;
  if (!URL.canParse(settings.url))
    wrong.push({
      field: 'settings.url',
      message: 'is no address: ldap://host or ldaps://host, with a port if need be.',
    });
  if (userFilter !== undefined && !parses(() => FilterParser.parseString(userFilter)))
    wrong.push({
      field: 'settings.userFilter',
      message: 'is not an LDAP filter such as (!(employeeType=service)).',
    });
  if (caCertificates !== undefined && !parses(() => new X509Certificate(caCertificates)))
    wrong.push({
      field: 'settings.caCertificates',
      message: 'is not a PEM certificate: copy it again, with both of its lines of dashes.',
    });
  if (disableBy === 'move' && disabledBase === undefined)
    wrong.push({
      field: 'settings.disabledBase',
      message: 'is missing: where disabled accounts are moved to.',
    });
  if (disableBy === 'attribute' && disableAttribute === undefined)
    wrong.push({
      field: 'settings.disableAttribute',
      message: 'is missing: the attribute that disables an account.',
    });
  if (disableBy === 'attribute' && disabledValue === undefined)
    wrong.push({
      field: 'settings.disabledValue',
      message: 'is missing: its value when the account is disabled.',
    });
  for (const kind of ['uid', 'gid'] as const) {
    if (settings[`${kind}NumberFrom`] > settings[`${kind}NumberTo`])
      wrong.push({ field: `settings.${kind}NumberTo`, message: `must not be below ${kind}NumberFrom.` });
  }
  if (settings.url.startsWith('ldaps:') && given.security !== undefined && given.security !== 'ldaps')
    wrong.push({
      field: 'settings.security',
      message: 'must be ldaps, or left out, with an address of ldaps://.',
    });
  return wrong;
}

export function checkCredentials(credentials: LdapCredentials): Wrong[] {
  if (credentials.type !== 'certificate') return [];
  const wrong: Wrong[] = [];
  const { certificate, privateKey } = credentials;
  const keyReads = parses(() => createPrivateKey(privateKey));
  if (!keyReads)
    wrong.push({ field: 'credentials.privateKey', message: 'is not a PEM private key without passphrase.' });
  if (!parses(() => new X509Certificate(certificate)))
    wrong.push({ field: 'credentials.certificate', message: 'is not a PEM certificate.' });
  else if (keyReads && !new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey)))
    wrong.push({ field: 'credentials.privateKey', message: 'does not belong to the certificate.' });
  return wrong;
}

export function parses(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
