import { enterpriseUserSchema } from '@rollcall/scim';
import type { AttributeMapping, Mappings } from '../../contract.js';
import { type CsvSettings, defaultSettings } from './settings.js';

const to = (source: string, target: string): AttributeMapping => ({ source, target, apply: 'always' });
const enterprise = (attribute: string, target = attribute) =>
  to(`${enterpriseUserSchema.id}:${attribute}`, target);

/** Everything that is usual; a connection has those whose columns its files have. */
const users = ({
  userKey,
  activeColumn,
}: Pick<CsvSettings, 'userKey' | 'activeColumn'>): AttributeMapping[] => [
  to('userName', userKey),
  ...(activeColumn === undefined ? [] : [{ ...to('active', activeColumn), default: true }]),
  to('externalId', 'externalId'),
  to('name.givenName', 'givenName'),
  to('name.familyName', 'familyName'),
  to('displayName', 'displayName'),
  to('emails[type eq "work"].value', 'email'),
  to('phoneNumbers[type eq "work"].value', 'phone'),
  to('phoneNumbers[type eq "mobile"].value', 'mobile'),
  to('title', 'title'),
  enterprise('employeeNumber'),
  enterprise('department'),
  enterprise('costCenter'),
  enterprise('organization', 'company'),
  to('addresses[type eq "work"].locality', 'city'),
  to('addresses[type eq "work"].country', 'country'),
  to('userType', 'userType'),
  to('preferredLanguage', 'preferredLanguage'),
  { ...enterprise('manager.value', 'manager'), kind: 'reference' },
];

export function defaultMappingsWith(
  settings: Pick<CsvSettings, 'userKey' | 'activeColumn' | 'groupKey' | 'userColumns' | 'groupColumns'>,
): Mappings {
  const { userKey, groupKey, userColumns, groupColumns } = settings;
  return {
    users: {
      matching: [{ source: 'userName', target: userKey }],
      attributes: users(settings).filter(({ target }) => userColumns.includes(target)),
    },
    groups: {
      matching: [{ source: 'displayName', target: groupKey }],
      attributes: [to('displayName', groupKey), to('externalId', 'externalId')].filter(({ target }) =>
        groupColumns.includes(target),
      ),
    },
  };
}

export const defaultMappings = defaultMappingsWith(defaultSettings);
