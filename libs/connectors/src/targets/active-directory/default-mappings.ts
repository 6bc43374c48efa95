import { enterpriseUserSchema } from '@rollcall/scim';
import type { AttributeMapping, Mappings } from '../../contract.js';
import type { DomainSettings } from './settings.js';

const to = (source: string, target: string): AttributeMapping => ({ source, target, apply: 'always' });
const made = (expression: string, target: string): AttributeMapping => ({
  expression,
  target,
  apply: 'always',
});

/** What stands before the @, in the characters every part of Windows takes. */
const plainName = (userName: string) =>
  `$replace($ToLower($NormalizeDiacritics($substringBefore(${userName}, "@"))), /[^a-z0-9_-]+/, ".")`;
const cut = (text: string, most: number) => `$replace($Left(${text}, ${most}), /[.]+$/, "")`;

/** Accounts have 20 characters at most; who finds the name taken gets a number. */
const accountName = `$SelectUniqueValue(${cut(plainName('userName'), 20)}, [2..30].(${cut(plainName('$$.userName'), 17)} & $string($)))`;

const country = '$Attribute("addresses[type eq \\"work\\"].country")';

export function mappingsWith(suffix: string | undefined): Mappings {
  const principalName =
    suffix === undefined
      ? { source: 'userName' }
      : { expression: `$substringBefore(userName, "@") & "@${suffix}"` };
  return {
    users: {
      matching: [{ ...principalName, target: 'userPrincipalName' }],
      attributes: [
        { ...principalName, target: 'userPrincipalName', apply: 'always' },
        { ...made(accountName, 'sAMAccountName'), apply: 'create' },
        made('$Left(displayName ? displayName : userName, 64)', 'cn'),
        { ...to('active', 'active'), default: true },
        to('displayName', 'displayName'),
        to('name.givenName', 'givenName'),
        to('name.familyName', 'sn'),
        to('emails[type eq "work"].value', 'mail'),
        to('phoneNumbers[type eq "work"].value', 'telephoneNumber'),
        to('phoneNumbers[type eq "mobile"].value', 'mobile'),
        to('phoneNumbers[type eq "fax"].value', 'facsimileTelephoneNumber'),
        to('title', 'title'),
        to('preferredLanguage', 'preferredLanguage'),
        to('addresses[type eq "work"].streetAddress', 'streetAddress'),
        to('addresses[type eq "work"].locality', 'l'),
        to('addresses[type eq "work"].region', 'st'),
        to('addresses[type eq "work"].postalCode', 'postalCode'),
        made(`$length(${country}) = 2 ? $ToUpper(${country})`, 'c'),
        made(`$length(${country}) > 2 ? ${country}`, 'co'),
        to(`${enterpriseUserSchema.id}:department`, 'department'),
        to(`${enterpriseUserSchema.id}:organization`, 'company'),
        to(`${enterpriseUserSchema.id}:division`, 'division'),
        to(`${enterpriseUserSchema.id}:employeeNumber`, 'employeeNumber'),
        { ...to(`${enterpriseUserSchema.id}:manager.value`, 'manager'), kind: 'reference' },
      ],
    },
    groups: {
      matching: [{ expression: '$Left(displayName, 64)', target: 'cn' }],
      attributes: [
        made('$Left(displayName, 64)', 'cn'),
        made(
          String.raw`$replace($replace($Left(displayName, 64), /["\/\\\[\]:;|=,+*?<>@]/, "_"), /[.]+$/, "")`,
          'sAMAccountName',
        ),
        to('displayName', 'displayName'),
      ],
    },
  };
}

export const defaultMappings = mappingsWith(undefined);

export const defaultMappingsWith = ({ upnSuffix }: Pick<DomainSettings, 'upnSuffix'>): Mappings =>
  mappingsWith(upnSuffix);
