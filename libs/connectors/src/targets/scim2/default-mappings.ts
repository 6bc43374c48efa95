import { enterpriseUserSchema } from '@rollcall/scim';
import type { AttributeMapping, Mappings } from '../../contract.js';

const same = (path: string): AttributeMapping => ({ source: path, target: path, apply: 'always' });

/** The attributes of the Entra gallery mappings, with title, manager, employee number and language. */
export const defaultMappings: Mappings = {
  users: {
    matching: [{ source: 'userName', target: 'userName' }],
    attributes: [
      same('userName'),
      { ...same('active'), default: true },
      same('displayName'),
      same('externalId'),
      same('name.givenName'),
      same('name.familyName'),
      same('name.formatted'),
      same('emails[type eq "work"].value'),
      same('phoneNumbers[type eq "work"].value'),
      same('phoneNumbers[type eq "mobile"].value'),
      same('addresses[type eq "work"].streetAddress'),
      same('addresses[type eq "work"].locality'),
      same('addresses[type eq "work"].region'),
      same('addresses[type eq "work"].postalCode'),
      same('addresses[type eq "work"].country'),
      same('title'),
      same('userType'),
      same('preferredLanguage'),
      same('timezone'),
      same(`${enterpriseUserSchema.id}:employeeNumber`),
      same(`${enterpriseUserSchema.id}:department`),
      { ...same(`${enterpriseUserSchema.id}:manager.value`), kind: 'reference' },
    ],
  },
  groups: {
    matching: [{ source: 'displayName', target: 'displayName' }],
    attributes: [same('displayName'), same('externalId')],
  },
};
