import { escapeFilter } from 'ldapts';
import type { RemoteObject, SubjectType } from '../../contract.js';
import { sameName } from './distinguished-name.js';
import { textsOf, type Work } from './server-link.js';
import type { Session } from './session.js';
import { memberAttributeOf, placeholderOf } from './settings.js';

const valuesPerSearch = 50;

/** The members of a group by id. The placeholder, and names without an entry, are nobody. */
export async function readMembers(
  session: Session,
  work: Work,
  groupName: string,
): Promise<RemoteObject['members']> {
  const { settings } = session;
  const { attribute, holds } = memberAttributeOf[settings.groupObjectClass];
  const [group] = await session.search(work, groupName, { scope: 'base', attributes: [attribute] });
  const placeholder = placeholderOf(settings);
  const values = textsOf(group, attribute).filter(
    (value) => holds === 'uid' || !sameName(value, placeholder),
  );
  const by = holds === 'uid' ? 'uid' : 'entryDN';
  const types: SubjectType[] = holds === 'uid' ? ['user'] : ['user', 'group'];
  const members: NonNullable<RemoteObject['members']> = [];
  for (let from = 0; from < values.length; from += valuesPerSearch) {
    const chunk = values.slice(from, from + valuesPerSearch);
    const anyOf = `(|${chunk.map((value) => escapeFilter`(${by}=${value})`).join('')})`;
    for (const type of types) {
      const entries = await session.searchAll(work, type, {
        filter: session.filterOf(type, anyOf),
        attributes: ['entryUUID'],
      });
      for (const entry of entries) {
        const [id] = textsOf(entry, 'entryUUID');
        if (id !== undefined) members.push({ id, type });
      }
    }
  }
  return members;
}
