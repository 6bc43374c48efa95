import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { FileStore } from './file-store.js';
import { encodeFile, rowAsText } from './rows-as-text.js';
import { columnsOf, type CsvSettings, fileOf, type TableName } from './settings.js';
import type { Table } from './table.js';

export interface NewFile {
  name: string;
  content: Buffer;
}

export const hasFollowers = ({ mode, sideFile }: CsvSettings): boolean =>
  mode === 'changes' || sideFile !== 'none';

/** Names the table it belongs to by its content: what is not in place yet is put there, or not, by whoever comes next. */
const following = /^(.+)\.([0-9a-f]{16})\.next$/;

export const fingerprintOf = (content: Buffer): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 16);

export const waitingName = (name: string, fingerprint: string): string => `${name}.${fingerprint}.next`;

let lastStamp = 0;

/** Later names sort after earlier ones. */
function stamp(): string {
  lastStamp = Math.max(Date.now(), lastStamp + 1);
  return new Date(lastStamp).toISOString().replace(/[-:]/g, '');
}

/** What has to appear once the table is in place, in this order. */
export function followersOf(
  settings: CsvSettings,
  name: TableName,
  table: Table,
  tableContent: Buffer,
): NewFile[] {
  const file = fileOf(settings, name);
  if (settings.mode !== 'changes') return sideFiles(settings, { name: file, content: tableContent });
  const { dir, base, ext } = posix.parse(file);
  const stem = base.slice(0, base.length - ext.length);
  const changes = {
    name: posix.join(settings.changesFolder ?? dir, `${stem}-${stamp()}${ext}`),
    content: changesAsFile(settings, name, table),
  };
  return [changes, ...sideFiles(settings, changes)];
}

function sideFiles({ sideFile }: CsvSettings, { name, content }: NewFile): NewFile[] {
  if (sideFile === 'ok') return [{ name: `${name}.ok`, content: Buffer.alloc(0) }];
  if (sideFile === 'none') return [];
  const sum = createHash('sha256').update(content).digest('hex');
  return [{ name: `${name}.sha256`, content: Buffer.from(`${sum}  ${posix.basename(name)}\n`) }];
}

/** The whole row as it is now, and what was done to it. */
function changesAsFile(settings: CsvSettings, name: TableName, table: Table): Buffer {
  const columns = columnsOf(settings, name);
  const header = settings.header
    ? [rowAsText([settings.actionColumn, ...columns], { ...settings, guardFormulas: false })]
    : [];
  const rows = table.log.map(({ action, row }) =>
    rowAsText([action, ...columns.map((column) => table.value(row, column))], settings),
  );
  return encodeFile([...header, ...rows], settings);
}

const foldersOf = (settings: CsvSettings): Set<string> =>
  new Set([
    ...[settings.usersFile, settings.groupsFile, settings.membershipsFile].map((file) => posix.dirname(file)),
    ...(settings.changesFolder === undefined ? [] : [posix.normalize(settings.changesFolder)]),
  ]);

/** Whether anything was left to be settled, or is just being put in place. */
export async function anyWaiting(settings: CsvSettings, store: FileStore): Promise<boolean> {
  for (const folder of foldersOf(settings))
    if ((await store.names(folder))?.some((name) => following.test(name))) return true;
  return false;
}

/** Finishes what a process that was stopped has begun, where its table is in place, and removes the rest. */
export async function settleFollowers(
  settings: CsvSettings,
  store: FileStore,
  fingerprints: ReadonlySet<string>,
): Promise<void> {
  for (const folder of foldersOf(settings)) {
    // The side file sorts after the file it stands beside.
    for (const name of ((await store.names(folder)) ?? []).toSorted()) {
      const [, final, fingerprint] = following.exec(name) ?? [];
      if (final === undefined) continue;
      if (fingerprints.has(fingerprint!))
        await store.replace(posix.join(folder, name), posix.join(folder, final));
      else await store.remove(posix.join(folder, name));
    }
  }
}
