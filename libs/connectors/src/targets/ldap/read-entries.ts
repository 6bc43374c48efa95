import { escapeFilter, type Entry } from 'ldapts';
import type { Outcome, RemoteObject, SubjectType } from '../../contract.js';
import { attributesAllowed } from './directory-schema.js';
import { attributesAskedFor, checkAttribute, isId, readEntry } from './entry-values.js';
import type { Listed } from './listings.js';
import { Refused } from './result-codes.js';
import { textsOf, type Work } from './server-link.js';
import type { Session } from './session.js';
import { readMembers } from './read-members.js';
import { memberAttributeOf } from './settings.js';
import { activeValues } from './active-state.js';
import { refused } from './write-values.js';

const enoughMatches = 10;

export async function getEntry(
  session: Session,
  type: SubjectType,
  id: string,
  work: Work,
  members?: boolean,
): Promise<Outcome<RemoteObject>> {
  const entries = isId(id)
    ? await session.searchAll(work, type, {
        filter: session.filterOf(type, escapeFilter`(entryUUID=${id})`),
        attributes: await attributesFor(session, work, type),
      })
    : [];
  const value = objects(session, type, entries)[0];
  if (value && members && type === 'group')
    value.members = await readMembers(session, work, String(value.attributes.dn));
  if (value) return { kind: 'ok', value, calls: work.calls, answer: 'LDAP 0' };
  session.forget(id);
  return { kind: 'not-found', message: 'There is no entry with this entryUUID.', calls: work.calls };
}

/** Case counts as the attribute's matching rule has it: the server compares. */
export async function findEntries(
  session: Session,
  type: SubjectType,
  key: { attribute: string; value: string },
  work: Work,
): Promise<Outcome<RemoteObject[]>> {
  const wrong = checkAttribute(type, key.attribute) ?? (key.attribute === 'active' ? 'active' : undefined);
  if (wrong !== undefined)
    throw refused(
      'unsearchable',
      key.attribute,
      `Accounts cannot be looked for by ${key.attribute}.`,
      'Match by an attribute such as uid, mail or employeeNumber.',
    );
  if (key.value === '') return { kind: 'ok', value: [] };
  const entries = await session.searchAll(work, type, {
    filter: session.filterOf(type, escapeFilter`(${key.attribute}=${key.value})`),
    attributes: await attributesFor(session, work, type),
    sizeLimit: enoughMatches,
  });
  return { kind: 'ok', value: objects(session, type, entries), calls: work.calls, answer: 'LDAP 0' };
}

export const listedEntries = (session: Session): Listed => ({
  basesOf: (type) => session.basesOf(type),
  filterOf: (type, further) => session.filterOf(type, further),
  attributesOf: (type, work) => attributesFor(session, work, type),
  objectsOf: (type, entries) => objects(session, type, entries),
  sizeRemedy:
    'Raise it for the service account: olcLimits with size.soft, size.hard and size.prtotal unlimited.',
});

function objects(session: Session, type: SubjectType, entries: Entry[]): RemoteObject[] {
  const now = Date.now();
  return entries.flatMap((entry) => {
    const object = readEntry(type, entry, session.settings, now);
    if (!object) throw new Refused(noId);
    session.remember(object.id, textsOf(entry, 'dn')[0] ?? entry.dn);
    return [object];
  });
}

async function attributesFor(session: Session, work: Work, type: SubjectType): Promise<string[]> {
  const { settings } = session;
  if (type === 'user') {
    const standing = activeValues(false, settings);
    return [...attributesAskedFor('user', []), ...(standing ? [standing.attribute] : [])];
  }
  const { must, may } = attributesAllowed(await session.schema(work), [settings.groupObjectClass]);
  const members = memberAttributeOf[settings.groupObjectClass].attribute.toLowerCase();
  const readable = [...must, ...may].filter(
    (name) => name.toLowerCase() !== members && name.toLowerCase() !== 'userpassword',
  );
  return attributesAskedFor('group', readable);
}

const noId = {
  kind: 'rejected' as const,
  code: 'no-id',
  message: 'The server does not show the entryUUID of entries.',
  remedy: 'Give the service account the right to read entryUUID.',
};
