import { escapeFilter } from 'ldapts';
import type { AttributeChange, Attributes, Refusal, SubjectType } from '../../contract.js';
import { checkAttribute, isId, nameAttributes, wireValues } from './entry-values.js';
import { Refused } from './result-codes.js';
import { textsOf, type Work } from './server-link.js';
import type { Session } from './session.js';

export interface Values {
  attribute: string;
  values: (string | Buffer)[];
}

/** What is to be written, taken apart by the way it is written. */
export interface Writing {
  /** Of plain attributes. No values: cleared. */
  plain: Values[];
  active?: boolean;
  /** The value of the naming attribute. */
  name?: string;
  password?: string;
}

export const changesOf = (attributes: Attributes): AttributeChange[] =>
  Object.entries(attributes).map(([attribute, value]) => ({ op: 'set', attribute, value }));

/** @throws Refused naming the attribute that cannot be written */
export function takeApart(session: Session, type: SubjectType, changes: AttributeChange[]): Writing {
  const { settings } = session;
  const rdn = (type === 'user' ? settings.userRdn : settings.groupRdn).toLowerCase();
  const writing: Writing = { plain: [] };
  for (const change of changes) {
    const { attribute } = change;
    const wrong = checkAttribute(type, attribute);
    if (wrong !== undefined) throw refused('unwritable', attribute, wrong, 'Correct the mapping.');
    const values = change.op === 'unset' ? [] : wireValues(attribute, change.value);
    if (values === undefined)
      throw refused(
        'complex-value',
        attribute,
        `${attribute} takes texts, not objects.`,
        'Map a part of the value, such as name.givenName.',
      );
    if (attribute === 'active') {
      // Taking the value away leaves the account as a new one is: enabled.
      writing.active = change.op === 'unset' || change.value !== false;
      if (!writing.active && settings.disableBy === 'none')
        throw refused(
          'cannot-disable',
          attribute,
          'Accounts cannot be disabled by this connection.',
          'Choose in its settings what accounts are disabled by.',
        );
    } else if (attribute.toLowerCase() === rdn) {
      if (values.length !== 1)
        throw refused(
          'no-name',
          attribute,
          `${attribute} names the entry and needs one value; ${values.length} were given.`,
          'Map exactly one value to it.',
        );
      writing.name = String(values[0]);
    } else if (attribute.toLowerCase() === 'userpassword' && values.length > 0) {
      writing.password = String(values[0]);
    } else {
      writing.plain.push({ attribute, values });
    }
  }
  return writing;
}

/** Ids in attributes that hold names of entries become these names. */
export async function withNames(session: Session, work: Work, plain: Values[]): Promise<Values[]> {
  return Promise.all(
    plain.map(async ({ attribute, values }) => {
      if (!nameAttributes.has(attribute.toLowerCase())) return { attribute, values };
      const names = await Promise.all(
        values.map(async (value) => {
          const text = String(value);
          if (!isId(text)) return text;
          const known = await findNames(session, work, [text]);
          const name = known.get(text);
          if (name !== undefined) return name.dn;
          throw refused(
            'unknown-reference',
            attribute,
            `There is no entry with the entryUUID ${text}.`,
            'Bring that account back, or change the value at the source.',
          );
        }),
      );
      return { attribute, values: names };
    }),
  );
}

const idsPerSearch = 50;

/** Name and uid by id, of accounts and groups. Those that are not there are missing. */
export async function findNames(
  session: Session,
  work: Work,
  ids: string[],
): Promise<Map<string, { dn: string; uid?: string }>> {
  const found = new Map<string, { dn: string; uid?: string }>();
  const valid = ids.filter(isId);
  for (let from = 0; from < valid.length; from += idsPerSearch) {
    const chunk = valid.slice(from, from + idsPerSearch);
    const anyOf = `(|${chunk.map((id) => escapeFilter`(entryUUID=${id})`).join('')})`;
    const types: SubjectType[] = session.settings.groups ? ['user', 'group'] : ['user'];
    for (const type of types) {
      if (chunk.every((id) => found.has(id))) break;
      const entries = await session.searchAll(work, type, {
        filter: session.filterOf(type, anyOf),
        attributes: ['entryUUID', 'uid'],
      });
      for (const entry of entries) {
        const [id] = textsOf(entry, 'entryUUID');
        if (id === undefined) continue;
        found.set(id, { dn: entry.dn, uid: textsOf(entry, 'uid')[0] });
        session.remember(id, entry.dn);
      }
    }
  }
  return found;
}

/** For calls that are shown: values as text, passwords not at all. */
export const shown = (values: Values[]): Record<string, unknown> =>
  Object.fromEntries(
    values.map(({ attribute, values: each }) => [
      attribute,
      /passw|pwd$/i.test(attribute)
        ? '***'
        : each.map((value) => (Buffer.isBuffer(value) ? `${value.length} bytes` : value)),
    ]),
  );

export function refused(code: string, attribute: string, message: string, remedy: string): Refused {
  const refusal: Refusal = { kind: 'rejected', code, attribute, message, remedy };
  return new Refused(refusal);
}
