import { FilterParser } from 'ldapts';
import type { Wrong } from '../../contract.js';
import { checkAuthorities } from '../../http/check-certificates.js';
import { checkCredentials, parses } from '../ldap/check-parts.js';
import { bindCredentials, type DomainCredentials, type DomainSettings } from './settings.js';

const globalCatalogPorts = new Set(['3268', '3269']);

/** What the JSON Schemas cannot say. */
export function checkParts({ settings, credentials }: { settings?: object; credentials?: object }): Wrong[] {
  return [
    ...(settings ? checkSettings(settings as Partial<DomainSettings>) : []),
    ...(credentials ? checkCredentials(bindCredentials(credentials as DomainCredentials)) : []),
  ];
}

function checkSettings(settings: Partial<DomainSettings>): Wrong[] {
  const { url, security, userFilter } = settings;
  const wrong: Wrong[] = [];
  const of = (field: string, message: string) => wrong.push({ field: `settings.${field}`, message });
  if (url !== undefined && !URL.canParse(url))
    of('url', 'is no address: ldap://dc1.corp.example.com or ldaps://dc1.corp.example.com.');
  else if (url !== undefined && globalCatalogPorts.has(new URL(url).port))
    of('url', 'is the global catalog (3268, 3269), which takes no changes: give port 389 or 636, or none.');
  else if (url?.startsWith('ldaps:') && security === 'starttls')
    of('security', 'must be ldaps, or left out, with an address of ldaps://.');
  if (userFilter !== undefined && !isFilter(userFilter))
    of('userFilter', 'is not an LDAP filter such as (!(employeeType=service)).');
  return [...wrong, ...checkAuthorities(settings)];
}

/** The parser closes what was left open, and would close it at another place in a longer filter. */
const isFilter = (text: string): boolean =>
  text.split('(').length === text.split(')').length && parses(() => FilterParser.parseString(text));
