import type {
  AttributeChange,
  Attributes,
  Connector,
  Discovery,
  MemberChange,
  MembersResult,
  OperationContext,
  Outcome,
  Page,
  RemoteObject,
  SubjectType,
  TestReport,
  WireCall,
} from '../../contract.js';
import { objectOf } from './cells.js';
import { changeMembers, createRow, deleteRow, tableOf, updateRow } from './change-rows.js';
import { discoverFiles } from './discover-files.js';
import type { FileStore } from './file-store.js';
import { Listings } from './listings.js';
import { findRows, objectAt } from './look-up-rows.js';
import { attempt, Refused } from './refusals.js';
import { type CsvSettings, fileOf, type TableName } from './settings.js';
import type { Tables } from './tables.js';
import { testFiles } from './test-files.js';
import { Turns } from './turns.js';

/** Files that this connection writes: each holds everybody. The id of an object is that of its row. */
export class TableConnector implements Connector {
  private readonly turns: Turns;
  private readonly listings: Listings;

  constructor(
    private readonly settings: CsvSettings,
    private readonly store: FileStore,
  ) {
    this.turns = new Turns(settings, store);
    this.listings = new Listings(settings.pageSize);
  }

  test(): Promise<TestReport> {
    return testFiles(this.settings, this.store, async (type) => {
      const rows = await this.look((tables) => [...tableOf(tables, type).entries()].length);
      const state = await this.store.state(fileOf(this.settings, tableNameOf(type)));
      return { rows, bytes: state?.size ?? 0 };
    });
  }

  discover(): Promise<Outcome<Discovery>> {
    return attempt(() =>
      discoverFiles(this.settings, (type) => this.look((tables) => tableOf(tables, type).columns)),
    );
  }

  list(type: SubjectType, query: { cursor?: string; limit?: number }): Promise<Outcome<Page>> {
    return attempt(() =>
      this.listings.page(type, query, async () => {
        // Rows are never changed in place: these stay as they are while they are read.
        const { columns, rows } = await this.look((tables) => {
          const table = tableOf(tables, type);
          return { columns: table.columns, rows: [...table.entries()] };
        });
        const { settings } = this;
        function* objects() {
          for (const [id, row] of rows) yield objectOf(settings, type, id, columns, row.values);
        }
        return { objects: objects(), end: async () => ({}) };
      }),
    );
  }

  get(type: SubjectType, id: string, options?: { members?: boolean }): Promise<Outcome<RemoteObject>> {
    return this.turns.read((tables) => objectAt(this.settings, tables, type, id, options?.members));
  }

  find(type: SubjectType, key: { attribute: string; value: string }): Promise<Outcome<RemoteObject[]>> {
    return this.turns.read((tables) => findRows(this.settings, tables, type, key));
  }

  create(
    type: SubjectType,
    attributes: Attributes,
    context: OperationContext,
  ): Promise<Outcome<RemoteObject>> {
    return this.write(context, this.call('ADD ROW', tableNameOf(type), attributes), (tables) =>
      createRow(this.settings, tables, type, attributes),
    );
  }

  async update(
    type: SubjectType,
    id: string,
    changes: AttributeChange[],
    context: OperationContext,
  ): Promise<Outcome<{ id: string }>> {
    if (changes.length === 0) return { kind: 'no-op', why: 'unchanged' };
    return this.write(context, this.call('CHANGE ROW', tableNameOf(type), { id, changes }), (tables) =>
      updateRow(this.settings, tables, type, id, changes),
    );
  }

  delete(type: SubjectType, id: string, context: OperationContext): Promise<Outcome<void>> {
    return this.write(context, this.call('DELETE ROW', tableNameOf(type), { id }), (tables) =>
      deleteRow(this.settings, tables, type, id),
    );
  }

  members(groupId: string, change: MemberChange, context: OperationContext): Promise<Outcome<MembersResult>> {
    const table = this.settings.memberships === 'file' ? 'memberships' : 'groups';
    return this.write(context, this.call('CHANGE MEMBERS', table, { group: groupId, ...change }), (tables) =>
      changeMembers(this.settings, tables, groupId, change),
    );
  }

  async close(): Promise<void> {
    await this.listings.close();
    await this.turns.close();
    await this.store.close();
  }

  private async look<T>(read: (tables: Tables) => T): Promise<T> {
    const outcome = await this.turns.read((tables) => ({ kind: 'ok', value: read(tables) }));
    if (outcome.kind === 'ok') return outcome.value;
    throw outcome.kind === 'no-op' || outcome.kind === 'planned'
      ? new TypeError('A look at the files has no such outcome.')
      : new Refused(outcome);
  }

  private async write<T>(
    { mode, signal }: OperationContext,
    call: WireCall,
    change: (tables: Tables) => Outcome<T>,
  ): Promise<Outcome<T>> {
    if (mode === 'plan') return { kind: 'planned', calls: [call] };
    return this.turns.write(change, [call], signal);
  }

  private call(method: string, table: TableName, body: unknown): WireCall {
    return { method, url: this.store.url(fileOf(this.settings, table)), body };
  }
}

const tableNameOf = (type: SubjectType): TableName => (type === 'user' ? 'users' : 'groups');
