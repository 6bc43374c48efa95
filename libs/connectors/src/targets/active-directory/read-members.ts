import { escapeFilter } from 'ldapts';
import type { RemoteObject } from '../../contract.js';
import { textsOf, valuesOf, type Work } from '../ldap/server-link.js';
import type { Domain } from './domain.js';
import { byGuid, guidText, readExtendedName } from './guid.js';
import { rangeOf, readRange } from './range-retrieval.js';
import { ExtendedNames } from './request-controls.js';

/** The members of a group by id, range by range: no domain controller gives all of a large group at once. */
export async function readMembers(
  domain: Domain,
  work: Work,
  groupId: string,
): Promise<RemoteObject['members']> {
  const ids: string[] = [];
  let groupName = '';
  for (let from: number | undefined = 0; from !== undefined;) {
    const [group] = await domain.search(work, byGuid(groupId), {
      scope: 'base',
      attributes: [rangeOf('member', from, domain.settings.membersPerRead)],
      controls: [new ExtendedNames()],
    });
    if (!group) break;
    groupName = readExtendedName(group.dn).dn;
    const { values, next } = readRange(group, 'member');
    for (const value of values) {
      const { guid } = readExtendedName(value);
      if (guid !== undefined) ids.push(guid);
    }
    from = next;
  }
  const nested = ids.length > 0 ? await nestedGroups(domain, work, groupName) : new Set<string>();
  return ids.map((id) => ({ id, type: nested.has(id) ? 'group' : 'user' }));
}

/** Names do not tell what they are names of. */
async function nestedGroups(domain: Domain, work: Work, groupName: string): Promise<Set<string>> {
  const { domain: base } = await domain.facts(work);
  const filter = domain.filterOf('group', escapeFilter`(memberOf=${groupName})`);
  const call = domain.call('SEARCH', base, { filter, attributes: ['objectGUID'] });
  const groups = await domain.run({ work, call }, async (client) => {
    const { searchEntries } = await client.search(base, {
      filter,
      attributes: ['objectGUID'],
      explicitBufferAttributes: domain.binaryAttributes,
      paged: { pageSize: domain.settings.pageSize },
    });
    return searchEntries;
  });
  return new Set(
    groups.flatMap((group) => {
      const [id] = valuesOf(group, 'objectGUID');
      return Buffer.isBuffer(id) ? [guidText(id)] : [];
    }),
  );
}

/** Names of the groups an object is in; its primary group is not among them. */
export async function groupsOf(domain: Domain, work: Work, id: string): Promise<string[]> {
  const [entry] = await domain.search(work, byGuid(id), { scope: 'base', attributes: ['memberOf'] });
  return textsOf(entry, 'memberOf');
}
