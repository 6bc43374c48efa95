import { Module } from '@nestjs/common';
import { BulkController } from './bulk.controller.js';
import { DiscoveryController } from './discovery.controller.js';
import { GroupWrites } from './group-writes.js';
import { GroupsController } from './groups.controller.js';
import { MeController } from './me.controller.js';
import { PageCursors } from './page-cursors.js';
import { ResourceLists } from './resource-lists.js';
import { SearchController } from './search.controller.js';
import { UserWrites } from './user-writes.js';
import { UsersController } from './users.controller.js';

@Module({
  controllers: [
    UsersController,
    GroupsController,
    SearchController,
    MeController,
    BulkController,
    DiscoveryController,
  ],
  providers: [UserWrites, GroupWrites, ResourceLists, PageCursors],
})
export class ScimModule {}
