import { Module } from '@nestjs/common';
import { PageCursors } from '../scim/page-cursors.js';
import { ConnectionEvidenceController } from './connection-evidence.controller.js';
import { DirectoryLists } from './directory-lists.js';
import { DirectoryGroupsController } from './groups.controller.js';
import { DirectoryUsersController } from './users.controller.js';

/** Users and groups for admins: now, in the past, and why. */
@Module({
  controllers: [DirectoryUsersController, DirectoryGroupsController, ConnectionEvidenceController],
  providers: [DirectoryLists, PageCursors],
})
export class UsersModule {}
