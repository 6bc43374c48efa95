import type { AttributeChange, AttributeValue, SubjectType } from '../../contract.js';
import { isBelow } from '../ldap/distinguished-name.js';
import { isId, wireValues } from '../ldap/entry-values.js';
import { isCode, resultCode } from '../ldap/result-codes.js';
import type { Work } from '../ldap/server-link.js';
import { refused, type Values } from '../ldap/write-values.js';
import { type Flag, flagNames, type Flags } from './account-control.js';
import { wrongValue } from './attribute-limits.js';
import { binaryAttributes, type Domain } from './domain.js';
import { fileTimeOf, neverExpires } from './file-time.js';
import { byGuid } from './guid.js';
import { checkAttribute, nameAttributes, parentName, passwordName } from './object-values.js';
import { baseOf, type DomainSettings } from './settings.js';

/** What is to be written, taken apart by the way it is written. */
export interface Writing {
  /** Of plain attributes. No values: cleared. */
  plain: Values[];
  flags: Flags;
  /** cn, which names the object. */
  name?: string;
  /** The OU it shall lie in. */
  parent?: string;
}

const binary = new Set(binaryAttributes.map((name) => name.toLowerCase()));

/** @throws Refused naming the attribute that cannot be written */
export function takeApart(type: SubjectType, changes: AttributeChange[], settings: DomainSettings): Writing {
  const writing: Writing = { plain: [], flags: {} };
  for (const change of changes) {
    const { attribute } = change;
    const wrong = checkAttribute(type, attribute);
    if (wrong !== undefined) throw refused('unwritable', attribute, wrong, 'Correct the mapping.');
    const values = change.op === 'unset' ? [] : wireValues(attribute, change.value, binary);
    if (values === undefined)
      throw refused(
        'complex-value',
        attribute,
        `${attribute} takes texts, not objects.`,
        'Map a part of the value, such as name.givenName.',
      );
    const flag = flagNames.find((name) => name === attribute);
    if (flag) {
      writing.flags[flag] = checkedFlag(flag, change.op === 'set' ? change.value : null);
    } else if (attribute.toLowerCase() === 'cn') {
      writing.name = checkedName(type, values);
    } else if (attribute === parentName) {
      writing.parent = checkedParent(type, values, settings);
    } else {
      writing.plain.push(...plainValues(type, attribute, values, settings));
    }
  }
  return writing;
}

/** Without a value an account is as a new one. */
function checkedFlag(flag: Flag, value: AttributeValue): boolean {
  if (value === null) return flag === 'active';
  if (typeof value === 'boolean') return value;
  throw refused(
    'invalid-value',
    flag,
    `${flag} takes true or false, not ${JSON.stringify(value)}.`,
    'Map a boolean, such as with $CBool(…).',
  );
}

function plainValues(
  type: SubjectType,
  attribute: string,
  values: Values['values'],
  { mustChangePassword }: DomainSettings,
): Values[] {
  if (attribute === passwordName) {
    // There is no account without one: what was taken away at the source is left as it is.
    if (values.length === 0) return [];
    return passwordValues(values[0]!.toString(), mustChangePassword);
  }
  if (attribute === 'accountExpires') return [{ attribute, values: [expiry(values)] }];
  for (const value of values) {
    const wrong = typeof value === 'string' ? wrongValue(type, attribute, value) : undefined;
    if (wrong) throw refused('invalid-value', attribute, wrong.message, wrong.remedy);
  }
  return [{ attribute, values }];
}

/** In quotes and UTF-16 (MS-ADTS section 3.1.1.3.1.5.1). */
const unicodePassword = (password: string): Buffer => Buffer.from(`"${password}"`, 'utf16le');

export const passwordValues = (password: string, mustChange: boolean): Values[] => [
  { attribute: passwordName, values: [unicodePassword(password)] },
  ...(mustChange ? [{ attribute: 'pwdLastSet', values: ['0'] }] : []),
];

function expiry(values: Values['values']): string {
  if (values.length === 0) return neverExpires;
  const time = fileTimeOf(values[0]!.toString());
  if (time !== undefined) return time;
  throw refused(
    'invalid-value',
    'accountExpires',
    'accountExpires takes a date, such as 2027-01-31T00:00:00Z.',
    'Map a date, or no value for an account that never expires.',
  );
}

function checkedName(type: SubjectType, values: Values['values']): string {
  if (values.length !== 1)
    throw refused(
      'no-name',
      'cn',
      `cn names the object and needs one value; ${values.length} were given.`,
      'Map exactly one value to it.',
    );
  const name = String(values[0]);
  const wrong = wrongValue(type, 'cn', name);
  if (wrong) throw refused('invalid-value', 'cn', wrong.message, wrong.remedy);
  return name;
}

function checkedParent(type: SubjectType, values: Values['values'], settings: DomainSettings): string {
  const base = baseOf(type, settings);
  const [value] = values;
  if (value === undefined) return base;
  const parent = value.toString();
  if (isBelow(parent, base)) return parent;
  throw refused(
    'no-base',
    parentName,
    `${parent} does not lie under ${base}.`,
    'Choose an OU below it in the mapping, or a higher one in the settings: nothing else is looked through.',
  );
}

/** Ids in attributes that hold names of objects become these names. */
export async function withNames(domain: Domain, work: Work, plain: Values[]): Promise<Values[]> {
  return Promise.all(
    plain.map(async ({ attribute, values }) => {
      if (!nameAttributes.has(attribute.toLowerCase())) return { attribute, values };
      const names = await Promise.all(
        values.map((value) => nameOf(domain, work, attribute, value.toString())),
      );
      return { attribute, values: names };
    }),
  );
}

async function nameOf(domain: Domain, work: Work, attribute: string, value: string): Promise<string> {
  if (!isId(value)) return value;
  try {
    const [entry] = await domain.search(work, byGuid(value), { scope: 'base', attributes: ['1.1'] });
    if (entry) return entry.dn;
  } catch (error) {
    if (!isCode(error, resultCode.noSuchObject)) throw error;
  }
  throw refused(
    'unknown-reference',
    attribute,
    `There is no object with the objectGUID ${value}.`,
    'Bring that account back, or change the value at the source.',
  );
}
