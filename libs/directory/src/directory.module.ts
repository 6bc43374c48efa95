import { Module } from '@nestjs/common';
import {
  CreateGroupHandler,
  DeleteGroupHandler,
  GroupChanges,
  PatchGroupHandler,
  ReplaceGroupHandler,
} from './group-commands.handler.js';
import {
  ChangeSchemaHandler,
  DefineSchemaHandler,
  RemoveSchemaHandler,
  SchemaChanges,
} from './schema-commands.handler.js';
import {
  CreateUserHandler,
  DeleteUserHandler,
  PatchUserHandler,
  ReplaceUserHandler,
  UserChanges,
} from './user-commands.handler.js';

/** Needs EventStore, DirectoryStates and StoredValues from the modules around it, and CqrsModule.forRoot() in the app. */
@Module({
  providers: [
    UserChanges,
    GroupChanges,
    CreateUserHandler,
    ReplaceUserHandler,
    PatchUserHandler,
    DeleteUserHandler,
    CreateGroupHandler,
    ReplaceGroupHandler,
    PatchGroupHandler,
    DeleteGroupHandler,
    SchemaChanges,
    DefineSchemaHandler,
    ChangeSchemaHandler,
    RemoveSchemaHandler,
  ],
})
export class DirectoryModule {}
