import type {
  AttributeChange,
  Attributes,
  MemberChange,
  OperationContext,
  SubjectType,
} from '../../contract.js';
import { skipped } from '../../graded-test/test-run.js';
import { type OwnStatements, ownStatements, settingOf } from './own-statements.js';
import { findOwn, getOwn, listOwn, runOwn } from './read-by-statements.js';
import { refused } from './refusals.js';
import type { Session, Work } from './session.js';
import type { SqlTarget } from './sql-target.js';
import { attributesOfStatements } from './target-attributes.js';
import { changeOwnMembers, createOwn, deleteOwn, ownCall, updateOwn } from './write-by-statements.js';
import { changesOf } from './row-values.js';

/** Accounts, groups and members behind statements and procedures of the admin's. */
export class TargetOfStatements implements SqlTarget {
  private readonly own: OwnStatements;

  constructor(private readonly session: Session) {
    this.own = ownStatements(session.settings, session.dialect);
  }

  async discover() {
    return attributesOfStatements(this.own);
  }

  list(type: SubjectType, query: { cursor?: string; limit?: number }, work: Work) {
    return listOwn(this.session, this.own, type, query, work);
  }

  async changes(): Promise<never> {
    throw refused(
      'no-changes',
      'Statements tell no changes.',
      'Import by reading everything, or use the mode "tables".',
    );
  }

  get(type: SubjectType, id: string, work: Work, members?: boolean) {
    return getOwn(this.session, this.own, type, id, work, members);
  }

  find(type: SubjectType, key: { attribute: string; value: string }, work: Work) {
    return findOwn(this.session, this.own, type, key, work);
  }

  create(type: SubjectType, attributes: Attributes, context: OperationContext, work: Work) {
    return createOwn(this.session, this.own, type, attributes, context, work);
  }

  update(type: SubjectType, id: string, changes: AttributeChange[], work: Work) {
    return updateOwn(this.session, this.own, type, id, changes, work);
  }

  delete(type: SubjectType, id: string, work: Work) {
    return deleteOwn(this.session, this.own, type, id, work);
  }

  members(groupId: string, change: MemberChange, work: Work) {
    return changeOwnMembers(this.session, this.own, groupId, change, work);
  }

  readonly trials = {
    describe: async () =>
      `${this.count()} statements are given, and each is one statement with named parameters.`,
    searchable: async () => [...this.own.user.find.keys()][0],
    count: async (type: SubjectType, work: Work) => {
      const template = this.own[type].list;
      if (!template) return undefined;
      const { rows } = await runOwn(this.session, work, template, { after: null, limit: '100' });
      return { seen: rows.length, more: rows.length >= 100 };
    },
    write: async () =>
      skipped(
        'Nothing was written: what statements do cannot be foreseen. Try one person by a preview first.',
      ),
  };

  readonly planned = {
    create: (type: SubjectType, attributes: Attributes) => [
      ownCall(this.session, settingOf('create', type), changesOf(attributes)),
    ],
    update: (type: SubjectType, id: string, changes: AttributeChange[]) => [
      ownCall(this.session, settingOf('update', type), changes, id),
    ],
    delete: (type: SubjectType, id: string) => [ownCall(this.session, settingOf('delete', type), [], id)],
    members: (groupId: string, { add, remove }: MemberChange) => [
      ...remove.map(({ id }) => this.session.call('EXECUTE', 'removeMember', { groupId, memberId: id })),
      ...add.map(({ id }) => this.session.call('EXECUTE', 'addMember', { groupId, memberId: id })),
    ],
  };

  private count(): number {
    const { statements } = this.session.settings;
    return Object.values(statements).flatMap((each) =>
      typeof each === 'string' ? [each] : Object.keys(each),
    ).length;
  }
}
