import type {
  AttributeChange,
  Attributes,
  MemberChange,
  OperationContext,
  SubjectType,
} from '../../contract.js';
import { changesSince } from './changes-since.js';
import { changeRowsOfMembers, membersCall } from './change-members.js';
import { deleteCall, deleteRow, updateCall, updateRow } from './change-row.js';
import { createRow, insertCall } from './create-row.js';
import { listRows } from './list-rows.js';
import { findRows, getRow } from './read-rows.js';
import type { Session, Work } from './session.js';
import type { SqlTarget } from './sql-target.js';
import { TableCatalogue } from './table-catalogue.js';
import { attributesOfTables } from './target-attributes.js';
import { countRows, describeTables, searchableColumn, writeAndRollBack } from './try-tables.js';

/** Accounts, groups and members as rows of tables. */
export class TargetOfTables implements SqlTarget {
  private readonly catalogue: TableCatalogue;

  constructor(private readonly session: Session) {
    this.catalogue = new TableCatalogue(session);
  }

  async discover(work: Work) {
    return attributesOfTables(this.session.settings, await this.catalogue.read(work));
  }

  list(type: SubjectType, query: { cursor?: string; limit?: number }, work: Work) {
    return this.catalogue.using(work, (tables) => listRows(this.session, tables, type, query, work));
  }

  changes(type: SubjectType, query: { token?: string; cursor?: string; limit?: number }, work: Work) {
    return this.catalogue.using(work, (tables) => changesSince(this.session, tables, type, query, work));
  }

  get(type: SubjectType, id: string, work: Work, members?: boolean) {
    return this.catalogue.using(work, (tables) => getRow(this.session, tables, type, id, work, members));
  }

  find(type: SubjectType, key: { attribute: string; value: string }, work: Work) {
    return this.catalogue.using(work, (tables) => findRows(this.session, tables, type, key, work));
  }

  create(type: SubjectType, attributes: Attributes, context: OperationContext, work: Work) {
    return this.catalogue.using(work, (tables) =>
      createRow(this.session, tables, type, attributes, context, work),
    );
  }

  update(type: SubjectType, id: string, changes: AttributeChange[], work: Work) {
    return this.catalogue.using(work, (tables) => updateRow(this.session, tables, type, id, changes, work));
  }

  delete(type: SubjectType, id: string, work: Work) {
    return this.catalogue.using(work, (tables) => deleteRow(this.session, tables, type, id, work));
  }

  members(groupId: string, change: MemberChange, work: Work) {
    return this.catalogue.using(work, (tables) =>
      changeRowsOfMembers(this.session, tables, groupId, change, work),
    );
  }

  readonly trials = {
    describe: async (work: Work) => describeTables(await this.catalogue.read(work)),
    searchable: async (work: Work) => searchableColumn(await this.catalogue.read(work)),
    count: (type: SubjectType, work: Work) =>
      this.catalogue.using(work, (tables) => countRows(this.session, tables, type, work)),
    write: (work: Work) =>
      this.catalogue.using(work, (tables) => writeAndRollBack(this.session, tables, work)),
  };

  readonly planned = {
    create: (type: SubjectType, attributes: Attributes) => [
      insertCall(this.session, this.tableName(type), attributes),
    ],
    update: (type: SubjectType, id: string, changes: AttributeChange[]) => [
      updateCall(this.session, this.tableName(type), id, changes),
    ],
    delete: (type: SubjectType, id: string) => [deleteCall(this.session, this.tableName(type), id)],
    members: (groupId: string, change: MemberChange) => [membersCall(this.session, groupId, change)],
  };

  private tableName(type: SubjectType): string {
    const { userTable, groupTable } = this.session.settings;
    return (type === 'user' ? userTable : groupTable) ?? type;
  }
}
