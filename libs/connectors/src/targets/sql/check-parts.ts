import type { Wrong } from '../../contract.js';
import { checkAuthorities } from '../../http/check-certificates.js';
import { checkKeyPair } from '../../schema-parts/check-key-pair.js';
import { dialectOf } from './dialect.js';
import { defaultSettings, type SqlCredentials, type SqlSettings } from './settings.js';
import { parseTemplate, TemplateError } from './statement-template.js';

/** What the JSON Schemas cannot say. */
export function checkParts({ settings, credentials }: { settings?: object; credentials?: object }): Wrong[] {
  return [
    ...(settings ? checkSettings(settings as Partial<SqlSettings>) : []),
    ...(credentials ? checkCredentials(credentials as SqlCredentials) : []),
  ];
}

function checkSettings(given: Partial<SqlSettings>): Wrong[] {
  const settings = { ...defaultSettings, ...given };
  const wrong: Wrong[] = [];
  const { caCertificates, security, mode } = settings;
  const add = (field: string, message: string) => wrong.push({ field: `settings.${field}`, message });
  wrong.push(...checkAuthorities(settings));
  if (caCertificates !== undefined && security === 'none')
    add('security', 'must not be none with trusted certificates: choose verify-full, or remove them.');
  if (mode === 'tables' && settings.userTable === undefined)
    add('userTable', 'is missing: the table of accounts.');
  if (mode === 'tables' && settings.groupTable !== undefined && settings.memberTable === undefined)
    add('memberTable', 'is missing: the table that says which account is in which group.');
  for (const name of ['userTable', 'groupTable', 'memberTable'] as const) {
    const others = ['userTable', 'groupTable', 'memberTable'].filter(
      (each) => each < name,
    ) as (typeof name)[];
    const same = others.find((each) => settings[each] !== undefined && settings[each] === settings[name]);
    if (same) add(name, `is the same table as ${same}.`);
  }
  if (settings.groupTable !== undefined && mode === 'tables') {
    if (settings.memberGroupColumns.length !== settings.groupKey.length)
      add('memberGroupColumns', 'must name one column for each column of groupKey.');
    if (settings.memberUserColumns.length !== settings.userKey.length)
      add('memberUserColumns', 'must name one column for each column of userKey.');
  }
  for (const name of Object.keys(settings.sessionSettings))
    if (!/^[A-Za-z_][A-Za-z0-9_.]*$/.test(name))
      add('sessionSettings', `${name} is no name of a session setting.`);
  return [...wrong, ...(mode === 'statements' ? checkStatements(settings) : [])];
}

const known: Record<string, string[]> = {
  list: ['after', 'limit'],
  get: ['id'],
  find: ['value'],
  delete: ['id'],
  disable: ['id'],
  enable: ['id'],
  listMembers: ['groupId'],
  addMember: ['groupId', 'memberId'],
  removeMember: ['groupId', 'memberId'],
};
const must: Record<string, string[]> = {
  list: ['after'],
  get: ['id'],
  find: ['value'],
  update: ['id'],
  delete: ['id'],
  disable: ['id'],
  enable: ['id'],
  listMembers: ['groupId'],
  addMember: ['groupId', 'memberId'],
  removeMember: ['groupId', 'memberId'],
};

function checkStatements({ preset, statements }: Pick<SqlSettings, 'preset' | 'statements'>): Wrong[] {
  const each = Object.entries(statements).flatMap(([name, text]) =>
    typeof text === 'string'
      ? [{ field: `settings.statements.${name}`, name, text }]
      : Object.entries(text as Record<string, string>).map(([attribute, one]) => ({
          field: `settings.statements.${name}.${attribute}`,
          name,
          text: one,
        })),
  );
  const wrong = each.flatMap(({ field, name, text }) => {
    const messages = wrongIn(name, text, preset);
    return messages.map((message) => ({ field, message }));
  });
  const needs = (name: keyof typeof statements, other: keyof typeof statements, why: string) => {
    if (statements[name] !== undefined && statements[other] === undefined)
      wrong.push({ field: `settings.statements.${other}`, message: `is missing: ${why}` });
  };
  needs('createUser', 'findUser', 'before an account is made it is looked for, so that none is made twice.');
  needs('createUser', 'getUser', 'an account is read before it is changed.');
  needs('createGroup', 'findGroup', 'before a group is made it is looked for, so that none is made twice.');
  needs('createGroup', 'getGroup', 'a group is read before it is changed.');
  needs('disableUser', 'enableUser', 'an account that is disabled can come back.');
  needs('addMember', 'removeMember', 'members leave, too.');
  return wrong;
}

function wrongIn(name: string, text: string, preset: string): string[] {
  const what = /^(list(?=Users|Groups)|get|find|create|update|delete|disable|enable)/.exec(name)?.[0] ?? name;
  try {
    const { names } = parseTemplate(text, dialectOf(preset));
    const missing = (must[what] ?? []).filter((each) => !names.includes(each));
    const strange = known[what] ? names.filter((each) => !known[what]!.includes(each)) : [];
    return [
      ...missing.map((each) => `must take :${each}.`),
      ...strange.map(
        (each) => `takes :${each}, which it is not given; it is given :${known[what]!.join(', :')}.`,
      ),
    ];
  } catch (error) {
    if (error instanceof TemplateError) return [error.message];
    throw error;
  }
}

const checkCredentials = (credentials: SqlCredentials): Wrong[] =>
  credentials.type === 'certificate' ? checkKeyPair(credentials) : [];

/** An identifier is at most 64 characters at MySQL, 63 bytes at PostgreSQL; which there are shows at the server. */
export function checkAttribute(_: unknown, attribute: string): string | undefined {
  const fits = attribute.length <= 64 && !/[\0\n]/.test(attribute) && attribute.trim() !== '';
  return fits ? undefined : `${attribute} cannot be the name of a column.`;
}
