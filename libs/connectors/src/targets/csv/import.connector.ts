import { createHash } from 'node:crypto';
import type {
  ChangesPage,
  Connector,
  Discovery,
  Outcome,
  Page,
  RemoteObject,
  SubjectType,
  TestReport,
} from '../../contract.js';
import { isSame, listOf, objectOf } from './cells.js';
import { gone, keyColumnOf } from './change-rows.js';
import { discoverFiles } from './discover-files.js';
import type { FileStore } from './file-store.js';
import { type Accepted, ImportFiles } from './import-files.js';
import { Listings, type Source } from './listings.js';
import { attempt, rejected } from './refusals.js';
import type { CsvSettings } from './settings.js';
import { testFiles } from './test-files.js';

const mostFound = 10;
const mostTold = 5;

/** Files that others write. They are streamed: what a call needs does not grow with the file. */
export class ImportConnector implements Connector {
  private readonly files: ImportFiles;
  private readonly listings: Listings;

  constructor(
    private readonly settings: CsvSettings,
    private readonly store: FileStore,
  ) {
    this.files = new ImportFiles(settings, store);
    this.listings = new Listings(settings.pageSize);
  }

  test(): Promise<TestReport> {
    return testFiles(this.settings, this.store, async (type) => {
      const { rows, state } = await this.files.accept(tableOf(type));
      return { rows, bytes: state.size };
    });
  }

  discover(): Promise<Outcome<Discovery>> {
    return attempt(() =>
      discoverFiles(this.settings, async (type) => {
        const { name } = await this.files.accept(tableOf(type));
        const { columns, rows } = await this.files.open(name, tableOf(type));
        await rows[Symbol.asyncIterator]().return?.();
        return columns;
      }),
    );
  }

  list(type: SubjectType, query: { cursor?: string; limit?: number }): Promise<Outcome<Page>> {
    return attempt(() =>
      this.listings.page(type, query, async () =>
        this.read(type, await this.files.accept(tableOf(type)), {}),
      ),
    );
  }

  changes(
    type: SubjectType,
    { token, cursor, limit }: { token?: string; cursor?: string; limit?: number },
  ): Promise<Outcome<ChangesPage>> {
    return attempt(async () => {
      if (cursor === undefined) {
        const before = token === undefined ? undefined : readToken(token);
        const accepted = await this.files.accept(tableOf(type), before?.rows);
        const members =
          type === 'group' && this.settings.memberships === 'file'
            ? await this.files.accept('memberships', before?.members?.rows)
            : undefined;
        const now: Token = { ...markOf(accepted), ...(members && { members: markOf(members) }) };
        if (!before || (before.version === now.version && before.members?.version === now.members?.version))
          return { kind: 'ok', value: { objects: [], deleted: [], token: asText(now) } };
        return withDeleted(
          await this.listings.page(type, { limit }, async () =>
            this.read(type, accepted, {
              token: asText(now),
              deletionsUnknown: 'The file tells who is in it, and not who has gone.',
            }),
          ),
        );
      }
      return withDeleted(
        await this.listings.page(type, { cursor, limit }, () => Promise.reject(new Error('unreachable'))),
      );
    });
  }

  get(type: SubjectType, id: string, options?: { members?: boolean }): Promise<Outcome<RemoteObject>> {
    return attempt(async () => {
      const accepted = await this.files.accept(tableOf(type));
      const wrong: string[] = [];
      for await (const object of this.objects(type, accepted, wrong)) {
        if (object.id !== id) continue;
        if (type === 'group' && options?.members && !object.members)
          object.members = await this.membersOf(id);
        return { kind: 'ok', value: object };
      }
      if (wrong.length > 0) throw broken(accepted.name, wrong);
      return gone;
    });
  }

  find(
    type: SubjectType,
    { attribute, value }: { attribute: string; value: string },
  ): Promise<Outcome<RemoteObject[]>> {
    const asCompared = (text: string) =>
      attribute === keyColumnOf(this.settings, type) ? text.toLowerCase() : text;
    return attempt(async () => {
      const accepted = await this.files.accept(tableOf(type));
      const [found, wrong]: [RemoteObject[], string[]] = [[], []];
      for await (const object of this.objects(type, accepted, wrong)) {
        const has = object.attributes[attribute];
        if (has === undefined || asCompared(String(has)) !== asCompared(value)) continue;
        found.push(object);
        if (found.length >= mostFound) break;
      }
      if (found.length === 0 && wrong.length > 0) throw broken(accepted.name, wrong);
      return { kind: 'ok', value: found };
    });
  }

  create(): Promise<Outcome<RemoteObject>> {
    return readOnly();
  }

  update(): Promise<Outcome<{ id: string }>> {
    return readOnly();
  }

  delete(): Promise<Outcome<void>> {
    return readOnly();
  }

  members(): Promise<Outcome<never>> {
    return readOnly();
  }

  async close(): Promise<void> {
    await this.listings.close();
    await this.store.close();
  }

  private read(type: SubjectType, accepted: Accepted, atEnd: Partial<ChangesPage>): Source {
    const wrong: string[] = [];
    return {
      objects: this.objects(type, accepted, wrong),
      end: async () => {
        const now = await this.store.state(accepted.name);
        if (now?.version !== accepted.state.version)
          return { cutShort: `${accepted.name} was written to while it was read.` };
        return wrong.length > 0 ? { cutShort: leftOut(accepted.name, wrong) } : atEnd;
      },
    };
  }

  private async *objects(
    type: SubjectType,
    { name }: Accepted,
    wrongLines: string[],
  ): AsyncGenerator<RemoteObject> {
    const { columns, rows } = await this.files.open(name, tableOf(type));
    const idAt = columns.indexOf(this.settings.idColumn);
    const statusAt = type === 'user' ? columns.indexOf(this.settings.activeColumn ?? '') : -1;
    const seen = new Set<number>();
    for await (const { line, values, wrong } of rows) {
      const id = values[idAt] ?? '';
      const mark = shortHash(id);
      const trouble =
        wrong ??
        (id === '' ? 'has no id' : seen.has(mark) ? 'has the id of a row above it' : undefined) ??
        this.strangeStatus(values[statusAt]);
      if (trouble !== undefined) {
        wrongLines.push(`line ${line} ${trouble}`);
        continue;
      }
      seen.add(mark);
      const object = objectOf(this.settings, type, id, columns, values);
      if (type === 'group' && this.settings.memberships === 'column')
        object.members = listOf(
          this.settings,
          values[columns.indexOf(this.settings.membersColumn)] ?? '',
        ).map((each) => ({ id: each, type: 'user' }));
      yield object;
    }
  }

  private strangeStatus(cell = ''): string | undefined {
    const { activeColumn, activeValue, inactiveValue } = this.settings;
    if (cell.trim() === '' || isSame(cell, activeValue) || isSame(cell, inactiveValue)) return undefined;
    return `has "${cell}" in ${activeColumn}, which is neither "${activeValue}" nor "${inactiveValue}"`;
  }

  /** @throws Refused where a row is broken: it may be of this group */
  private async membersOf(groupId: string): Promise<NonNullable<RemoteObject['members']>> {
    const { name } = await this.files.accept('memberships');
    const { columns, rows } = await this.files.open(name, 'memberships');
    const [groupAt, memberAt] = [this.settings.groupColumn, this.settings.memberColumn].map((each) =>
      columns.indexOf(each),
    );
    const members: NonNullable<RemoteObject['members']> = [];
    const wrongLines: string[] = [];
    for await (const { line, values, wrong } of rows) {
      const [group, member] = [values[groupAt!], values[memberAt!]];
      const trouble = wrong ?? (group && member ? undefined : 'lacks the group or the member');
      if (trouble !== undefined) wrongLines.push(`line ${line} ${trouble}`);
      else if (group === groupId) members.push({ id: member!, type: 'user' });
    }
    if (wrongLines.length > 0) throw broken(name, wrongLines);
    return members;
  }
}

const tableOf = (type: SubjectType) => (type === 'user' ? 'users' : 'groups');

/** 48 bits of a hash: who is seen twice is found without keeping the names of all. */
const shortHash = (id: string): number => createHash('sha1').update(id).digest().readUIntBE(0, 6);

const told = (wrong: string[]): string =>
  wrong.slice(0, mostTold).join('; ') +
  (wrong.length > mostTold ? ` and ${wrong.length - mostTold} more` : '');

const leftOut = (name: string, wrong: string[]): string => `Rows of ${name} were left out: ${told(wrong)}.`;

/** What was asked for may be in one of these rows. */
const broken = (name: string, wrong: string[]) =>
  rejected(
    'bad-file',
    `${name} has broken rows: ${told(wrong)}.`,
    'Let whoever writes the file correct them.',
  );

const withDeleted = (outcome: Outcome<Page>): Outcome<ChangesPage> =>
  outcome.kind === 'ok' ? { kind: 'ok', value: { ...outcome.value, deleted: [] } } : outcome;

interface Mark {
  version: string;
  rows: number;
}

/** Of the file, and of that of members where they have one of their own. */
interface Token extends Mark {
  members?: Mark;
}

const markOf = ({ state, rows }: Accepted): Mark => ({ version: state.version, rows });

const asText = (token: Token): string => Buffer.from(JSON.stringify(token)).toString('base64url');

const isMark = (value: unknown): value is Mark => {
  const { version, rows } = (value ?? {}) as Partial<Mark>;
  return typeof version === 'string' && typeof rows === 'number';
};

function readToken(token: string): Token {
  try {
    const given = JSON.parse(Buffer.from(token, 'base64url').toString()) as Token;
    if (isMark(given) && (given.members === undefined || isMark(given.members))) return given;
  } catch {
    // Told below.
  }
  throw rejected('bad-token', 'This token was not given out here.', 'Begin without a token.');
}

const readOnly = async (): Promise<Outcome<never>> =>
  rejected(
    'read-only',
    'This connection reads files that others write, and writes none.',
    'Turn provisioning off for it, or set its mode to "table" or "changes".',
  ).refusal;
