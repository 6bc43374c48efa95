import { describe, expect, it } from 'vitest';
import { checkParts } from './check-parts.js';

const good = { host: 'db.example.org', database: 'hr', userTable: 'users' };
const ofStatements = {
  listUsers: 'select id from users where id > :after limit :limit',
  getUser: 'select id, title from users where id = :id',
  findUser: { user_name: 'select id from users where user_name = :value' },
  createUser: 'insert into users (user_name, title) values (:user_name, :title) returning id',
  updateUser: 'update users set title = :title where id = :id',
};

describe('settings and credentials', () => {
  it.each([
    [good],
    [{ ...good, groupTable: 'groups', memberTable: 'members' }],
    [{ ...good, userTable: undefined, mode: 'statements', statements: ofStatements }],
  ])('%# are good', (settings) => {
    expect(checkParts({ settings })).toEqual([]);
  });

  it.each([
    [{ ...good, userTable: undefined }, 'settings.userTable'],
    [{ ...good, groupTable: 'groups' }, 'settings.memberTable'],
    [{ ...good, groupTable: 'users', memberTable: 'members' }, 'settings.userTable'],
    [{ ...good, groupTable: 'g', memberTable: 'm', groupKey: ['a', 'b'] }, 'settings.memberGroupColumns'],
    [{ ...good, caCertificates: '-----BEGIN CERTIFICATE-----\nx' }, 'settings.caCertificates'],
    [{ ...good, sessionSettings: { 'a; b': '1' } }, 'settings.sessionSettings'],
    [
      { ...good, mode: 'statements', statements: { ...ofStatements, getUser: 'select 1; select 2' } },
      'settings.statements.getUser',
    ],
    [
      {
        ...good,
        mode: 'statements',
        statements: { ...ofStatements, updateUser: 'update users set title = :title' },
      },
      'settings.statements.updateUser',
    ],
    [
      {
        ...good,
        mode: 'statements',
        statements: { ...ofStatements, findUser: { mail: 'select id where m = :mail' } },
      },
      'settings.statements.findUser.mail',
    ],
    [
      {
        ...good,
        mode: 'statements',
        statements: { ...ofStatements, listUsers: 'select id from users order by id limit :limit' },
      },
      'settings.statements.listUsers',
    ],
    [
      { ...good, mode: 'statements', statements: { ...ofStatements, listGroups: 'select id from groups' } },
      'settings.statements.listGroups',
    ],
    [
      {
        ...good,
        mode: 'statements',
        statements: { createUser: ofStatements.createUser, getUser: ofStatements.getUser },
      },
      'settings.statements.findUser',
    ],
  ])('%# name the field that is wrong', (settings, field) => {
    const wrong = checkParts({ settings });
    expect(wrong.map((each) => each.field)).toContain(field);
  });

  it('a certificate must be one, and the key its own', () => {
    const credentials = { type: 'certificate', user: 'x', certificate: 'x', privateKey: 'x' };
    expect(checkParts({ credentials }).map(({ field }) => field)).toEqual([
      'credentials.privateKey',
      'credentials.certificate',
    ]);
  });
});
