import { Attribute, Change } from 'ldapts';
import type { AttributeChange, OperationContext, Outcome, SubjectType } from '../../contract.js';
import { activeValues, classNeeded, replace } from './active-state.js';
import { hasClass } from './create-entry.js';
import { below, isBelow, rdnOf, readRdn, sameName, splitName } from './distinguished-name.js';
import { mendGroups } from './mend-groups.js';
import { PermissiveModify } from './request-controls.js';
import { isCode, resultCode } from './result-codes.js';
import type { Work } from './server-link.js';
import type { Session } from './session.js';
import { passwordCall, setPassword } from './set-password.js';
import { shown, takeApart, withNames, type Values, type Writing } from './write-values.js';

/** Changes attributes first, then the password, then the name, so that a refusal leaves the name as it was. */
export async function updateEntry(
  session: Session,
  type: SubjectType,
  id: string,
  changes: AttributeChange[],
  context: OperationContext,
  work: Work,
): Promise<Outcome<{ id: string }>> {
  const { settings } = session;
  const writing = takeApart(session, type, changes);
  const standing =
    type === 'user' && writing.active !== undefined ? activeValues(writing.active, settings) : undefined;
  const byAttribute = writing.password !== undefined && settings.passwordBy === 'attribute';
  const extra: Values[] = [
    ...(standing ? [standing] : []),
    ...(byAttribute ? [{ attribute: 'userPassword', values: [writing.password!] }] : []),
  ];
  if (context.mode === 'plan')
    return { kind: 'planned', calls: plannedCalls(session, id, writing, [...writing.plain, ...extra]) };
  const values = [...(await withNames(session, work, writing.plain)), ...extra];
  if (values.length > 0) await modify(session, work, type, id, values, writing.active === false);
  if (writing.password !== undefined && !byAttribute) {
    const { password } = writing;
    await session.at(work, type, id, async (dn) =>
      setPassword(session, work, await current(session, work, type, id, dn), password),
    );
  }
  const moved = await moveEntry(session, work, type, id, writing);
  if (values.length === 0 && writing.password === undefined && !moved) {
    return { kind: 'no-op', why: 'unchanged', calls: work.calls };
  }
  return { kind: 'ok', value: { id }, calls: work.calls, answer: 'LDAP 0' };
}

async function modify(
  session: Session,
  work: Work,
  type: SubjectType,
  id: string,
  values: Values[],
  disabling: boolean,
): Promise<void> {
  const needed = disabling ? classNeeded(session.settings) : undefined;
  const changes = values.map(({ attribute, values: each }) => replace(attribute, each));
  if (needed !== undefined && !hasClass(session.settings, needed)) {
    const added = new Attribute({ type: 'objectClass', values: [needed] });
    changes.unshift(new Change({ operation: 'add', modification: added }));
  }
  await session.at(work, type, id, (dn, controls) =>
    session.run(
      {
        work,
        call: session.call('MODIFY', dn, { replace: shown(values) }),
        write: true,
        writing: values.map(({ attribute }) => attribute),
      },
      (client) => client.modify(dn, changes, [...controls, new PermissiveModify()]),
    ),
  );
}

/** Password Modify takes no assertion: whether the name is still this entry's is asked before. */
async function current(
  session: Session,
  work: Work,
  type: SubjectType,
  id: string,
  dn: string,
): Promise<string> {
  const [entry] = await session.search(work, dn, {
    scope: 'base',
    filter: session.filterOf(type, `(entryUUID=${id})`),
    attributes: ['1.1'],
  });
  if (entry) return entry.dn;
  session.forget(id);
  return session.at(work, type, id, (name) => Promise.resolve(name));
}

/** Renames (modrdn) and moves as far as needed. */
async function moveEntry(
  session: Session,
  work: Work,
  type: SubjectType,
  id: string,
  writing: Writing,
): Promise<boolean> {
  const { settings } = session;
  const byPlace = type === 'user' && settings.disableBy === 'move' && writing.active !== undefined;
  if (writing.name === undefined && !byPlace) return false;
  const renamed = await session.at(work, type, id, async (dn, controls) => {
    const { rdn, parent } = splitName(dn);
    const attribute = type === 'user' ? settings.userRdn : settings.groupRdn;
    const before = readRdn(rdn)?.value;
    const wanted =
      writing.name === undefined || before === writing.name ? rdn : rdnOf(attribute, writing.name);
    const place = byPlace ? placeFor(writing.active!, parent, settings) : undefined;
    if (wanted === rdn && place === undefined) return undefined;
    const now = below(wanted, place ?? parent);
    const body = { newRdn: wanted, ...(place !== undefined && { newSuperior: place }) };
    await session.run(
      { work, call: session.call('MODRDN', dn, body), write: true, writing: [attribute] },
      // A name without a place stays where it is.
      (client) => client.modifyDN(dn, place === undefined ? wanted : now, controls),
    );
    session.remember(id, now);
    const uid = attribute.toLowerCase() === 'uid';
    return {
      before: { dn, ...(uid && { uid: before }) },
      after: { dn: now, ...(uid && { uid: writing.name ?? before }) },
    };
  });
  if (!renamed) return false;
  await mendGroups(session, work, renamed.before, renamed.after);
  return true;
}

function placeFor(
  active: boolean,
  parent: string,
  { userBase, disabledBase }: Session['settings'],
): string | undefined {
  if (!active) return isBelow(parent, disabledBase!) ? undefined : disabledBase!;
  return isBelow(parent, disabledBase!) && !sameName(userBase, parent) ? userBase : undefined;
}

function plannedCalls(session: Session, id: string, writing: Writing, values: Values[]) {
  const name = session.nameOf(id) ?? `entryUUID=${id}`;
  const { settings } = session;
  const moved = settings.disableBy === 'move' && writing.active !== undefined;
  const place = moved ? (writing.active ? settings.userBase : settings.disabledBase) : undefined;
  return [
    ...(values.length > 0 ? [session.call('MODIFY', name, { replace: shown(values) })] : []),
    ...(writing.password !== undefined && settings.passwordBy === 'extended'
      ? [passwordCall(session, name)]
      : []),
    ...(writing.name !== undefined || place !== undefined
      ? [
          session.call('MODRDN', name, {
            ...(writing.name !== undefined && { newRdn: rdnOf(settings.userRdn, writing.name) }),
            ...(place !== undefined && { newSuperior: place }),
          }),
        ]
      : []),
  ];
}

/** Removes an entry, and its name from groups. */
export async function deleteEntry(
  session: Session,
  type: SubjectType,
  id: string,
  context: OperationContext,
  work: Work,
): Promise<Outcome<void>> {
  if (context.mode === 'plan')
    return { kind: 'planned', calls: [session.call('DELETE', session.nameOf(id) ?? `entryUUID=${id}`)] };
  try {
    const removed = await session.at(work, type, id, async (dn, controls) => {
      await session.run({ work, call: session.call('DELETE', dn), write: true }, (client) =>
        client.del(dn, controls),
      );
      return dn;
    });
    session.forget(id);
    const pair = readRdn(splitName(removed).rdn);
    const uid = pair?.attribute.toLowerCase() === 'uid' ? pair.value : undefined;
    await mendGroups(session, work, { dn: removed, uid }, undefined);
  } catch (error) {
    if (!isGone(error)) throw error;
    return { kind: 'no-op', why: 'already-absent', calls: work.calls };
  }
  return { kind: 'ok', value: undefined, calls: work.calls, answer: 'LDAP 0' };
}

const isGone = (error: unknown): boolean =>
  isCode(error, resultCode.noSuchObject) ||
  (error as { refusal?: { kind: string } }).refusal?.kind === 'not-found';
