import { Attribute } from 'ldapts';
import type { Attributes, OperationContext, Outcome, RemoteObject, SubjectType } from '../../contract.js';
import { activeValues, classNeeded, replace } from './active-state.js';
import type { NumberRange } from './allocate-number.js';
import { below, rdnOf } from './distinguished-name.js';
import { ReadIdAfter } from './request-controls.js';
import { isCode, Refused, resultCode } from './result-codes.js';
import { textsOf, type Work } from './server-link.js';
import type { Session } from './session.js';
import { passwordCall, randomPassword, setPassword } from './set-password.js';
import { memberAttributeOf, placeholderOf, type LdapSettings } from './settings.js';
import {
  changesOf,
  refused,
  shown,
  takeApart,
  withNames,
  type Values,
  type Writing,
} from './write-values.js';

export interface Ranges {
  uidNumber: NumberRange;
  gidNumber: NumberRange;
}

/** Adds an entry, with all that its object classes require and nobody has mapped. */
export async function createEntry(
  session: Session,
  ranges: Ranges,
  type: SubjectType,
  attributes: Attributes,
  context: OperationContext,
  work: Work,
): Promise<Outcome<RemoteObject>> {
  const { settings } = session;
  const writing = takeApart(session, type, changesOf(attributes));
  const rdn = type === 'user' ? settings.userRdn : settings.groupRdn;
  if (writing.name === undefined)
    throw refused('no-name', rdn, `${rdn} names the entry and has no value.`, `Map a value to ${rdn}.`);
  const moved = type === 'user' && writing.active === false && settings.disableBy === 'move';
  const dn = below(rdnOf(rdn, writing.name), moved ? settings.disabledBase! : session.basesOf(type)[0]!);
  const password =
    type === 'user'
      ? (writing.password ?? (settings.initialPassword === 'random' ? randomPassword() : undefined))
      : undefined;
  const live = context.mode === 'live';
  const number = numberNeeded(type, settings, writing);
  const values = [
    ...entryValues(type, rdn, writing, settings),
    ...(live ? await withNames(session, work, writing.plain) : writing.plain).filter(
      (each) => each.values.length > 0,
    ),
    ...(password !== undefined && settings.passwordBy === 'attribute'
      ? [{ attribute: 'userPassword', values: [password] }]
      : []),
  ];
  const lock = lockAfter(type, writing, settings);
  if (!live) {
    const next = number ? [{ attribute: number, values: ['the next free one'] }] : [];
    const calls = [
      session.call('ADD', dn, shown([...values, ...next])),
      ...(password !== undefined && settings.passwordBy === 'extended' ? [passwordCall(session, dn)] : []),
      ...(lock ? [session.call('MODIFY', dn, { replace: shown([lock]) })] : []),
    ];
    return { kind: 'planned', calls };
  }
  const id = number
    ? await addNumbered(session, ranges[number], work, dn, number, values)
    : await add(session, work, dn, values);
  if (password !== undefined && settings.passwordBy === 'extended')
    await setPassword(session, work, dn, password);
  if (lock) {
    const request = { work, call: session.call('MODIFY', dn, { replace: shown([lock]) }), write: true };
    await session.run(request, (client) => client.modify(dn, replace(lock.attribute, lock.values)));
  }
  session.remember(id, dn);
  const active = type === 'user' && settings.disableBy !== 'none' ? { active: writing.active ?? true } : {};
  return {
    kind: 'ok',
    value: { id, attributes: { dn }, ...active },
    calls: work.calls,
    answer: 'LDAP 0',
  };
}

const mostNumbers = 20;

/** With a number of the range. Where the server watches over them (unique overlay), a taken one is refused. */
async function addNumbered(
  session: Session,
  range: NumberRange,
  work: Work,
  dn: string,
  attribute: keyof Ranges,
  values: Values[],
): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const number = await range.take(work);
    try {
      const id = await add(session, work, dn, [...values, { attribute, values: [String(number)] }]);
      await range.settle(work, dn, number);
      return id;
    } catch (error) {
      const taken = isCode(error, resultCode.constraintViolation) && error.message.includes(`${attribute}=`);
      if (!taken || tries === mostNumbers) throw error;
    }
  }
}

async function add(session: Session, work: Work, dn: string, values: Values[]): Promise<string> {
  const { controls } = await session.server(work);
  const readId = new ReadIdAfter();
  const attributes = values.map(
    ({ attribute, values: each }) => new Attribute({ type: attribute, values: each as string[] }),
  );
  const request = {
    work,
    call: session.call('ADD', dn, shown(values)),
    write: true,
    writing: values.map(({ attribute }) => attribute),
  };
  try {
    await session.run(request, (client) =>
      client.add(dn, attributes, controls.has(ReadIdAfter.oid) ? readId : undefined),
    );
  } catch (error) {
    if (!isCode(error, resultCode.noSuchObject)) throw error;
    throw new Refused({
      kind: 'rejected',
      code: 'no-base',
      message: `The entry that ${dn} would lie under does not exist.`,
      remedy: 'Create it at the server, or correct the settings.',
    });
  }
  if (readId.id !== undefined) return readId.id;
  const [entry] = await session.search(work, dn, { scope: 'base', attributes: ['entryUUID'] });
  const [id] = textsOf(entry, 'entryUUID');
  if (id !== undefined) return id;
  throw new Refused({
    kind: 'rejected',
    code: 'no-id',
    message: 'The server does not show the entryUUID of entries.',
    remedy: 'Give the service account the right to read entryUUID.',
  });
}

function entryValues(type: SubjectType, rdn: string, writing: Writing, settings: LdapSettings): Values[] {
  const name = { attribute: rdn, values: [writing.name!] };
  if (type === 'group') {
    const { attribute, holds } = memberAttributeOf[settings.groupObjectClass];
    return [
      { attribute: 'objectClass', values: [settings.groupObjectClass] },
      name,
      ...(holds === 'name' ? [{ attribute, values: [placeholderOf(settings)] }] : []),
    ];
  }
  const needed = classNeeded(settings);
  const classes = [...settings.userObjectClasses];
  if (needed !== undefined && writing.active === false && !hasClass(settings, needed)) classes.push(needed);
  const mapped = new Set(writing.plain.map(({ attribute }) => attribute.toLowerCase()));
  const posix = hasClass(settings, 'posixAccount');
  const uid = String(
    settings.userRdn.toLowerCase() === 'uid'
      ? writing.name
      : (writing.plain.find(({ attribute }) => attribute.toLowerCase() === 'uid')?.values[0] ?? writing.name),
  );
  const standing = writing.active === undefined ? undefined : activeValues(writing.active, settings);
  return [
    { attribute: 'objectClass', values: classes },
    name,
    ...(posix && !mapped.has('gidnumber')
      ? [{ attribute: 'gidNumber', values: [String(settings.gidNumber)] }]
      : []),
    ...(posix && !mapped.has('homedirectory')
      ? [{ attribute: 'homeDirectory', values: [settings.homeDirectory.replaceAll('{uid}', uid)] }]
      : []),
    ...(standing && standing.values.length > 0 && settings.disableBy !== 'pwdAccountLockedTime'
      ? [standing]
      : []),
  ];
}

/** ppolicy takes the lock on entries that are there only. */
const lockAfter = (type: SubjectType, writing: Writing, settings: LdapSettings): Values | undefined =>
  type === 'user' && writing.active === false && settings.disableBy === 'pwdAccountLockedTime'
    ? activeValues(false, settings)
    : undefined;

function numberNeeded(type: SubjectType, settings: LdapSettings, writing: Writing): keyof Ranges | undefined {
  const mapped = (name: string) => writing.plain.some(({ attribute }) => attribute.toLowerCase() === name);
  if (type === 'user')
    return hasClass(settings, 'posixAccount') && !mapped('uidnumber') ? 'uidNumber' : undefined;
  return settings.groupObjectClass === 'posixGroup' && !mapped('gidnumber') ? 'gidNumber' : undefined;
}

export const hasClass = (settings: LdapSettings, name: string): boolean =>
  settings.userObjectClasses.some((each) => each.toLowerCase() === name.toLowerCase());
