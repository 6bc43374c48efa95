import type { Refusal } from '../../contract.js';

/** What a server says when it refuses a statement. */
export interface ServerError {
  /** SQLSTATE of PostgreSQL (five characters), error number of MySQL and MariaDB. */
  code: string;
  message: string;
  column?: string;
  /** Unique index, foreign key or check that is in the way. */
  constraint?: string;
}

/** Undefined: not an answer of the server, but the end of the connection. */
export function serverErrorOf(error: unknown): ServerError | undefined {
  const { code, errno, sqlState, severity, message, column, constraint } = error as Record<string, unknown>;
  const words = String(message);
  if (typeof severity === 'string' && typeof code === 'string') {
    return {
      code,
      message: words,
      ...(typeof column === 'string' && { column }),
      ...(typeof constraint === 'string' && { constraint }),
    };
  }
  // Before it has greeted, a server gives no SQLSTATE; errors of sockets have negative numbers.
  const isAnswer = typeof sqlState === 'string' || (typeof code === 'string' && code.startsWith('ER_'));
  if (!isAnswer || typeof errno !== 'number' || errno <= 0) return undefined;
  // At the end: what stands before it is a value of somebody's.
  const [, key] = /for key '(?:[^']*\.)?([^'.]+)'$/.exec(words) ?? [];
  const [, foreign] = /CONSTRAINT [`"]?([^`"]+)[`"]? FOREIGN KEY/.exec(words) ?? [];
  const [, check] = /(?:Check constraint|CONSTRAINT) ['`]([^'`]+)['`]/.exec(words) ?? [];
  const found = key ?? foreign ?? check?.split('.').at(-1);
  const [, named] = /(?:[Cc]olumn|Field|Unknown column) '(?:[^']*\.)?([^'.]+)'/.exec(words) ?? [];
  return {
    code: String(errno),
    message: words,
    ...(named !== undefined && { column: named }),
    ...(found !== undefined && { constraint: found }),
  };
}

const meanings = {
  unique: ['23505', '23P01', '1062', '1586'],
  missing: ['23502', '1048', '1364'],
  tooLong: ['22001', '1406'],
  outOfRange: ['22003', '1264', '1690'],
  wrongForm: [
    '22P02',
    '22007',
    '22008',
    '22021',
    '22P03',
    '22P05',
    '42804',
    '1265',
    '1366',
    '1292',
    '1411',
    '1367',
    '3140',
  ],
  reference: ['23503', '1452', '1216'],
  referenced: ['1451', '1217', '23001'],
  check: ['23514', '3819', '4025', '44000', '1369'],
  raised: ['P0001', '1644'],
  schema: ['42P01', '42703', '3F000', '42883', '1146', '1054', '1305', '1049', '3D000', '1193'],
  rights: ['42501', '1142', '1143', '1044', '1227', '1370', '1698', '1410', '1141'],
  signIn: ['28P01', '28000', '1045', '1130', '1820', '1862', '4151', '3118'],
  readOnly: ['25006', '1290', '1792', '1836'],
  busyRow: ['40001', '40P01', '55P03', '57014', '1205', '1213', '1969', '3024', '1317', '1020'],
  busyServer: ['1040', '1203', '1226', '1021', '1114', '1041', '1037', '1129'],
  ending: ['57P01', '57P02', '57P05', '1053', '1077', '1079', '1927', '2006', '2013', '3168'],
} satisfies Record<string, string[]>;

type Meaning = keyof typeof meanings;
const meaningOf = new Map(
  Object.entries(meanings).flatMap(([meaning, codes]) => codes.map((code) => [code, meaning as Meaning])),
);

export const isUniqueViolation = ({ code }: ServerError): boolean => meaningOf.get(code) === 'unique';
/** The tables are not what they were when they were looked at. */
export const isSchemaError = (code: string | undefined): boolean =>
  code !== undefined && meaningOf.get(code) === 'schema';
/** A text that is no value of the column's type, so no row has it. */
export const isWrongForm = (code: string | undefined): boolean =>
  code !== undefined && (meaningOf.get(code) === 'wrongForm' || meaningOf.get(code) === 'outOfRange');
export const isReferenceError = (code: string | undefined): boolean =>
  code !== undefined && meaningOf.get(code) === 'reference';

/**
 * What an answer means for the engine. PostgreSQL: appendix A, "Error Codes"; MySQL: "Server Error Message Reference".
 * @param write what was answered would have changed something
 * @param taken columns of the unique index that is violated
 */
export function refusalOf(error: ServerError, write: boolean, taken?: string[]): Refusal {
  const { code, message, column, constraint } = error;
  const answer = `SQL ${code}`;
  const rejected = (reason: string, remedy: string, words = message): Refusal => ({
    kind: 'rejected',
    code: reason,
    message: words,
    remedy,
    answer,
    ...(column !== undefined && { attribute: column }),
  });
  const denied = (remedy: string): Refusal => ({ kind: 'denied', message, remedy, answer });
  const retry = (scope: 'object' | 'connection', maybeDone = false): Refusal => ({
    kind: 'retry',
    scope,
    message,
    answer,
    ...(maybeDone && { maybeDone }),
  });
  switch (meaningOf.get(code)) {
    case 'unique':
      return {
        kind: 'conflict',
        message: taken
          ? `Another row has this value already: ${taken.join(', ')} must be unique.`
          : `Another row has this value already (${constraint ?? 'a unique index'}).`,
        answer,
      };
    case 'missing':
      return rejected('missing-value', `Map a value to ${column ?? 'it'}, or give the column a default.`);
    case 'tooLong':
      return rejected('too-long', 'Shorten the value by an expression, or widen the column.');
    case 'outOfRange':
      return rejected('out-of-range', 'Map a value within the range of the column, or widen the column.');
    case 'wrongForm':
      return rejected('invalid-value', 'Map a value of the form the column takes.');
    case 'reference':
      return rejected(
        'unknown-reference',
        `Map a value that is in the table it refers to (${constraint ?? 'foreign key'}).`,
      );
    case 'referenced':
      return rejected('still-referenced', stillReferenced(constraint));
    case 'check':
      return rejected('check', `Map a value that the check ${constraint ?? ''} of the table takes.`);
    case 'raised':
      return rejected('refused-by-database', 'A trigger or procedure of the database says so: see there.');
    case 'schema':
      return rejected('unknown-name', 'Correct the names of tables and columns in settings and mapping.');
    case 'rights':
      return denied('Grant the user the rights that the connector names.');
    case 'signIn':
      return denied('Check user and password or certificate, and from where the server lets that user in.');
    case 'readOnly':
      return denied('This server is a copy that takes no changes, or set read-only: give the main server.');
    case 'busyRow':
      return retry('object');
    case 'busyServer':
      return retry('connection');
    case 'ending':
      return retry('connection', write);
    case undefined:
      if (/^(08|57P)/.test(code)) return retry('connection', write);
      if (/^(53|58)/.test(code)) return retry('connection');
      return rejected(`sql-${code}`, 'Look the code up in the documentation of the server.');
  }
}

/** PostgreSQL has one code for both ends of a foreign key: which it is shows by what was done. */
export const refusalOfDeletion = (error: ServerError): Refusal =>
  isReferenceError(error.code)
    ? {
        kind: 'rejected',
        code: 'still-referenced',
        message: error.message,
        remedy: stillReferenced(error.constraint),
        answer: `SQL ${error.code}`,
      }
    : refusalOf(error, true);

const stillReferenced = (constraint = 'foreign key'): string =>
  `Rows of other tables refer to it (${constraint}): mark accounts as deleted by a column, or let the foreign key cascade.`;
