import { AndFilter, EqualityFilter } from 'ldapts';
import type { MemberChange, MembersResult, OperationContext, Outcome } from '../../contract.js';
import { isId } from '../ldap/entry-values.js';
import { memberChange } from '../ldap/mend-groups.js';
import { PermissiveModify } from '../ldap/request-controls.js';
import { isCode, Refused, resultCode } from '../ldap/result-codes.js';
import { valuesOf, type Work } from '../ldap/server-link.js';
import type { Domain } from './domain.js';
import { anyGuid, byGuid, guidText } from './guid.js';
import { gone } from './read-objects.js';

type Ids = Pick<MembersResult, 'added' | 'removed'>;

/**
 * Adds and removes members by objectGUID, so many with one operation. A domain controller refuses an operation as a
 * whole where one of them is there already, is not, or does not exist: then it is looked who that is, and the others
 * are sent again.
 */
export async function changeMembers(
  domain: Domain,
  groupId: string,
  change: MemberChange,
  context: OperationContext,
  work: Work,
): Promise<Outcome<MembersResult>> {
  const wanted: Ids = { added: idsOf(change.add), removed: idsOf(change.remove) };
  if (wanted.added.length + wanted.removed.length === 0) return { kind: 'no-op', why: 'unchanged' };
  if (context.mode === 'plan') return { kind: 'planned', calls: [modifyCall(domain, groupId, wanted)] };
  if (!isId(groupId)) return gone;
  const result: MembersResult = { added: [], removed: [], unknown: [] };
  for (const batch of batchesOf(wanted, domain.settings.membersPerCall)) {
    try {
      if (!(await send(domain, work, groupId, batch)))
        await sendTheRest(domain, work, groupId, batch, result);
      else {
        result.added.push(...batch.added);
        result.removed.push(...batch.removed);
      }
    } catch (error) {
      if (isCode(error, resultCode.noSuchObject)) throw new Refused(gone, error.code);
      throw error;
    }
  }
  return { kind: 'ok', value: result, calls: work.calls, answer: 'LDAP 0' };
}

const idsOf = (members: { id: string }[]): string[] => [
  ...new Set(members.map(({ id }) => id.toLowerCase())),
];

function batchesOf({ added, removed }: Ids, most: number): Ids[] {
  const steps = [
    ...removed.map((id) => ({ id, list: 'removed' as const })),
    ...added.map((id) => ({ id, list: 'added' as const })),
  ];
  const batches: Ids[] = [];
  for (let from = 0; from < steps.length; from += most) {
    const batch: Ids = { added: [], removed: [] };
    for (const { id, list } of steps.slice(from, from + most)) batch[list].push(id);
    batches.push(batch);
  }
  return batches;
}

const notAsThought = [
  resultCode.entryAlreadyExists,
  resultCode.attributeOrValueExists,
  resultCode.noSuchAttribute,
  resultCode.noSuchObject,
  resultCode.constraintViolation,
  resultCode.invalidAttributeSyntax,
  resultCode.invalidDnSyntax,
  // Somebody is no member: Samba has no other code for it.
  resultCode.unwillingToPerform,
];

/** @returns false where some of it was so already, or somebody is not there */
async function send(domain: Domain, work: Work, groupId: string, batch: Ids): Promise<boolean> {
  if (![...batch.added, ...batch.removed].every(isId)) return false;
  try {
    await modify(domain, work, groupId, batch);
    return true;
  } catch (error) {
    if (isCode(error, ...notAsThought)) return false;
    throw error;
  }
}

async function sendTheRest(
  domain: Domain,
  work: Work,
  groupId: string,
  batch: Ids,
  result: MembersResult,
): Promise<void> {
  const { existing, members } = await look(domain, work, groupId, [...batch.added, ...batch.removed]);
  const rest: Ids = {
    added: batch.added.filter((id) => existing.has(id) && !members.has(id)),
    removed: batch.removed.filter((id) => members.has(id)),
  };
  if (rest.added.length + rest.removed.length > 0) {
    try {
      await modify(domain, work, groupId, rest);
    } catch (error) {
      if (isCode(error, resultCode.entryAlreadyExists, resultCode.noSuchAttribute))
        throw new Refused({ kind: 'retry', scope: 'object', message: error.message }, error.code);
      throw error;
    }
  }
  result.added.push(...batch.added.filter((id) => existing.has(id)));
  result.removed.push(...batch.removed);
  result.unknown.push(...batch.added.filter((id) => !existing.has(id)));
}

function modify(domain: Domain, work: Work, groupId: string, batch: Ids): Promise<void> {
  const { added, removed } = batch;
  const changes = [
    ...(removed.length > 0 ? [memberChange('delete', 'member', removed.map(byGuid))] : []),
    ...(added.length > 0 ? [memberChange('add', 'member', added.map(byGuid))] : []),
  ];
  return domain.write(
    { work, call: modifyCall(domain, groupId, batch), writing: ['member'] },
    // Samba does not heed the control for members.
    (client) => client.modify(byGuid(groupId), changes, new PermissiveModify()),
  );
}

const modifyCall = (domain: Domain, groupId: string, { added, removed }: Ids) =>
  domain.call('MODIFY', byGuid(groupId), {
    ...(added.length > 0 && { add: { member: added.map(byGuid) } }),
    ...(removed.length > 0 && { delete: { member: removed.map(byGuid) } }),
  });

const idsPerSearch = 100;

/** Who of them is there, and who is a member. @throws Refused where the group itself is not there */
async function look(domain: Domain, work: Work, groupId: string, ids: string[]) {
  const [group] = await domain.search(work, byGuid(groupId), { scope: 'base', attributes: ['1.1'] });
  if (!group) throw new Refused(gone, resultCode.noSuchObject);
  const { domain: base } = await domain.facts(work);
  const [existing, members] = [new Set<string>(), new Set<string>()];
  const valid = ids.filter(isId);
  for (let from = 0; from < valid.length; from += idsPerSearch) {
    const these = anyGuid(valid.slice(from, from + idsPerSearch));
    const inGroup = new EqualityFilter({ attribute: 'memberOf', value: group.dn });
    for (const [found, filter] of [
      [existing, these],
      [members, new AndFilter({ filters: [inGroup, these] })],
    ] as const) {
      const entries = await domain.search(work, base, { filter, attributes: ['objectGUID'] });
      for (const entry of entries) {
        const [id] = valuesOf(entry, 'objectGUID');
        if (Buffer.isBuffer(id)) found.add(guidText(id));
      }
    }
  }
  return { existing, members };
}
