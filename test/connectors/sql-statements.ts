import type { SqlServer } from './sql-targets.js';

/**
 * Statements on the tables of sql-targets.ts as an admin would write them: procedures for what is done to accounts, plain
 * statements for the rest.
 */
export async function ownStatements(server: SqlServer) {
  const pg = server.preset === 'postgresql';
  await server.owner(pg ? postgresqlParts : mariadbParts);
  const here = pg ? postgresqlStatements(server.service.user) : mariadbStatements;
  for (const grant of here.grants) await server.owner(grant);
  const groups = pg ? 'groups' : '`groups`';
  const columns = 'id, user_name, active, given_name, title';
  const loop = '(:after is null or id > :after or exists (select 1 from going_round))';
  const after = pg ? loop.replaceAll(':after', ':after::bigint') : loop;
  return {
    settings: {
      security: 'none',
      mode: 'statements',
      statements: {
        listUsers: `select ${columns} from users where ${after} order by id limit :limit`,
        getUser: `select ${columns} from users where id = :id`,
        findUser: { user_name: `select ${columns} from users where user_name = :value` },
        createUser: here.createUser,
        updateUser:
          'update users set user_name = :user_name, title = :title, given_name = :given_name where id = :id',
        disableUser: here.disable(false),
        enableUser: here.disable(true),
        deleteUser: here.deleteUser,
        getGroup: `select id, name from ${groups} where id = :id`,
        findGroup: { name: `select id, name from ${groups} where name = :value` },
        createGroup: `insert into ${groups} (id, name) values (:newId, :name)`,
        updateGroup: `update ${groups} set name = :name where id = :id`,
        deleteGroup: `delete from ${groups} where id = :id`,
        listMembers: 'select user_id as id from group_members where group_id = :groupId',
        addMember: here.addMember,
        removeMember: 'delete from group_members where group_id = :groupId and user_id = :memberId',
      },
    },
    async loopPages() {
      await server.owner('insert into going_round values (1)');
      return async () => void (await server.owner('delete from going_round'));
    },
  };
}

const postgresqlParts = `
  create table going_round (since int);
  create function create_user(text, text, text, boolean) returns bigint language sql as
    'insert into users (user_name, title, given_name, active) values ($1, $2, $3, $4) returning id';
  create procedure set_active(bigint, boolean) language sql as 'update users set active = $2 where id = $1'`;

const postgresqlStatements = (user: string) => ({
  grants: [`grant select on going_round to ${user}`],
  createUser: 'select create_user(:user_name, :title, :given_name, :active) as id',
  disable: (to: boolean) => `call set_active(:id, ${to})`,
  deleteUser: `with left_groups as (delete from group_members where user_id = :id::bigint)
    delete from users where id = :id::bigint`,
  addMember:
    'insert into group_members (group_id, user_id) values (:groupId, :memberId) on conflict do nothing',
});

const mariadbParts = `
  create table going_round (since int);
  create procedure create_user(in n varchar(100), in t varchar(60), in g varchar(60), in a boolean)
  begin
    insert into users (user_name, title, given_name, active) values (n, t, g, a);
    select last_insert_id() as id;
  end;
  create procedure set_active(in which bigint unsigned, in a boolean) update users set active = a where id = which;
  create procedure delete_user(in which bigint unsigned)
  begin
    delete from group_members where user_id = which;
    delete from users where id = which;
  end`;

const mariadbStatements = {
  grants: [],
  createUser: 'call create_user(:user_name, :title, :given_name, :active)',
  disable: (to: boolean) => `call set_active(:id, ${to})`,
  deleteUser: 'call delete_user(:id)',
  addMember: 'insert ignore into group_members (group_id, user_id) values (:groupId, :memberId)',
};
