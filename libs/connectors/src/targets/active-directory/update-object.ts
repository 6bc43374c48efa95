import { Attribute, Change } from 'ldapts';
import type { AttributeChange, OperationContext, Outcome, SubjectType } from '../../contract.js';
import { replace } from '../ldap/active-state.js';
import { isBelow, rdnOf } from '../ldap/distinguished-name.js';
import { isId } from '../ldap/entry-values.js';
import { isCode, Refused, resultCode } from '../ldap/result-codes.js';
import { textsOf, type Work } from '../ldap/server-link.js';
import { refused, shown, type Values } from '../ldap/write-values.js';
import { type Flags, withFlags } from './account-control.js';
import type { Domain } from './domain.js';
import { byGuid } from './guid.js';
import { moveObject } from './move-object.js';
import { groupsOf } from './read-members.js';
import { gone } from './read-objects.js';
import { takeApart, withNames, type Writing } from './write-values.js';

/**
 * Changes attributes first and then name and place, so that a refusal leaves these as they were. A leaver is disabled
 * first, then taken out of groups, then moved, each also where one before was refused.
 */
export async function updateObject(
  domain: Domain,
  type: SubjectType,
  id: string,
  changes: AttributeChange[],
  context: OperationContext,
  work: Work,
): Promise<Outcome<{ id: string }>> {
  const writing = takeApart(type, changes, domain.settings);
  if (context.mode === 'plan') return { kind: 'planned', calls: plannedCalls(domain, id, writing) };
  if (!isId(id)) return gone;
  try {
    const changed = await carryOut(domain, type, id, writing, context, work);
    if (!changed) return { kind: 'no-op', why: 'unchanged', calls: work.calls };
    return { kind: 'ok', value: { id }, calls: work.calls, answer: 'LDAP 0' };
  } catch (error) {
    if (isCode(error, resultCode.noSuchObject)) throw new Refused(gone, error.code);
    throw error;
  }
}

/** @returns whether anything was to be done */
async function carryOut(
  domain: Domain,
  type: SubjectType,
  id: string,
  writing: Writing,
  context: OperationContext,
  work: Work,
): Promise<boolean> {
  const now = needsLook(writing) ? await look(domain, work, id) : undefined;
  const values = [
    ...(await withNames(domain, work, writing.plain)),
    ...(now ? controlValues(now.control, writing.flags) : []),
  ];
  if (values.length > 0) await modify(domain, work, id, values);
  if (!now) return values.length > 0;
  const strip = writing.flags.active === false && domain.settings.stripGroups;
  const steps = [
    () => (strip ? leaveGroups(domain, work, id) : Promise.resolve(false)),
    () => moveObject(domain, work, type, id, now.dn, writing, context.lastWritten ?? {}),
  ];
  let done = values.length > 0;
  const refusals: Refused[] = [];
  for (const step of steps) {
    try {
      done = (await step()) || done;
    } catch (error) {
      if (!(error instanceof Refused) || error.refusal.kind === 'retry') throw error;
      refusals.push(error);
    }
  }
  if (refusals.length > 0) throw together(refusals);
  return done;
}

/** Of several refusals the first, with what the others say. */
function together([first, ...others]: Refused[]): Refused {
  const { refusal, code } = first!;
  if (others.length === 0) return first!;
  const remedies = [first!, ...others].flatMap(({ refusal: each }) =>
    'remedy' in each && each.remedy !== undefined ? [each.remedy] : [],
  );
  const message = [first!, ...others].map((each) => each.message).join(' ');
  return new Refused(
    { ...refusal, message, ...(remedies.length > 0 && { remedy: remedies.join(' ') }) },
    code,
  );
}

const needsLook = ({ flags, name, parent }: Writing): boolean =>
  Object.keys(flags).length > 0 || name !== undefined || parent !== undefined;

async function look(domain: Domain, work: Work, id: string): Promise<{ dn: string; control?: number }> {
  const [entry] = await domain.search(work, byGuid(id), {
    scope: 'base',
    attributes: ['userAccountControl'],
  });
  if (!entry) throw new Refused(gone);
  const [control] = textsOf(entry, 'userAccountControl');
  return { dn: entry.dn, ...(control !== undefined && { control: Number(control) }) };
}

function controlValues(control: number | undefined, flags: Flags): Values[] {
  const [flag] = Object.keys(flags);
  if (flag === undefined) return [];
  if (control === undefined)
    throw refused(
      'no-rights',
      flag,
      'userAccountControl cannot be read, so it cannot be changed.',
      'Give the service account the right to read and write it (Read and Write Account Restrictions). Where the account is, or was, an administrator (adminCount is 1), give the right there.',
    );
  const wanted = withFlags(control, flags);
  return wanted === control ? [] : [{ attribute: 'userAccountControl', values: [String(wanted)] }];
}

function modify(domain: Domain, work: Work, id: string, values: Values[]): Promise<void> {
  return domain.write(
    {
      work,
      call: domain.call('MODIFY', byGuid(id), { replace: shown(values) }),
      writing: values.map(({ attribute }) => attribute),
    },
    (client) =>
      client.modify(
        byGuid(id),
        values.map(({ attribute, values: each }) => replace(attribute, each)),
      ),
  );
}

/**
 * Not those that the hub keeps: it would not know that the account has left them, and their members follow from the
 * source.
 * @returns whether it was in any
 * @throws Refused naming the groups it could not be taken out of
 */
async function leaveGroups(domain: Domain, work: Work, id: string): Promise<boolean> {
  const kept = domain.settings.groups ? domain.basesOf('group') : [];
  const groups = (await groupsOf(domain, work, id)).filter((dn) => !kept.some((base) => isBelow(dn, base)));
  const refusals: string[] = [];
  for (const dn of groups) {
    const modification = new Attribute({ type: 'member', values: [byGuid(id)] });
    const change = new Change({ operation: 'delete', modification });
    try {
      await domain.write(
        { work, call: domain.call('MODIFY', dn, { delete: { member: [byGuid(id)] } }) },
        (client) => client.modify(dn, change),
      );
    } catch (error) {
      // The group, or the account in it, has gone meanwhile.
      if (isCode(error, resultCode.noSuchObject, resultCode.noSuchAttribute)) continue;
      if (!(error instanceof Refused) || error.refusal.kind === 'retry') throw error;
      refusals.push(`${dn}: ${error.message}`);
    }
  }
  if (refusals.length === 0) return groups.length > 0;
  throw new Refused({
    kind: 'rejected',
    code: 'groups-left',
    attribute: 'memberOf',
    message: `The account is disabled, and still in groups it could not be taken out of. ${refusals.join('; ')}`,
    remedy:
      'Give the service account the right to write the members of these groups, or take it out by hand.',
  });
}

function plannedCalls(domain: Domain, id: string, { plain, flags, name, parent }: Writing) {
  const { disabledBase, stripGroups } = domain.settings;
  const place = flags.active === false ? disabledBase : parent;
  const control = Object.keys(flags).length > 0 ? { userAccountControl: flags } : {};
  const body = { ...shown(plain), ...control };
  return [
    ...(Object.keys(body).length > 0 ? [domain.call('MODIFY', byGuid(id), { replace: body })] : []),
    ...(flags.active === false && stripGroups
      ? [domain.call('MODIFY', 'each group it is in', { delete: { member: [byGuid(id)] } })]
      : []),
    ...(name !== undefined || place !== undefined
      ? [
          domain.call('MODRDN', byGuid(id), {
            ...(name !== undefined && { newRdn: rdnOf('CN', name) }),
            ...(place !== undefined && { newSuperior: place }),
          }),
        ]
      : []),
  ];
}

export async function deleteObject(
  domain: Domain,
  id: string,
  context: OperationContext,
  work: Work,
): Promise<Outcome<void>> {
  const call = domain.call('DELETE', byGuid(id));
  if (context.mode === 'plan') return { kind: 'planned', calls: [call] };
  if (!isId(id)) return { kind: 'no-op', why: 'already-absent' };
  try {
    await domain.write({ work, call }, (client) => client.del(byGuid(id)));
  } catch (error) {
    if (!isCode(error, resultCode.noSuchObject)) throw error;
    return { kind: 'no-op', why: 'already-absent', calls: work.calls };
  }
  return { kind: 'ok', value: undefined, calls: work.calls, answer: 'LDAP 0' };
}
