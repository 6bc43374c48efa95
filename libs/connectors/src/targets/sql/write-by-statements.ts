import type {
  AttributeChange,
  Attributes,
  AttributeValue,
  MemberChange,
  MembersResult,
  OperationContext,
  Outcome,
  RemoteObject,
  SubjectType,
} from '../../contract.js';
import { isSound } from './column-values.js';
import type { Result } from './connection.js';
import { uuidOf } from './create-row.js';
import { canDisable, type OwnStatements, settingOf } from './own-statements.js';
import { idIn, lookUpOwn, needed, runOwn } from './read-by-statements.js';
import { Refused, refused } from './refusals.js';
import { changesOf, shown } from './row-values.js';
import { isReferenceError, refusalOfDeletion } from './server-errors.js';
import { Answered, type Run, type Session, type Work } from './session.js';
import type { Parameter } from './sql-fragment.js';
import type { Template } from './statement-template.js';

export const ownCall = (session: Session, setting: string, changes: AttributeChange[], id?: string) =>
  session.call('EXECUTE', setting, { ...(id !== undefined && { id }), ...shown(changes) });

/**
 * Where createUser does not take :active, an account that is to be disabled is made and disabled in one transaction, so that
 * it is never there enabled.
 */
export async function createOwn(
  session: Session,
  own: OwnStatements,
  type: SubjectType,
  attributes: Attributes,
  context: OperationContext,
  work: Work,
): Promise<Outcome<RemoteObject>> {
  const setting = settingOf('create', type);
  const template = needed(own[type].create, setting);
  const { active: wanted, ...others } = attributes;
  const active = wanted === undefined || wanted === null ? undefined : isEnabled(wanted);
  const apart = type === 'user' && !template.names.some((name) => name.toLowerCase() === 'active');
  const written = apart ? others : { ...(type === 'user' && { active: true }), ...attributes };
  const disable = apart && active === false;
  if (disable && !canDisable(own.user)) throw neverDisabled();
  const newId = uuidOf(context.operationId);
  const values = {
    ...parameters(session, template, type, changesOf(written), setting),
    operationId: context.operationId,
    newId,
  };
  work.calls.push(ownCall(session, setting, changesOf(attributes)));
  const insert = async (within?: Run) =>
    idOfNew(await runOwn(session, work, template, values, true, within), setting, template, newId);
  const id = disable ? await insertDisabled(session, own, insert, work) : await insert();
  return {
    kind: 'ok',
    value: { id, attributes: {}, ...(active !== undefined && { active }) },
    calls: work.calls,
  };
}

function idOfNew({ rows, insertId }: Result, setting: string, { names }: Template, newId: string): string {
  const id = (rows[0] ? idIn(setting, rows[0]) : insertId) ?? (names.includes('newId') ? newId : undefined);
  if (id !== undefined) return id;
  throw refused(
    'no-id',
    `${setting} was carried out and gives no id.`,
    `Let statements.${setting} give a column id back (RETURNING, or SELECT at the end of a procedure), or take :newId.`,
  );
}

async function insertDisabled(
  session: Session,
  own: OwnStatements,
  insert: (within: Run) => Promise<string>,
  work: Work,
): Promise<string> {
  let id: string | undefined;
  try {
    return await session.transaction(work, async (run) => {
      id = await insert(run);
      const change: AttributeChange = { op: 'set', attribute: 'active', value: false };
      await (own.user.disable
        ? setActive(session, own, id, false, work, run)
        : updateOwn(session, own, 'user', id, [change], work, run));
      return id;
    });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { refusal } = error;
    // It may be there in spite of the rollback: procedures commit by themselves, tables may know no transactions.
    if (refusal.kind === 'retry') throw new Refused({ ...refusal, maybeDone: true });
    if (id === undefined || !(await isKnown(session, own, id, work).catch(() => true))) throw error;
    throw new Refused({ kind: 'retry', scope: 'object', maybeDone: true, message: refusal.message });
  }
}

/** @param within the transaction it is part of; otherwise each statement is final at once */
export async function updateOwn(
  session: Session,
  own: OwnStatements,
  type: SubjectType,
  id: string,
  changes: AttributeChange[],
  work: Work,
  within?: Run,
): Promise<Outcome<{ id: string }>> {
  const there = await lookUpOwn(session, own, type, id, work, within);
  const { disable, enable } = own[type];
  const standing = changes.find(({ attribute }) => attribute === 'active');
  const apart = standing !== undefined && disable !== undefined && enable !== undefined;
  const others = apart ? changes.filter((each) => each !== standing) : changes;
  if (others.length > 0) {
    const setting = settingOf('update', type);
    const template = needed(own[type].update, setting);
    const changed = parameters(session, template, type, others, setting);
    work.calls.push(ownCall(session, setting, others, id));
    const all = { ...kept(session, template, there, changed, setting), id };
    await runOwn(session, work, template, all, true, within);
  }
  if (apart) {
    const to = standing.op === 'set' && isEnabled(standing.value);
    await setActive(session, own, id, to, work, within);
  }
  return { kind: 'ok', value: { id }, calls: work.calls };
}

async function setActive(
  session: Session,
  own: OwnStatements,
  id: string,
  to: boolean,
  work: Work,
  within?: Run,
) {
  const setting = to ? 'enableUser' : 'disableUser';
  const template = needed(to ? own.user.enable : own.user.disable, setting);
  work.calls.push(session.call('EXECUTE', setting, { id }));
  await runOwn(session, work, template, { id }, true, within);
}

const isEnabled = (active: AttributeValue): boolean => active === true || active === 'true';

export async function deleteOwn(
  session: Session,
  own: OwnStatements,
  type: SubjectType,
  id: string,
  work: Work,
): Promise<Outcome<void>> {
  const setting = settingOf('delete', type);
  const template = needed(own[type].delete, setting);
  const there = await lookUpOwn(session, own, type, id, work).catch((error: unknown) => {
    if (error instanceof Refused && error.refusal.kind === 'not-found') return undefined;
    throw error;
  });
  if (!there) return { kind: 'no-op', why: 'already-absent', calls: work.calls };
  work.calls.push(ownCall(session, setting, [], id));
  await runOwn(session, work, template, { id }, true).catch((error: unknown) => {
    throw error instanceof Answered ? new Refused(refusalOfDeletion(error.error), error.code) : error;
  });
  return { kind: 'ok', value: undefined, calls: work.calls };
}

export async function changeOwnMembers(
  session: Session,
  own: OwnStatements,
  groupId: string,
  change: MemberChange,
  work: Work,
): Promise<Outcome<MembersResult>> {
  const add = needed(own.addMember, 'addMember');
  const remove = needed(own.removeMember, 'removeMember');
  await lookUpOwn(session, own, 'group', groupId, work);
  const result: MembersResult = { added: [], removed: [], unknown: [] };
  const run = (template: Template, setting: string, memberId: string) => {
    work.calls.push(session.call('EXECUTE', setting, { groupId, memberId }));
    return runOwn(session, work, template, { groupId, memberId }, true);
  };
  for (const { id } of change.remove) {
    await run(remove, 'removeMember', id);
    result.removed.push(id);
  }
  for (const { id, type } of change.add) {
    const known = type === 'user' && (await isKnown(session, own, id, work));
    if (known && (await takes(() => run(add, 'addMember', id)))) result.added.push(id);
    else result.unknown.push(id);
  }
  return { kind: 'ok', value: result, calls: work.calls };
}

async function isKnown(session: Session, own: OwnStatements, id: string, work: Work): Promise<boolean> {
  try {
    await lookUpOwn(session, own, 'user', id, work);
    return true;
  } catch (error) {
    if (error instanceof Refused && error.refusal.kind === 'not-found') return false;
    throw error;
  }
}

/** false: it was gone by then. */
async function takes(add: () => Promise<unknown>): Promise<boolean> {
  try {
    await add();
    return true;
  } catch (error) {
    if (error instanceof Refused && isReferenceError(error.code)) return false;
    throw error;
  }
}

/** @throws Refused for an attribute the statement does not take */
function parameters(
  session: Session,
  template: Template,
  type: SubjectType,
  changes: AttributeChange[],
  setting: string,
): Record<string, Parameter> {
  return Object.fromEntries(
    changes.map((change) => {
      const { attribute } = change;
      const name = template.names.find((each) => each.toLowerCase() === attribute.toLowerCase());
      if (name === undefined && attribute === 'active' && type === 'user') throw neverDisabled();
      if (name === undefined)
        throw refused(
          'unknown-attribute',
          `${setting} has no parameter :${attribute}.`,
          `Take ${attribute} out of the mapping, or give it to statements.${setting}.`,
          attribute,
        );
      return [name ?? attribute, bound(session, attribute, change.op === 'set' ? change.value : null)];
    }),
  );
}

const neverDisabled = () =>
  refused(
    'unknown-attribute',
    'Nothing disables accounts.',
    'Give statements.disableUser and enableUser, or let updateUser take :active.',
    'active',
  );

/** What is not changed keeps its value, which has to be known. @throws Refused */
function kept(
  session: Session,
  template: Template,
  { value, columns }: Awaited<ReturnType<typeof lookUpOwn>>,
  changed: Record<string, Parameter>,
  setting: string,
): Record<string, Parameter> {
  const all = { ...changed };
  const known: Attributes = { ...value.attributes, active: value.active ?? null };
  for (const name of template.names) {
    if (name in all || name === 'id') continue;
    if (!columns.includes(name))
      throw refused(
        'unknown-value',
        `${setting} takes :${name}, which is not changed, and its present value is not known.`,
        `Let getUser or getGroup give a column ${name} as well.`,
        name,
      );
    all[name] = bound(session, name, known[name] ?? null);
  }
  return all;
}

function bound({ dialect }: Session, attribute: string, value: AttributeValue): Parameter {
  if (value === null) return null;
  if (typeof value === 'boolean') return dialect.name === 'mysql' ? (value ? '1' : '0') : String(value);
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (isSound(text)) return text;
  throw refused(
    'invalid-value',
    `The value for ${attribute} has characters that no text has (NUL, or half of a pair).`,
    'Take them out by an expression.',
    attribute,
  );
}
