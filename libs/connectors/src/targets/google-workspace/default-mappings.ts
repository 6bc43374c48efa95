import { enterpriseUserSchema } from '@rollcall/scim';
import type { AttributeMapping, Mappings } from '../../contract.js';

const line = (source: string, target: string): AttributeMapping => ({ source, target, apply: 'always' });
const enterprise = (name: string) => `${enterpriseUserSchema.id}:${name}`;

/** Google requires both names, and takes 60 characters of each. */
const name = (source: string, target: string): AttributeMapping => ({
  expression: `$Left($Coalesce(${source}, displayName, userName), 60)`,
  target,
  apply: 'always',
});

/**
 * A group's address is made of its name once, and stays when the group is renamed. A name without a Latin letter
 * or digit gives none: the external id stands in for it.
 */
const groupAddress = (domain: string): string =>
  `($name := $replace($replace($lowercase($NormalizeDiacritics(displayName)), /[^a-z0-9]+/, "-"), /^-|-$/, ""); ` +
  `($name = "" ? "group-" & $lowercase(externalId) : $name) & "@${domain}")`;

export const defaultMappingsWith = (domain: string): Mappings => ({
  users: {
    matching: [{ source: 'userName', target: 'primaryEmail' }],
    attributes: [
      line('userName', 'primaryEmail'),
      { ...line('active', 'active'), default: true },
      name('name.givenName', 'name.givenName'),
      name('name.familyName', 'name.familyName'),
      line('displayName', 'name.displayName'),
      line('externalId', 'externalIds[customType eq "rollcall"].value'),
      line(enterprise('employeeNumber'), 'externalIds[type eq "organization"].value'),
      line('emails[type eq "home"].value', 'emails[type eq "home"].address'),
      line('emails[type eq "other"].value', 'emails[type eq "other"].address'),
      line('phoneNumbers[type eq "work"].value', 'phones[type eq "work"].value'),
      line('phoneNumbers[type eq "mobile"].value', 'phones[type eq "mobile"].value'),
      line('title', 'organizations[primary eq true].title'),
      line('userType', 'organizations[primary eq true].description'),
      line(enterprise('department'), 'organizations[primary eq true].department'),
      line(enterprise('costCenter'), 'organizations[primary eq true].costCenter'),
      line(enterprise('organization'), 'organizations[primary eq true].name'),
      {
        ...line(enterprise('manager.value'), 'relations[type eq "manager"].value'),
        kind: 'reference',
      },
      line('addresses[type eq "work"].streetAddress', 'addresses[type eq "work"].streetAddress'),
      line('addresses[type eq "work"].locality', 'addresses[type eq "work"].locality'),
      line('addresses[type eq "work"].region', 'addresses[type eq "work"].region'),
      line('addresses[type eq "work"].postalCode', 'addresses[type eq "work"].postalCode'),
      line('addresses[type eq "work"].country', 'addresses[type eq "work"].country'),
      line('preferredLanguage', 'languages[preference eq "preferred"].languageCode'),
    ],
  },
  groups: {
    matching: [{ expression: groupAddress(domain), target: 'email' }],
    attributes: [
      { expression: groupAddress(domain), target: 'email', apply: 'create' },
      line('displayName', 'name'),
    ],
  },
});
