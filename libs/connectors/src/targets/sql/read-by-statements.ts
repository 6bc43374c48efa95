import { createHash } from 'node:crypto';
import type { Attributes, Outcome, Page, RemoteObject, SubjectType } from '../../contract.js';
import { attributeOf, isSound } from './column-values.js';
import type { Result, Row } from './connection.js';
import { readCursor, writeCursor } from './cursors.js';
import { badCursor, pageSize } from './list-rows.js';
import { type OwnStatements, settingOf } from './own-statements.js';
import { gone, Refused, refused } from './refusals.js';
import { isWrongForm } from './server-errors.js';
import type { Run, Session, Work } from './session.js';
import { isWriteOnly, type SqlSettings } from './settings.js';
import type { Parameter } from './sql-fragment.js';
import { filled, type Template } from './statement-template.js';

/**
 * Runs a statement of the admin's; a parameter without a value is null.
 * @param within the transaction it is part of; otherwise it is final at once
 */
export function runOwn(
  session: Session,
  work: Work,
  template: Template,
  values: Record<string, Parameter>,
  write = false,
  within?: Run,
): Promise<Result> {
  const statement = filled(template, (name) => values[name] ?? null);
  return within ? within(statement) : session.run(work, statement, write);
}

/** @throws Refused naming the setting */
export function needed(template: Template | undefined, setting: string): Template {
  if (template) return template;
  throw refused(
    'no-statement',
    `There is no statement for ${setting}.`,
    `Give it in the settings, statements.${setting}.`,
  );
}

/** With the names of the columns that were read. @throws Refused not-found */
export async function lookUpOwn(
  session: Session,
  own: OwnStatements,
  type: SubjectType,
  id: string,
  work: Work,
  within?: Run,
): Promise<{ value: RemoteObject; columns: string[] }> {
  const template = needed(own[type].get, settingOf('get', type));
  work.calls.push(session.call('SELECT', settingOf('get', type), { id }));
  const missing = gone(type === 'user' ? 'account' : 'group');
  if (!isSound(id)) throw missing;
  const result = await runOwn(session, work, template, { id }, false, within).catch((error: unknown) => {
    // An id of another form than the key's belongs to nobody.
    throw error instanceof Refused && isWrongForm(error.code) ? missing : error;
  });
  const [row] = result.rows;
  if (!row) throw missing;
  const { settings } = session;
  return {
    value: readOwn(settings, settingOf('get', type), result, row),
    columns: Object.keys(row).filter((name) => !isWriteOnly(settings, name)),
  };
}

export async function getOwn(
  session: Session,
  own: OwnStatements,
  type: SubjectType,
  id: string,
  work: Work,
  members?: boolean,
): Promise<Outcome<RemoteObject>> {
  const { value } = await lookUpOwn(session, own, type, id, work);
  if (members && type === 'group' && own.listMembers) {
    const result = await runOwn(session, work, own.listMembers, { groupId: id });
    value.members = result.rows.map((row) => ({ id: idIn('listMembers', row), type: 'user' as const }));
  }
  return { kind: 'ok', value, calls: work.calls };
}

export async function findOwn(
  session: Session,
  own: OwnStatements,
  type: SubjectType,
  { attribute, value }: { attribute: string; value: string },
  work: Work,
): Promise<Outcome<RemoteObject[]>> {
  const template = own[type].find.get(attribute);
  const setting = settingOf('find', type);
  if (!template)
    throw refused(
      'unsearchable',
      `There is no statement that looks for ${attribute}.`,
      `Match by another attribute, or give it in the settings, statements.${setting}.`,
      attribute,
    );
  work.calls.push(session.call('SELECT', setting, { [attribute]: value }));
  if (value === '' || !isSound(value)) return { kind: 'ok', value: [], calls: work.calls };
  const result = await runOwn(session, work, template, { value });
  const columns = Object.keys(result.kinds);
  const column = columns.find((name) => name.toLowerCase() === attribute.toLowerCase());
  // A procedure without a result has no columns.
  if (columns.length > 0 && (column === undefined || isWriteOnly(session.settings, column)))
    throw refused(
      'unknown-value',
      `${setting} gives no column ${attribute} that may be read, so nothing shows whose rows these are.`,
      `Let statements.${setting}.${attribute} give the column ${attribute} as well.`,
      attribute,
    );
  const found = result.rows.map((row) => readOwn(session.settings, setting, result, row));
  const same = found.filter(({ id, attributes }) => {
    const its = column === 'id' ? id : attributes[column!];
    if (typeof its === 'number') return its === Number(value);
    return its !== undefined && String(its as string).toLowerCase() === value.toLowerCase();
  });
  return { kind: 'ok', value: same, calls: work.calls };
}

interface Place {
  listOf: SubjectType;
  after: string;
  /** Digests of the pages before: a statement that does not look at :after gives the same ones for ever. */
  pages: string[];
}

export async function listOwn(
  session: Session,
  own: OwnStatements,
  type: SubjectType,
  { cursor, limit }: { cursor?: string; limit?: number },
  work: Work,
): Promise<Outcome<Page>> {
  const setting = settingOf('list', type);
  const template = needed(own[type].list, setting);
  const place = cursor === undefined ? undefined : placeIn(cursor, type);
  const size = pageSize(session.settings.pageSize, limit);
  work.calls.push(session.call('SELECT', setting, { after: place?.after ?? null, limit: size }));
  const result = await runOwn(session, work, template, {
    after: place?.after ?? null,
    limit: String(size),
  });
  const objects = result.rows.map((row) => readOwn(session.settings, setting, result, row));
  const page = digest(objects);
  const before = place?.pages ?? [];
  if (objects.length > 0 && before.includes(page)) {
    const cutShort = `${setting} gives the same page again and again: it must go on after :after, in the order of id.`;
    return { kind: 'ok', value: { objects: [], cutShort }, calls: work.calls };
  }
  if (!template.names.includes('after')) {
    const cutShort = `${setting} takes no :after, so whether there are more cannot be known.`;
    return { kind: 'ok', value: { objects, cutShort }, calls: work.calls };
  }
  // A statement may have a limit of its own: only a page with nothing on it is the end.
  const last = objects.at(-1);
  const next: Place | undefined = last && { listOf: type, after: last.id, pages: [...before, page] };
  return {
    kind: 'ok',
    value: { objects, ...(next && { nextCursor: writeCursor(next) }) },
    calls: work.calls,
  };
}

const digest = (objects: RemoteObject[]): string =>
  createHash('sha256')
    .update(objects.map(({ id }) => id).join('\n'))
    .digest('base64url')
    .slice(0, 8);

function placeIn(cursor: string, type: SubjectType): Place {
  const place = readCursor<Place>(cursor);
  if (place?.listOf === type && typeof place.after === 'string' && Array.isArray(place.pages))
    return place as Place;
  throw badCursor();
}

function readOwn(settings: SqlSettings, setting: string, { kinds }: Result, row: Row): RemoteObject {
  const attributes: Attributes = {};
  let active: boolean | undefined;
  for (const [name, raw] of Object.entries(row)) {
    if (name === 'id' || isWriteOnly(settings, name)) continue;
    const value = attributeOf({ kind: kinds[name] ?? 'text' }, raw);
    if (value === undefined) continue;
    if (name === 'active') active = /^(true|t|1|y|yes)$/i.test(String(value as string));
    else attributes[name] = value;
  }
  return { id: idIn(setting, row), attributes, ...(active !== undefined && { active }) };
}

export function idIn(setting: string, row: Row): string {
  const { id } = row;
  if (id !== null && id !== undefined) return String(id as string);
  throw refused(
    'no-id',
    `${setting} gives rows without a column id.`,
    `Name the key of the rows "id" in statements.${setting}.`,
  );
}
