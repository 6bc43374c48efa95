import { Attribute } from 'ldapts';
import type { Attributes, OperationContext, Outcome, RemoteObject, SubjectType } from '../../contract.js';
import { below, rdnOf } from '../ldap/distinguished-name.js';
import { isCode, Refused, resultCode } from '../ldap/result-codes.js';
import { valuesOf, type Work } from '../ldap/server-link.js';
import { randomPassword } from '../ldap/set-password.js';
import { changesOf, refused, shown, type Values } from '../ldap/write-values.js';
import { normalAccount, withFlags } from './account-control.js';
import type { Domain } from './domain.js';
import { guidText } from './guid.js';
import { freeName, mostTries, namesLike } from './numbered-names.js';
import { noParent, passwordName } from './object-values.js';
import { baseOf, groupTypeOf, type DomainSettings } from './settings.js';
import { passwordValues, takeApart, withNames, type Writing } from './write-values.js';

/** Adds an object with everything it has, its password too, in one operation: there is no account half made. */
export async function createObject(
  domain: Domain,
  type: SubjectType,
  attributes: Attributes,
  context: OperationContext,
  work: Work,
): Promise<Outcome<RemoteObject>> {
  const { settings } = domain;
  const writing = takeApart(type, changesOf(attributes), settings);
  const { name, flags } = writing;
  if (name === undefined)
    throw refused('no-name', 'cn', 'cn names the object and has no value.', 'Map a value to cn.');
  const parent = placeOfNew(domain, type, writing);
  const live = context.mode === 'live';
  const values = [
    ...(type === 'user' ? accountValues(writing, settings) : groupValues(settings)),
    ...(live ? await withNames(domain, work, writing.plain) : writing.plain).filter(
      (each) => each.values.length > 0,
    ),
  ];
  if (!live) {
    const call = domain.call('ADD', below(rdnOf('CN', name), parent), shown([named(name), ...values]));
    return { kind: 'planned', calls: [call] };
  }
  const dn = await addNamed(domain, work, name, parent, values, type === 'user' && settings.numberNames);
  const id = await idOf(domain, work, dn);
  const active = type === 'user' ? { active: flags.active ?? true } : {};
  return {
    kind: 'ok',
    value: { id, attributes: { distinguishedName: dn }, ...active },
    calls: work.calls,
    answer: 'LDAP 0',
  };
}

const named = (name: string): Values => ({ attribute: 'cn', values: [name] });

function placeOfNew({ settings }: Domain, type: SubjectType, { flags, parent }: Writing): string {
  const { disabledBase } = settings;
  if (type === 'user' && flags.active === false && disabledBase !== undefined) return disabledBase;
  return parent ?? baseOf(type, settings);
}

function accountValues({ flags, plain }: Writing, { mustChangePassword }: DomainSettings): Values[] {
  const mapped = plain.some(({ attribute }) => attribute === passwordName);
  return [
    { attribute: 'objectClass', values: ['top', 'person', 'organizationalPerson', 'user'] },
    { attribute: 'userAccountControl', values: [String(withFlags(normalAccount, flags))] },
    ...(mapped ? [] : passwordValues(randomPassword(), mustChangePassword)),
  ];
}

const groupValues = (settings: DomainSettings): Values[] => [
  { attribute: 'objectClass', values: ['top', 'group'] },
  { attribute: 'groupType', values: [String(groupTypeOf(settings))] },
];

/** @returns the name it has got */
async function addNamed(
  domain: Domain,
  work: Work,
  name: string,
  parent: string,
  values: Values[],
  numbered: boolean,
): Promise<string> {
  const taken = new Set<string>();
  for (let tries = 1; ; tries += 1) {
    const candidate = freeName(name, taken);
    const dn = below(rdnOf('CN', candidate), parent);
    try {
      await add(domain, work, dn, [named(candidate), ...values]);
      return dn;
    } catch (error) {
      if (isCode(error, resultCode.noSuchObject)) throw new Refused(noParent(parent), error.code);
      if (!isCode(error, resultCode.entryAlreadyExists) || !numbered || tries === mostTries) throw error;
      // The code says the same of an account name that is taken anywhere in the domain.
      if (!(await exists(domain, work, dn))) throw error;
      taken.add(candidate.toLowerCase());
      for (const each of await namesLike(domain, work, parent, name)) taken.add(each);
    }
  }
}

function add(domain: Domain, work: Work, dn: string, values: Values[]): Promise<void> {
  const attributes = values.map(
    ({ attribute, values: each }) => new Attribute({ type: attribute, values: each as string[] }),
  );
  const request = {
    work,
    call: domain.call('ADD', dn, shown(values)),
    write: true,
    writing: values.map(({ attribute }) => attribute),
  };
  return domain.run(request, (client) => client.add(dn, attributes));
}

async function exists(domain: Domain, work: Work, dn: string): Promise<boolean> {
  try {
    return (await domain.search(work, dn, { scope: 'base', attributes: ['1.1'] })).length > 0;
  } catch (error) {
    if (isCode(error, resultCode.noSuchObject)) return false;
    throw error;
  }
}

async function idOf(domain: Domain, work: Work, dn: string): Promise<string> {
  const [entry] = await domain.search(work, dn, { scope: 'base', attributes: ['objectGUID'] });
  const [id] = valuesOf(entry, 'objectGUID');
  if (Buffer.isBuffer(id)) return guidText(id);
  throw new Refused({
    kind: 'rejected',
    code: 'no-id',
    message: `${dn} was made, and its objectGUID is not shown.`,
    remedy: 'Give the service account the right to read all properties.',
  });
}
