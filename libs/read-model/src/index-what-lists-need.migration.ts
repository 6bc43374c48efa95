import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Sorted lists order names by code point, whatever the collation of the database. Whether a group changed
 * since the tables were brought up to date is asked with every read of a user, and who was deleted since with
 * every read of a group.
 */
const up = `
drop index hub.directory_user_by_name;
create index directory_user_by_name on hub.directory_user (tenant_id, user_name_key collate "C", id)
  where deleted_at is null;
drop index hub.directory_group_by_name;
create index directory_group_by_name on hub.directory_group (tenant_id, display_name_key collate "C", id)
  where deleted_at is null;
create index event_of_groups on hub.event (tenant_id, position) where stream_type = 'group';
create index event_of_deletions on hub.event (tenant_id, position) include (stream_id)
  where type in ('user.deleted', 'group.deleted');
`;

const down = `
drop index hub.event_of_deletions;
drop index hub.event_of_groups;
drop index hub.directory_group_by_name;
create index directory_group_by_name on hub.directory_group (tenant_id, display_name_key) where deleted_at is null;
drop index hub.directory_user_by_name;
create index directory_user_by_name on hub.directory_user (tenant_id, user_name_key) where deleted_at is null;
`;

export class IndexWhatListsNeed1790000000301 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
