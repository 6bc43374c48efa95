import { isSchemaError } from './server-errors.js';
import { Refused } from './refusals.js';
import { readMysqlTables } from './read-mysql-tables.js';
import { readPostgresqlTables } from './read-postgresql-tables.js';
import { resolveTables } from './resolve-tables.js';
import type { Session, Work } from './session.js';
import { tableName, type Table, type Tables } from './table.js';

/** The tables as the server describes them: looked at once, and again when they turn out to have changed. */
export class TableCatalogue {
  private tables: Promise<Tables> | undefined;

  constructor(private readonly session: Session) {}

  /** @throws Refused */
  read(work: Work): Promise<Tables> {
    this.tables ??= this.look(work).catch((error: unknown) => {
      this.tables = undefined;
      throw error;
    });
    return this.tables;
  }

  /** Runs on the tables as they are known. */
  async using<T>(work: Work, operate: (tables: Tables) => Promise<T>): Promise<T> {
    const tables = await this.read(work);
    try {
      return await operate(tables);
    } catch (error) {
      if (error instanceof Refused && isSchemaError(error.code)) this.tables = undefined;
      throw error;
    }
  }

  private async look(work: Work): Promise<Tables> {
    const { session } = this;
    const { settings, dialect } = session;
    const names = [settings.userTable!, settings.groupTable, settings.memberTable].filter(
      (each): each is string => each !== undefined,
    );
    const found = await session.on(work, (connection) => {
      const run = (statement: Parameters<Session['send']>[2]) =>
        session.send(connection, work, statement, false);
      if (dialect.name === 'mysql') return readMysqlTables(run, names);
      const quoted = names.map((each) => {
        const { schema, name } = tableName(each);
        return (schema === undefined ? [name] : [schema, name]).map(dialect.quoted).join('.');
      });
      return readPostgresqlTables(run, quoted);
    });
    const at = (name: string | undefined): Table | undefined =>
      name === undefined ? undefined : found[names.indexOf(name)];
    return resolveTables(settings, {
      user: at(settings.userTable),
      group: at(settings.groupTable),
      member: at(settings.memberTable),
    });
  }
}
