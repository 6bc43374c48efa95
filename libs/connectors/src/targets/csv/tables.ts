import { createHash } from 'node:crypto';
import { cellOf, isSame, listOf } from './cells.js';
import { readRows } from './read-rows.js';
import { rejected } from './refusals.js';
import { columnsOf, type CsvSettings, fileOf, type TableName, tableNames } from './settings.js';
import { Table, type Row } from './table.js';

/** Who is in which group. */
export interface Memberships {
  of(groupId: string): string[];
  /** @returns whether it was not so already */
  add(groupId: string, memberId: string): boolean;
  remove(groupId: string, memberId: string): boolean;
  dropMember(memberId: string): void;
  dropGroup(groupId: string): void;
}

/** All files of a connection, as one piece. */
export class Tables {
  readonly users: Table;
  readonly groups: Table | undefined;
  readonly memberships: Memberships;

  constructor(
    settings: CsvSettings,
    readonly byName: ReadonlyMap<TableName, Table>,
  ) {
    this.users = byName.get('users')!;
    this.groups = byName.get('groups');
    const rows = byName.get('memberships');
    this.memberships = rows
      ? new MembershipRows(settings, rows)
      : this.groups
        ? new MembersColumn(settings, this.groups)
        : noMemberships;
  }

  /** What has to be written, the file others refer to last. */
  changed(): TableName[] {
    return (['memberships', 'groups', 'users'] as const).filter(
      (name) => (this.byName.get(name)?.log.length ?? 0) > 0,
    );
  }
}

const noMemberships: Memberships = {
  of: () => [],
  add: () => false,
  remove: () => false,
  dropMember: () => undefined,
  dropGroup: () => undefined,
};

/** @throws Refused where a row cannot be read: a file that is not understood is not written over */
export async function readTable(
  settings: CsvSettings,
  name: TableName,
  content: Buffer | undefined,
): Promise<Table> {
  const file = fileOf(settings, name);
  const needed = columnsOf(settings, name);
  if (!content) return Object.assign(emptyTable(settings, name, needed), { hasFile: false });
  const { columns, rows } = await readRows(inPieces(content), settings, file, needed);
  const table = emptyTable(settings, name, [...columns, ...needed.filter((each) => !columns.includes(each))]);
  for await (const { line, values, wrong } of rows) {
    if (wrong !== undefined) throw unread(file, line, wrong);
    const row: Row = { values };
    const id = idOf(settings, name, table, row);
    if (id === undefined) throw unread(file, line, 'has neither an id nor a name');
    if (name === 'users' && !isListable(settings, id))
      throw unread(file, line, `has "${settings.listSeparator}" in its id, which stands between members`);
    if (!table.load(id, named(settings, name, table, row, id)) && name !== 'memberships')
      throw unread(file, line, `has the id "${id}", as has a row above it`);
  }
  return table;
}

/** So that others have their turn while a large file is read. */
async function* inPieces(content: Buffer): AsyncGenerator<Buffer> {
  const piece = 1 << 16;
  for (let at = 0; at < content.length; at += piece) yield content.subarray(at, at + piece);
}

/** Ids of members stand in one column, one after the other. */
export const isListable = ({ memberships, listSeparator }: CsvSettings, id: string): boolean =>
  memberships !== 'column' || !id.includes(listSeparator);

const unread = (file: string, line: number, what: string) =>
  rejected(
    'bad-file',
    `Line ${line} of ${file} ${what}.`,
    'Correct the file, or delimiter, quote and encoding in the settings. It is not written over meanwhile.',
  );

function emptyTable(settings: CsvSettings, name: TableName, columns: string[]): Table {
  const { userKey, groupKey, onDelete, activeColumn, deletedValue } = settings;
  if (name === 'memberships') return new Table({ columns });
  if (name === 'groups') return new Table({ columns, keyColumn: groupKey });
  return new Table({
    columns,
    keyColumn: userKey,
    ...(onDelete === 'mark' &&
      activeColumn !== undefined && {
        isGone: (row, table) => isSame(table.value(row, activeColumn), deletedValue),
      }),
  });
}

export async function readTables(
  settings: CsvSettings,
  contents: ReadonlyMap<TableName, Buffer | undefined>,
): Promise<Tables> {
  const byName = new Map<TableName, Table>();
  for (const name of tableNames(settings))
    byName.set(name, await readTable(settings, name, contents.get(name)));
  return new Tables(settings, byName);
}

const membershipId = (groupId: string, memberId: string) => `${groupId}\0${memberId}`;

function idOf(settings: CsvSettings, name: TableName, table: Table, row: Row): string | undefined {
  if (name === 'memberships') {
    const [group, member] = [settings.groupColumn, settings.memberColumn].map((each) =>
      table.value(row, each),
    );
    return group && member ? membershipId(group, member) : undefined;
  }
  const id = table.value(row, settings.idColumn);
  if (id !== '') return id;
  const key = table.value(row, name === 'users' ? settings.userKey : settings.groupKey);
  return key === '' ? undefined : idOfKey(key);
}

/** Of a row that others wrote without an id: the same until it is written, and written from then on. */
export const idOfKey = (key: string): string =>
  `row-${createHash('sha256').update(key.toLowerCase()).digest('hex').slice(0, 24)}`;

function named(settings: CsvSettings, name: TableName, table: Table, row: Row, id: string): Row {
  if (name === 'memberships' || table.value(row, settings.idColumn) !== '') return row;
  return table.changed(row, new Map([[settings.idColumn, id]]));
}

/** A file with a row for each. */
class MembershipRows implements Memberships {
  private readonly byGroup = new Map<string, Set<string>>();

  constructor(
    private readonly settings: CsvSettings,
    private readonly table: Table,
  ) {
    for (const [, row] of table.entries())
      this.note(table.value(row, settings.groupColumn), table.value(row, settings.memberColumn));
  }

  of(groupId: string): string[] {
    return [...(this.byGroup.get(groupId) ?? [])];
  }

  add(groupId: string, memberId: string): boolean {
    if (this.byGroup.get(groupId)?.has(memberId)) return false;
    this.note(groupId, memberId);
    const { groupColumn, memberColumn } = this.settings;
    const cells = new Map([
      [groupColumn, groupId],
      [memberColumn, memberId],
    ]);
    this.table.put(membershipId(groupId, memberId), this.table.changed(undefined, cells), 'create');
    return true;
  }

  remove(groupId: string, memberId: string): boolean {
    if (!this.byGroup.get(groupId)?.delete(memberId)) return false;
    this.table.remove(membershipId(groupId, memberId));
    return true;
  }

  dropMember(memberId: string): void {
    for (const groupId of this.byGroup.keys()) this.remove(groupId, memberId);
  }

  dropGroup(groupId: string): void {
    for (const memberId of this.of(groupId)) this.remove(groupId, memberId);
    this.byGroup.delete(groupId);
  }

  private note(groupId: string, memberId: string): void {
    const members = this.byGroup.get(groupId);
    if (members) members.add(memberId);
    else this.byGroup.set(groupId, new Set([memberId]));
  }
}

/** A column of the group's own row. */
class MembersColumn implements Memberships {
  constructor(
    private readonly settings: CsvSettings,
    private readonly groups: Table,
  ) {}

  of(groupId: string): string[] {
    const row = this.groups.get(groupId);
    return row ? listOf(this.settings, this.groups.value(row, this.settings.membersColumn)) : [];
  }

  add(groupId: string, memberId: string): boolean {
    const members = this.of(groupId);
    if (members.includes(memberId)) return false;
    this.set(groupId, [...members, memberId]);
    return true;
  }

  remove(groupId: string, memberId: string): boolean {
    const members = this.of(groupId);
    if (!members.includes(memberId)) return false;
    this.set(
      groupId,
      members.filter((each) => each !== memberId),
    );
    return true;
  }

  dropMember(memberId: string): void {
    const rows = [...this.groups.entries()].flatMap(([groupId]) => {
      const members = this.of(groupId);
      if (!members.includes(memberId)) return [];
      return [
        {
          groupId,
          row: this.rowWith(
            groupId,
            members.filter((each) => each !== memberId),
          ),
        },
      ];
    });
    // Only now: where one of them is refused, nothing was changed.
    for (const { groupId, row } of rows) this.groups.put(groupId, row, 'update');
  }

  /** The row goes, and they with it. */
  dropGroup(): void {}

  private set(groupId: string, members: string[]): void {
    this.groups.put(groupId, this.rowWith(groupId, members), 'update');
  }

  /** @throws Refused where the cell cannot hold them */
  private rowWith(groupId: string, members: string[]): Row {
    const { membersColumn } = this.settings;
    const cell = cellOf(this.settings, membersColumn, members);
    return this.groups.changed(this.groups.get(groupId), new Map([[membersColumn, cell]]));
  }
}
