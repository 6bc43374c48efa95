import type { Attributes, SubjectType } from '../../contract.js';
import { below, isBelow, rdnOf, readRdn, sameName, splitName } from '../ldap/distinguished-name.js';
import { isCode, Refused, resultCode } from '../ldap/result-codes.js';
import type { Work } from '../ldap/server-link.js';
import type { Domain } from './domain.js';
import { byGuid } from './guid.js';
import { freeName, isNumbered, mostTries, namesLike } from './numbered-names.js';
import { noParent, parentName } from './object-values.js';
import type { DomainSettings } from './settings.js';
import type { Writing } from './write-values.js';

/** Renames and moves in one operation. @returns false where it has that name and place already */
export async function moveObject(
  domain: Domain,
  work: Work,
  type: SubjectType,
  id: string,
  dn: string,
  writing: Writing,
  lastWritten: Attributes,
): Promise<boolean> {
  const { rdn, parent } = splitName(dn);
  const before = readRdn(rdn)?.value;
  const place = placeFor(type, parent, writing, lastWritten, domain.settings) ?? parent;
  const stays = sameName(place, parent);
  const name = writing.name ?? before;
  if (name === undefined || (stays && name === before)) return false;
  const numbered = type === 'user' && domain.settings.numberNames;
  const taken = new Set<string>();
  for (let tries = 1; ; tries += 1) {
    const candidate = freeName(name, taken);
    try {
      await rename(domain, work, id, dn, rdnOf('CN', candidate), place);
      return true;
    } catch (error) {
      if (!isCode(error, resultCode.entryAlreadyExists) || !numbered || tries === mostTries) throw error;
      // It has got a number before.
      if (stays && before !== undefined && isNumbered(before, name)) return false;
      taken.add(candidate.toLowerCase());
      for (const each of await namesLike(domain, work, place, name)) taken.add(each);
    }
  }
}

async function rename(
  domain: Domain,
  work: Work,
  id: string,
  dn: string,
  rdn: string,
  place: string,
): Promise<void> {
  const body = { newRdn: rdn, newSuperior: place };
  try {
    await domain.write(
      { work, call: domain.call('MODRDN', dn, body), writing: ['cn', parentName] },
      (client) => client.modifyDN(byGuid(id), below(rdn, place)),
    );
  } catch (error) {
    if (!isCode(error, resultCode.noSuchObject, resultCode.other)) throw error;
    if (await isThere(domain, work, place)) throw error;
    throw new Refused(noParent(place));
  }
}

async function isThere(domain: Domain, work: Work, dn: string): Promise<boolean> {
  try {
    return (await domain.search(work, dn, { scope: 'base', attributes: ['1.1'] })).length > 0;
  } catch (error) {
    if (isCode(error, resultCode.noSuchObject)) return false;
    throw error;
  }
}

/** Where the account belongs now. Undefined: where it is. */
export function placeFor(
  type: SubjectType,
  parent: string,
  { flags, parent: wanted }: Pick<Writing, 'flags' | 'parent'>,
  lastWritten: Attributes,
  { userBase, disabledBase }: Pick<DomainSettings, 'userBase' | 'disabledBase'>,
): string | undefined {
  if (type === 'group' || disabledBase === undefined) return wanted;
  const away = isBelow(parent, disabledBase) && !sameName(userBase, parent);
  if (flags.active === false) return away ? undefined : disabledBase;
  if (!away) return wanted;
  // Still disabled: it gets to its OU when it is enabled.
  if (flags.active === undefined) return undefined;
  const last = lastWritten[parentName];
  return wanted ?? (typeof last === 'string' ? last : userBase);
}
