import { Module } from '@nestjs/common';
import { DiscoveryController } from './discovery.controller.js';
import { GroupsController } from './groups.controller.js';
import { UsersController } from './users.controller.js';

@Module({ controllers: [UsersController, GroupsController, DiscoveryController] })
export class ScimModule {}
