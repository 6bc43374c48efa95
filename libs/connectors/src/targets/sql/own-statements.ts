import type { SubjectType } from '../../contract.js';
import type { Dialect } from './dialect.js';
import type { SqlSettings, Statements } from './settings.js';
import { parseTemplate, type Template } from './statement-template.js';

/** The statements for accounts or for groups. */
export interface ObjectStatements {
  list?: Template;
  get?: Template;
  find: Map<string, Template>;
  create?: Template;
  update?: Template;
  disable?: Template;
  enable?: Template;
  delete?: Template;
}

export interface OwnStatements {
  user: ObjectStatements;
  group: ObjectStatements;
  listMembers?: Template;
  addMember?: Template;
  removeMember?: Template;
}

/** @throws TemplateError; checkParts has told the admin before */
export function ownStatements({ statements }: SqlSettings, dialect: Dialect): OwnStatements {
  const template = (text: string | undefined) =>
    text === undefined ? undefined : parseTemplate(text, dialect);
  const of = (type: 'User' | 'Group'): ObjectStatements => ({
    list: template(statements[`list${type}s`]),
    get: template(statements[`get${type}`]),
    find: new Map(
      Object.entries(statements[`find${type}`] ?? {}).map(([name, text]) => [
        name,
        parseTemplate(text, dialect),
      ]),
    ),
    create: template(statements[`create${type}`]),
    update: template(statements[`update${type}`]),
    ...(type === 'User' && {
      disable: template(statements.disableUser),
      enable: template(statements.enableUser),
    }),
    delete: template(statements[`delete${type}`]),
  });
  return {
    user: of('User'),
    group: of('Group'),
    listMembers: template(statements.listMembers),
    addMember: template(statements.addMember),
    removeMember: template(statements.removeMember),
  };
}

/** Parameters that are no attributes. */
export const reserved = new Set(['id', 'newId', 'operationId', 'active']);

/** The names of attributes that are written: at creation, and later. */
export function writtenAttributes(statements: ObjectStatements): {
  created: Set<string>;
  updated: Set<string>;
} {
  const of = (template: Template | undefined) =>
    new Set(template?.names.filter((name) => !reserved.has(name)) ?? []);
  return { created: of(statements.create), updated: of(statements.update) };
}

export const canDisable = ({ update, disable, enable }: ObjectStatements): boolean =>
  (disable !== undefined && enable !== undefined) || update?.names.includes('active') === true;

const ofTypes: Record<SubjectType, string> = { user: 'User', group: 'Group' };
export const settingOf = (what: string, type: SubjectType): keyof Statements =>
  `${what}${ofTypes[type]}${what === 'list' ? 's' : ''}` as keyof Statements;
