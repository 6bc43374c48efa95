export type { ChangeOrigin } from './change-origin.js';
export { groupNameClaim, userNameClaim } from './claims.js';
export { DirectoryModule } from './directory.module.js';
export { DirectoryStates, type GroupWithMembers } from './directory-states.js';
export {
  CreateGroup,
  DeleteGroup,
  type GroupChanged,
  PatchGroup,
  ReplaceGroup,
} from './group-commands.handler.js';
export { type GroupEvent, groupStream, type Member } from './group.events.js';
export { evolveGroup, type GroupState } from './group.evolve.js';
export type { Recorded } from './record-change.js';
export { type AttributeDelta, type Attributes, applyDelta, differenceOf } from './resource-attributes.js';
export { CreateUser, DeleteUser, PatchUser, ReplaceUser, type UserChanged } from './user-commands.handler.js';
export { type UserEvent, userStream } from './user.events.js';
export { evolveUser, type Occurrence, type UserState } from './user.evolve.js';
export { ChangeSchema, DefineSchema, RemoveSchema } from './schema-commands.handler.js';
export { SchemaIsStandard, SchemaRefused, SchemaUnknown } from './schema.errors.js';
export { type SchemaEvent, schemaStream, schemaStreamId } from './schema.events.js';
export { evolveSchemas, noSchemas, type SchemasState } from './schema.evolve.js';
export { StoredValues, type ValuesOfAttribute } from './stored-values.js';
