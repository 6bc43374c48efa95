import { describe, expect, it } from 'vitest';
import { refusalOf, serverErrorOf } from './server-errors.js';

const postgresql = (code: string, more: object = {}) => ({
  severity: 'ERROR',
  code,
  message: 'words',
  ...more,
});
const mysql = (errno: number, message = 'words') => ({ errno, sqlState: 'HY000', code: 'ER_X', message });

describe('what a server says', () => {
  it.each([
    [postgresql('23505', { constraint: 'users_name_key' }), 'conflict'],
    [mysql(1062, "Duplicate entry 'ada' for key 'user_name'"), 'conflict'],
    [postgresql('40001'), 'retry object'],
    [postgresql('40P01'), 'retry object'],
    [postgresql('57014'), 'retry object'],
    [mysql(1213), 'retry object'],
    [mysql(1205), 'retry object'],
    [postgresql('53300'), 'retry connection'],
    [postgresql('53100'), 'retry connection'],
    [mysql(1040), 'retry connection'],
    [postgresql('57P01'), 'retry connection maybe done'],
    [postgresql('57P02'), 'retry connection maybe done'],
    [postgresql('08006'), 'retry connection maybe done'],
    [mysql(1053), 'retry connection maybe done'],
    [postgresql('42P01'), 'rejected unknown-name'],
    [mysql(1146), 'rejected unknown-name'],
    [mysql(1054, "Unknown column 'flavour' in 'SET'"), 'rejected unknown-name flavour'],
    [postgresql('22001'), 'rejected too-long'],
    [mysql(1406, "Data too long for column 'title' at row 1"), 'rejected too-long title'],
    [postgresql('23502', { column: 'title' }), 'rejected missing-value title'],
    [mysql(1048, "Column 'title' cannot be null"), 'rejected missing-value title'],
    [mysql(1364, "Field 'title' doesn't have a default value"), 'rejected missing-value title'],
    [postgresql('23503'), 'rejected unknown-reference'],
    [mysql(1451), 'rejected still-referenced'],
    [postgresql('P0001'), 'rejected refused-by-database'],
    [postgresql('XX000'), 'rejected sql-XX000'],
    [postgresql('28P01'), 'denied'],
    [postgresql('42501'), 'denied'],
    [postgresql('25006'), 'denied'],
    [mysql(1045), 'denied'],
    [mysql(1142), 'denied'],
    [mysql(1290), 'denied'],
  ])('%j means %s', (error, meaning) => {
    const refusal = refusalOf(serverErrorOf(error)!, true);
    const { kind } = refusal;
    const words = [
      kind,
      kind === 'retry' && refusal.scope,
      kind === 'retry' && refusal.maybeDone && 'maybe done',
      kind === 'rejected' && refusal.code,
      kind === 'rejected' && refusal.attribute,
    ];
    expect(words.filter(Boolean).join(' ')).toBe(meaning);
    if (kind === 'rejected' || kind === 'denied') expect(refusal.remedy).toMatch(/.{10}/);
  });

  it.each([
    [mysql(1062, "Duplicate entry 'o'neill for key 'x'' for key 'hr.users.user_name'"), 'user_name'],
    [mysql(1062, "Duplicate entry '7' for key 'PRIMARY'"), 'PRIMARY'],
    [
      mysql(
        1452,
        'Cannot add or update a child row (`hr`.`m`, CONSTRAINT `m_ibfk_1` FOREIGN KEY (`u`) REFERENCES `users`)',
      ),
      'm_ibfk_1',
    ],
    [mysql(4025, 'CONSTRAINT `users.status` failed for `hr`.`users`'), 'status'],
  ])('the constraint in %j is %s', (error, constraint) => {
    expect(serverErrorOf(error)?.constraint).toBe(constraint);
  });

  it('the end of a connection is no answer', () => {
    expect(serverErrorOf(new Error('Connection terminated unexpectedly'))).toBeUndefined();
    expect(
      serverErrorOf(Object.assign(new Error('lost'), { code: 'PROTOCOL_CONNECTION_LOST' })),
    ).toBeUndefined();
    expect(
      serverErrorOf(Object.assign(new Error('reset'), { code: 'ECONNRESET', errno: -104 })),
    ).toBeUndefined();
  });
});
