import { escapeFilter, type Entry } from 'ldapts';
import type { Outcome, Refusal, RemoteObject, SubjectType } from '../../contract.js';
import { isId } from '../ldap/entry-values.js';
import type { Listed } from '../ldap/listings.js';
import { isCode, Refused, resultCode } from '../ldap/result-codes.js';
import type { Work } from '../ldap/server-link.js';
import { refused } from '../ldap/write-values.js';
import { flagNames } from './account-control.js';
import type { Domain } from './domain.js';
import { byGuid } from './guid.js';
import { checkAttribute, hasValue, parentName, passwordName, readObject } from './object-values.js';
import { readMembers } from './read-members.js';

const enoughMatches = 10;
const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${name}${at + 1}`);

/** Of accounts all that is stored. Of groups not: that would be the members, too, which are read by ranges. */
const attributesOf: Record<SubjectType, string[]> = {
  user: ['*'],
  group: [
    'objectGUID',
    'objectSid',
    'distinguishedName',
    'cn',
    'displayName',
    'sAMAccountName',
    'description',
    'mail',
    'mailNickname',
    'proxyAddresses',
    'info',
    'managedBy',
    'groupType',
    'adminDescription',
    'employeeID',
    'employeeNumber',
    'businessCategory',
    'wWWHomePage',
    'telephoneNumber',
    ...numbered('extensionAttribute', 15),
    ...numbered('msDS-cloudExtensionAttribute', 20),
  ],
};

export const gone: Refusal = { kind: 'not-found', message: 'There is no object with this objectGUID.' };

export async function getObject(
  domain: Domain,
  type: SubjectType,
  id: string,
  work: Work,
  members?: boolean,
): Promise<Outcome<RemoteObject>> {
  const entries = isId(id)
    ? await domain
        .search(work, byGuid(id), {
          scope: 'base',
          filter: domain.filterOf(type),
          attributes: attributesOf[type],
        })
        .catch((error: unknown) => {
          if (isCode(error, resultCode.noSuchObject)) return [];
          throw error;
        })
    : [];
  const [value] = objects(type, entries);
  if (!value) return { ...gone, calls: work.calls };
  if (members && type === 'group') value.members = await readMembers(domain, work, id);
  return { kind: 'ok', value, calls: work.calls, answer: 'LDAP 0' };
}

const notSearchable = new Set<string>([...flagNames, parentName, passwordName, 'accountExpires']);

export async function findObjects(
  domain: Domain,
  type: SubjectType,
  { attribute, value }: { attribute: string; value: string },
  work: Work,
): Promise<Outcome<RemoteObject[]>> {
  if (checkAttribute(type, attribute) !== undefined || notSearchable.has(attribute))
    throw refused(
      'unsearchable',
      attribute,
      `Objects cannot be looked for by ${attribute}.`,
      'Match by an attribute such as userPrincipalName, sAMAccountName or employeeID.',
    );
  if (value === '') return { kind: 'ok', value: [] };
  const entries = await domain.searchAll(work, type, {
    filter: domain.filterOf(type, escapeFilter`(${attribute}=${value})`),
    attributes: [...attributesOf[type], attribute],
    sizeLimit: enoughMatches,
  });
  const found = entries.filter((entry) => hasValue(entry, attribute, value));
  return { kind: 'ok', value: objects(type, found), calls: work.calls, answer: 'LDAP 0' };
}

export const listedObjects = (domain: Domain): Listed => ({
  basesOf: (type) => domain.basesOf(type),
  filterOf: (type, further) => domain.filterOf(type, further),
  attributesOf: (type) => Promise.resolve(attributesOf[type]),
  objectsOf: objects,
  sizeRemedy: 'Lower the page size to MaxPageSize of the query policy or below.',
});

function objects(type: SubjectType, entries: Entry[]): RemoteObject[] {
  return entries.map((entry) => {
    const object = readObject(type, entry);
    if (object) return object;
    throw new Refused({
      kind: 'rejected',
      code: 'no-id',
      message: 'The domain controller does not show the objectGUID of objects.',
      remedy: 'Give the service account the right to read all properties.',
    });
  });
}
